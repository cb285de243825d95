"""The customer's directory over time: how many users, and who holds which role when."""

import base64
import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.sandbox.story import people
from pipeline.sandbox.story.catalogue import BLOCK
from pipeline.sandbox.story.directory_plan import DELEGATED, LATER, START
from pipeline.sandbox.story.identity import Tenant, derived_uuid
from pipeline.sandbox.story.roles import custom_role_id, role_id

_CLIENTS = 24  # of so many tenants the second is looked after by a provider


def opaque_id(*parts: str) -> str:
    """An id as assignments have them, decided by the parts."""
    digest = hashlib.sha256("".join(parts).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") + "-1"


@dataclass
class Grant:
    """A role held from `start` (inclusive) to `end` (exclusive, None while held), in story days.

    `organization` is the tenant of a holder who belongs to another one.
    """

    id: str
    principal: dict[str, Any] | None
    principal_id: str
    role_id: str
    scope: str
    start: int
    end: int | None = None
    organization: str | None = None

    def holds(self, day: int) -> bool:
        return self.start <= max(day, 0) and (self.end is None or day < self.end)


class Directory:
    """One tenant's users and role grants; plays the story forward as days are asked for.

    `numbers` are those of everyone who has held a role, by id; `emergencies` the ids of the Global
    Administrators that policies leave out: one, or two that are kept as Microsoft asks.
    """

    def __init__(self, tenant: Tenant, born: date, *, lifelike: bool = False) -> None:
        self._tenant, self._born = tenant, born
        self._grants: list[Grant] = []
        self._people = 0
        self.numbers: dict[str, int] = {}
        self.are_emergencies_in_order = lifelike and tenant.segment == "regulated"
        kept = 0 if tenant.segment == "small_business" else 1 + self.are_emergencies_in_order
        self.emergencies = tuple(people.user_id(tenant, number + 1) for number in range(kept))
        self._population = ([0], [tenant.user_count])
        self._blocks = 0
        start = START[tenant.segment]
        if tenant.index % 30 == 29:
            # One large helpdesk, so that assignments take two pages without being asked to.
            start = (*start, ("Helpdesk Administrator", "user", 110))
        for role, kind, count in start:
            for _ in range(count):
                self._grant(role, kind, 0)
        looked_after = (1, 2) if lifelike else (1,)
        is_client = tenant.index % _CLIENTS in looked_after
        self._delegated = list(self._from_partner()) if is_client else []

    def users(self, day: int) -> int:
        """Enabled users on a day."""
        self._reach(day)
        days, counts = self._population
        return counts[max(0, bisect_right(days, day) - 1)]

    def grants(self, day: int) -> Sequence[Grant]:
        """The assignments that stand on a day, oldest first."""
        self._reach(day)
        return [grant for grant in (*self._grants, *self._delegated) if grant.holds(day)]

    def _from_partner(self) -> Iterator[Grant]:
        """What the provider's groups hold here by granular delegated admin privileges."""
        tenant, provider = self._tenant, people.provider_id(self._tenant)
        for name, role, start in DELEGATED:
            principal = people.partner_group(tenant, name)
            target, holder = role_id(role), principal["id"]
            opaque = opaque_id(tenant.tenant_id, holder, target, "/")
            yield Grant(opaque, principal, holder, target, "/", start, organization=provider)

    def principals(self, day: int) -> list[dict[str, Any]]:
        """Everyone and everything that has held a role by a day, former holders included."""
        self._reach(day)
        known = {
            grant.principal_id: grant.principal
            for grant in self._grants
            if grant.principal and grant.start <= max(day, 0)
        }
        return list(known.values())

    def administrators(self, day: int) -> tuple[int, int, int]:
        """Users with a role; Global Administrators among them; users with a lesser role only."""
        everyone, globals_ = set(), set()
        for grant in self.grants(day):
            if grant.principal and grant.principal["@odata.type"].endswith(".user"):
                everyone.add(grant.principal_id)
                if grant.role_id == role_id("Global Administrator"):
                    globals_.add(grant.principal_id)
        return len(everyone), len(globals_), len(everyone - globals_)

    def _reach(self, day: int) -> None:
        while self._blocks * BLOCK <= day:
            self._play(self._blocks)
            self._blocks += 1

    def _play(self, block: int) -> None:
        rng, start = self._tenant.rng("directory", block), block * BLOCK
        self._grant(rng.choice(LATER), "user", start + rng.randint(5, 8), again=rng.random() < 0.5)
        self._revoke(rng, start + rng.randint(12, 16))
        role = "Global Administrator" if block % 3 == 2 else rng.choice(LATER)
        self._grant(role, "user", start + rng.randint(20, 23))
        self._revoke(rng, start + rng.randint(25, 28))
        days, counts = self._population
        steps = max(1, counts[-1] // 60)
        for day in sorted(rng.sample(range(1, BLOCK), k=4)):
            change = rng.choice((-1, -1, 1, 1, 1)) * rng.randint(1, steps)
            days.append(start + day)
            counts.append(max(5, counts[-1] + change))

    def _grant(self, role: str, kind: str, start: int, *, again: bool = False) -> None:
        self._people += 1
        tenant, number = self._tenant, self._people
        known = self._holder_without(role, start) if again else None
        principal = known or self._principal(kind, role, number)
        principal_id = derived_uuid("gone", tenant.seed, tenant.index, number)
        if principal:
            principal_id = principal["id"]
            self.numbers.setdefault(principal_id, number)
        target = custom_role_id(tenant) if role == "(custom)" else role_id(role)
        scope = self._scope(kind)
        opaque = opaque_id(tenant.tenant_id, principal_id, target, scope)
        self._grants.append(Grant(opaque, principal, principal_id, target, scope, start))

    def _principal(self, kind: str, role: str, number: int) -> dict[str, Any] | None:
        tenant, born = self._tenant, self._born
        match kind:
            case "deleted":
                return None
            case "guest":
                return people.guest(tenant, number, born=born)
            case "group":
                return people.group(tenant, number, born=born, name=f"{role}s")
            case "service_principal":
                return people.service_principal(tenant, number, name=f"Automation {number}")
            case "disabled":
                return people.user(tenant, number, born=born, accountEnabled=False)
            case "synced":
                return people.user(tenant, number, born=born, onPremisesSyncEnabled=True)
            case "user" if people.user_id(tenant, number) in self.emergencies:
                in_order = self.are_emergencies_in_order
                return people.emergency(tenant, number, born=born, in_order=in_order)
            case _:
                return people.user(tenant, number, born=born)

    def _holder_without(self, role: str, day: int) -> dict[str, Any] | None:
        """A user who has held some role so far, but never this one."""
        with_role = {grant.principal_id for grant in self._grants if grant.role_id == role_id(role)}
        for grant in self._grants:
            principal = grant.principal if grant.holds(day) else None
            if principal is None or principal["id"] in with_role:
                continue
            if principal["@odata.type"] == "#microsoft.graph.user":
                return principal
        return None

    def _scope(self, kind: str) -> str:
        if kind == "administrative_unit":
            unit = self._tenant.uuid("unit")
            return f"/administrativeUnits/{unit}"
        if kind == "application":
            return f"/{self._tenant.uuid('owned application')}"
        return "/"

    def _revoke(self, rng: Any, day: int) -> None:
        """End one grant, but never take the second last Global Administrator."""
        held = [grant for grant in self._grants if grant.holds(day) and grant.end is None]
        top = role_id("Global Administrator")
        spare = sum(grant.role_id == top for grant in held) > 2
        candidates = [grant for grant in held if spare or grant.role_id != top]
        if len(candidates) > 2:
            chosen = rng.choice(candidates)
            if chosen.principal_id in self.emergencies:
                chosen = candidates[candidates.index(chosen) - 1]
            if self.are_emergencies_in_order and chosen.principal_id in self.emergencies:
                return
            chosen.end = day
