"""All sign-ins there can be, cell by cell: what a set of policies asks at each of them.

A cell is a kind of client, a place and an application. Only what some policy leaves out by name is
told apart; everywhere and everything else is REST.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from tests.oracle.captures import Record
from tests.oracle.policies import (
    EVERY_CLIENT,
    LEGACY,
    USERS,
    blocks,
    client_types,
    demand,
    says,
)

REST = ""
# All trusted locations, and the trusted IPs of per-user MFA.
TRUSTED = frozenset({"alltrusted", "00000000-0000-0000-0000-000000000000"})
UNITED = frozenset({"users", "applications", "clientAppTypes", "locations", "platforms"})
Cell = tuple[str, str, str]


@dataclass(frozen=True)
class World:
    """The policies of a tenant and what is known beside them.

    `trust` has the named locations, None where they were not read. `is_hopeful` takes what nobody
    knows for the best: another vendor's control for MFA, an unread location for a trusted one.
    """

    policies: Sequence[Record]
    strengths: Mapping[str, Record]
    trust: Mapping[str, bool] | None
    is_hopeful: bool = False

    @cached_property
    def applications(self) -> set[str]:
        return {REST}.union(*(_named(p, "applications", "exclude") for p in self.policies))

    @cached_property
    def places(self) -> set[str]:
        return {REST}.union(*(_named(p, "locations", "exclude") for p in self.policies))

    @cached_property
    def demands(self) -> dict[str, str]:
        return {
            p["id"]: demand(p, self.strengths, is_hopeful=self.is_hopeful) for p in self.policies
        }

    @cached_property
    def cells(self) -> dict[str, frozenset[Cell]]:
        """Where each policy holds; nowhere for one that more than client, place and application
        narrow."""
        return {p["id"]: self._cells(p) for p in self.policies}

    def is_trusted(self, place: str) -> bool:
        if place in TRUSTED:
            return True
        return self.is_hopeful if self.trust is None else self.trust.get(place, False)

    def _cells(self, policy: Record) -> frozenset[Cell]:
        conditions = policy.get("conditions") or {}
        if any(says(v) for n, v in conditions.items() if n not in UNITED and "@" not in n):
            return frozenset()
        if not _is_any(policy, "platforms") or _is_by_other_means(policy):
            return frozenset()
        kinds = client_types(policy)
        clients = EVERY_CLIENT if "all" in kinds else EVERY_CLIENT & kinds
        places = [place for place in self.places if self._holds_at(policy, place)]
        names = _named(policy, "applications", "include")
        out = _named(policy, "applications", "exclude")
        applications = self._among(names) - out
        return frozenset(product(clients, places, applications))

    def _among(self, names: set[str]) -> set[str]:
        return self.applications if "all" in names else self.applications & names

    def _holds_at(self, policy: Record, place: str) -> bool:
        names = _named(policy, "locations", "include") or {"all"}
        out = _named(policy, "locations", "exclude")
        return self._is_among(place, names) and not self._is_among(place, out)

    def _is_among(self, place: str, names: set[str]) -> bool:
        return "all" in names or place in names or ("alltrusted" in names and self._trusts(place))

    def _trusts(self, place: str) -> bool:
        """Whether a policy that names all trusted locations means this one."""
        return place != REST and self.is_trusted(place)

    def answer(self, active: Iterable[str]) -> "Answer":
        """What these policies do together."""
        ids = set(active)
        firm = {i for i in ids if self.demands[i] == "firm"}
        device = {i for i in ids if self.demands[i] == "device"}
        blocked = {p["id"] for p in self.policies if p["id"] in ids and blocks(p)}
        every = set(product(EVERY_CLIENT, self.places, self.applications))
        legacy = {cell for cell in every if cell[0] in LEGACY}
        met = self._union(firm)
        closed = self._union(blocked) & legacy
        open_cells = every - met - closed
        loose = open_cells - self._union(device)
        loose = {cell for cell in loose if not (cell[1] != REST and self.is_trusted(cell[1]))}
        status, missing = None, frozenset[str]()
        if _spares(open_cells):
            missing = frozenset(cell[2] for cell in open_cells)
            status = "covered_except" if missing else "covered"
        elif _spares(loose):
            status, missing = "conditional", frozenset(cell[2] for cell in loose)
        elif any(self.demands[i] != "none" for i in ids):
            status = "narrow"
        left = legacy - met - closed
        return Answer(status, missing, not left, _spares(left))

    def _union(self, ids: Iterable[str]) -> set[Cell]:
        return set[Cell]().union(*(self.cells[i] for i in ids))


@dataclass(frozen=True)
class Answer:
    """`status` is None where nothing asks for MFA; `uncovered` are the applications left out."""

    status: str | None
    uncovered: frozenset[str]
    is_legacy_closed: bool
    is_legacy_closed_but_for_applications: bool


def _spares(cells: set[Cell]) -> bool:
    """Nothing but applications that are named is left open."""
    return all(application != REST for _, _, application in cells)


def _named(policy: Record, what: str, way: str) -> set[str]:
    reported = (policy.get("conditions") or {}).get(what) or {}
    return {name.lower() for name in reported.get(f"{way}{what.title()}") or ()}


def _is_any(policy: Record, what: str) -> bool:
    names = _named(policy, what, "include") or {"all"}
    return "all" in names and not _named(policy, what, "exclude")


def _is_by_other_means(policy: Record) -> bool:
    """A filter, an action, a context, or a way to name people or applications not known here."""
    conditions = policy.get("conditions") or {}
    known = {
        "applications": {"includeApplications", "excludeApplications"},
        "locations": {"includeLocations", "excludeLocations"},
        "platforms": {"includePlatforms", "excludePlatforms"},
        "users": USERS,
    }
    return any(
        says(value) and name not in names and "@" not in name
        for what, names in known.items()
        for name, value in (conditions.get(what) or {}).items()
    )
