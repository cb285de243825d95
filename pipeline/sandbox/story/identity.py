"""Who the invented tenants are: names, ids, shape and size, all from (seed, index)."""

import random
import uuid
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b

SHAPES = ("small_business", "mid_size", "regulated")
_TIERS = {"small_business": "free", "mid_size": "p1", "regulated": "p2"}
_COUNTRIES = ("DE", "GB", "US", "NL", "SE", "IE", "AU", "CA", "FR", "PL")
_FORGETFUL = 6  # every so many tenants, where the sandbox is as in life
_REGIONS = {"US": "amer", "CA": "amer", "AU": "apac"}
_ROOTS = (
    "Quillhaven Tarnwick Ostermere Brackenfold Velmora Hazelgrave Sundvika Pellabrook Dunmarrow "
    "Kestrelby Fennimoor Larchdale Yarrowmont Ivenholt Corvane Thistlewyn Marlevik Ashenford "
    "Orrindale Wexmere Galdenby Rookhollow Silverlund Emberwick Norrhaven Calderfen Bramblecote "
    "Vintermark Aldershaw Pinemarsh Gorselea Stenhult Merrowdale Foxglen"
)
_TRADES = {
    "small_business": "Dental,Bakery,Joinery,Florists,Veterinary Practice,Bike Works,Print Shop",
    "mid_size": "Logistics,Engineering,Foods,Architects,Textiles,Packaging,Instruments",
    "regulated": "Mutual,Savings Bank,Pharma,Assurance,Hospital Trust,Energy Networks,Clearing",
}
# Names that a careless reader takes for markup, formulas or control characters.
_AWKWARD = {
    7: '{root} & Søn "Nord" <b>{trade}</b>',
    11: '=HYPERLINK("http://example.com","{root} {trade}")',
    16: "\u05d0\u05d5\u05e8\u05df {root} \u05d1\u05e2\u05f4\u05de",
    20: "O'{root}; DROP TABLE {trade} --",
}


def shape_named(name: str) -> str:
    """The shape of a name that may also be a licence tier (free, p1, p2); ValueError for others."""
    by_tier = {tier: shape for shape, tier in _TIERS.items()}
    shape = by_tier.get(name, name)
    if shape not in SHAPES:
        raise ValueError(f"no such shape of tenant: {name!r}; known are {', '.join(SHAPES)}")
    return shape


def derived_uuid(*parts: object) -> str:
    """A random-looking (version 4) GUID that the parts alone decide."""
    return _uuid_of("\x1f".join(map(str, parts)))


# The same people and policies are asked for day after day, and a generator for each is slow.
@lru_cache(maxsize=2**16)
def _uuid_of(text: str) -> str:
    return str(uuid.UUID(int=random.Random(text).getrandbits(128), version=4))


@dataclass(frozen=True)
class Tenant:
    """An invented tenant: what a test or a configuration needs to know of it."""

    seed: int
    index: int
    client_id: str
    client_secret: str
    shape: str
    users: int | None = None
    china: bool = False
    has_plan: bool = False

    @cached_property
    def tenant_id(self) -> str:
        return derived_uuid("tenant", self.seed, self.index)

    @property
    def segment(self) -> str:
        """The shape: small_business, mid_size or regulated, in turn unless it was chosen."""
        return self.shape

    @property
    def licence_tier(self) -> str:
        return _TIERS[self.segment]

    @cached_property
    def name(self) -> str:
        root, trade = self._root, self._trade
        return _AWKWARD.get(self.index % 24, "{root} {trade}").format(root=root, trade=trade)

    @cached_property
    def domain(self) -> str:
        words = f"{self._root}{self._trade}".lower().replace(" ", "")
        return f"{words}.example"

    @property
    def initial_domain(self) -> str:
        """The domain that the tenant was made with."""
        return f"{self.domain.partition('.')[0]}.onmicrosoft.example"

    @cached_property
    def country(self) -> str:
        return self.rng("country").choice(_COUNTRIES)

    @property
    def tags(self) -> dict[str, str]:
        return {"region": _REGIONS.get(self.country, "emea")}

    @cached_property
    def user_count(self) -> int:
        """Users on the first day: up to 24, 400 or 3,000 by shape, unless it was chosen."""
        if self.users is not None:
            return self.users
        low, high = {"free": (8, 24), "p1": (70, 400), "p2": (600, 3000)}[self.licence_tier]
        return self.rng("users").randint(low, high)

    def has_security_defaults(self, *, lifelike: bool) -> bool:
        """True for a small business, unless, as in life, nobody there thought of it."""
        is_forgotten = lifelike and self.index % _FORGETFUL == 0
        return self.segment == "small_business" and not is_forgotten

    @property
    def is_hybrid(self) -> bool:
        """True where an on-premises directory is synchronised."""
        return self.segment != "small_business" and self.index % 5 != 4

    @property
    def is_young(self) -> bool:
        """True for a tenant that came into being 20 days before the sandbox's first day."""
        return self.index % 25 == 24

    def rng(self, *purpose: object) -> random.Random:
        """Randomness of this tenant for one purpose, the same in every process."""
        return random.Random("\x1f".join(map(str, ("story", self.seed, self.index, *purpose))))

    def fraction(self, *purpose: object) -> float:
        """A number in [0, 1) of this tenant for one purpose; cheaper than a generator."""
        text = "\x1f".join(map(str, ("fraction", self.seed, self.index, *purpose)))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) / 2**64

    def uuid(self, *parts: object) -> str:
        """A GUID of this tenant that the parts decide."""
        return derived_uuid(*parts, self.seed, self.index)

    @cached_property
    def _root(self) -> str:
        root = _names(self.seed)[self.index % len(_names(self.seed))]
        lap = self.index // len(_names(self.seed))
        return f"{root} {lap + 1}" if lap else root

    @cached_property
    def _trade(self) -> str:
        trades = _TRADES[self.segment].split(",")
        return self.rng("trade").choice(trades)


@lru_cache(maxsize=8)
def _names(seed: int) -> tuple[str, ...]:
    names = _ROOTS.split()
    random.Random(f"names {seed}").shuffle(names)
    return tuple(names)
