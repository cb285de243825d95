"""What all policies together do for a user's sign-ins, and which one decides it.

Whatever could not be read is weighed twice, at its worst and at its best; where that makes a
difference the verdict is `unknown`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tests.oracle.captures import Record
from tests.oracle.per_user import better, states
from tests.oracle.plans import has_plan
from tests.oracle.policies import (
    ENABLED,
    EVERY_CLIENT,
    LEGACY,
    REPORT_ONLY,
    blocks,
    client_types,
    is_nothing,
    policies_of,
    policy_state,
    says,
    strengths_of,
)
from tests.oracle.signins import Answer, World
from tests.oracle.tenant_day import TenantDay

RANKED = (
    "not_covered",
    "excluded",
    "report_only",
    "narrow",
    "conditional",
    "covered_except",
    "covered",
)
GOOD = ("covered", "covered_except")
GUESTS = "GuestsOrExternalUsers"
# The users of agents: no person is among them.
AGENTS = "AllAgentIdUsers"
# The kinds of guest that an account of this tenant can be.
ACCOUNTS = frozenset({"internalguest", "b2bcollaborationguest"})
# Group id -> the users in it at any depth, None where nobody could read it.
Beneath = Callable[[str], Collection[str] | None]
Reach = Literal["none", "perhaps a guest", "whole"]


@dataclass(frozen=True)
class Person:
    """A user as policies see one: `roles` are templates of built-in roles held tenant-wide."""

    id: str
    is_guest: bool | None = False
    roles: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Verdict:
    status: str
    policy_id: str | None = None
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The policies that count on one day, and what is known beside them.

    `is_readable`: nothing else than these policies may ask for MFA.
    """

    policies: Sequence[Record]
    strengths: Mapping[str, Record] = field(default_factory=dict)
    defaults: Record | None = None
    is_readable: bool = True
    trust: Mapping[str, bool] | None = field(default_factory=dict)

    @cached_property
    def tried(self) -> list[Record]:
        return [p for p in self.policies if policy_state(p) in (ENABLED, REPORT_ONLY)]

    def world(self, *, is_hopeful: bool) -> World:
        return self._worlds[is_hopeful]

    @cached_property
    def _worlds(self) -> dict[bool, World]:
        return {
            is_hopeful: World(self.tried, self.strengths, self.trust, is_hopeful)
            for is_hopeful in (False, True)
        }

    @property
    def has_defaults(self) -> bool:
        return bool(self.defaults and self.defaults.get("isEnabled"))


@dataclass(frozen=True)
class Sight:
    """How the policies reach one person, at the worst or at the best."""

    rules: Rules
    person: Person
    beneath: Beneath
    is_hopeful: bool

    @cached_property
    def world(self) -> World:
        return self.rules.world(is_hopeful=self.is_hopeful)

    @cached_property
    def included(self) -> dict[str, Reach]:
        return {p["id"]: self._included(p) for p in self.rules.tried}

    @cached_property
    def excluded(self) -> set[str]:
        """At the best who may be left out is not."""
        return {
            p["id"]
            for p in self.rules.tried
            if _is_named(p, "exclude", self.person, self.beneath, otherwise=not self.is_hopeful)
        }

    def _included(self, policy: Record) -> Reach:
        if _is_named(policy, "include", self.person, self.beneath, otherwise=self.is_hopeful):
            return "whole"
        is_guest = self.person.is_guest or (self.person.is_guest is None and self.is_hopeful)
        return "perhaps a guest" if is_guest and _kinds(policy, "include") else "none"

    def of(self, state: str, *, is_lifted: bool = False) -> set[str]:
        """Policies of a state that are for the person, exclusions apart where they are lifted."""
        return {
            p["id"]
            for p in self.rules.tried
            if policy_state(p) == state
            and self.included[p["id"]] != "none"
            and (is_lifted or p["id"] not in self.excluded)
        }

    def answer(self, *, is_lifted: bool = False) -> Answer:
        """A policy for a kind of guests is for nobody for sure: it asks, and holds nowhere."""
        active = self.of(ENABLED, is_lifted=is_lifted)
        if self.rules.has_defaults or (self.is_hopeful and not self.rules.is_readable):
            return Answer("covered", frozenset(), True, True)
        sure = {one for one in active if self.included[one] == "whole"}
        found = self.world.answer(sure)
        if found.status is None and self._asking(active):
            return Answer("narrow", frozenset(), found.is_legacy_closed, False)
        return found

    def _asking(self, ids: Iterable[str]) -> set[str]:
        return {one for one in ids if self.world.demands[one] != "none"}

    def status(self) -> str:
        if found := self.answer().status:
            return found
        if self._asking(self.of(REPORT_ONLY)):
            return "report_only"
        lifted = {p for p in self.of(ENABLED, is_lifted=True) if self.included[p] == "whole"}
        is_out = self.world.answer(lifted).status in GOOD
        return "excluded" if is_out and self._left() else "not_covered"

    def _left(self) -> set[str]:
        """What asks for MFA and leaves this very person out."""
        lifted = self.of(ENABLED, is_lifted=True)
        left = {p for p in lifted & self.excluded if self.included[p] == "whole"}
        return {p for p in self._asking(left) if self.world.cells[p]}

    def deciding(self, status: str) -> str | None:
        """Of what makes the verdict so the widest, of equals the smallest id."""
        active, demands = self.of(ENABLED), self.world.demands
        whole = {one for one in active if self.included[one] == "whole"}
        firm = {one for one in whole if demands[one] == "firm" and self.world.cells[one]}
        device = {one for one in whole if demands[one] == "device" and self.world.cells[one]}
        candidates = {
            "covered": firm,
            "covered_except": firm,
            "conditional": firm | device,
            "narrow": self._asking(active),
            "report_only": self._asking(self.of(REPORT_ONLY)),
            "excluded": self._left(),
        }.get(status, set())
        if self.rules.has_defaults and self.rules.defaults and status in GOOD:
            return self.widest([*candidates, self.rules.defaults["id"]])
        return self.widest(candidates)

    def widest(self, ids: Iterable[str]) -> str | None:
        cells = self.world.cells
        most = 1 << 30

        def width(one: str) -> tuple[int, str]:
            return -len(cells[one]) if one in cells else -most, one

        return min(ids, key=width, default=None)


def judge(rules: Rules, person: Person, beneath: Beneath, state: str | None = None) -> Verdict:
    """What the policies do together, or per-user MFA in that state where it does more; unknown
    where what could not be read might change that."""
    worst = Sight(rules, person, beneath, is_hopeful=False)
    best = Sight(rules, person, beneath, is_hopeful=True)
    status, hoped = (better(RANKED, one.status(), state) for one in (worst, best))
    if {status, hoped} == {"not_covered", "excluded"}:
        # Nobody is safe either way, and by name this one is left out.
        sight = worst if status == "excluded" else best
        return Verdict("excluded", sight.deciding("excluded"))
    if status != hoped:
        return Verdict("unknown")
    if status != worst.status():
        return Verdict(status)
    return Verdict(status, worst.deciding(status), tuple(sorted(worst.answer().uncovered)))


def legacy_status(sight: Sight) -> str:
    """Whether clients that know no MFA are shut out: `blocked`, `partly`, `report_only`, `open`."""
    answer = sight.answer()
    if answer.is_legacy_closed:
        return "blocked"
    by_state = {
        state: {p["id"] for p in sight.rules.tried if serves_legacy(p)} & sight.of(state)
        for state in (ENABLED, REPORT_ONLY)
    }
    if answer.is_legacy_closed_but_for_applications or by_state[ENABLED]:
        return "partly"
    return "report_only" if by_state[REPORT_ONLY] else "open"


def serves_legacy(policy: Record) -> bool:
    """Blocks a kind of legacy client by name; what blocks all clients is about something else."""
    kinds = client_types(policy)
    applications = (policy.get("conditions") or {}).get("applications") or {}
    is_by_name = bool(kinds & LEGACY) and not kinds >= EVERY_CLIENT and "all" not in kinds
    return blocks(policy) and is_by_name and not is_nothing(applications)


def _is_named(
    policy: Record, way: str, person: Person, beneath: Beneath, *, otherwise: bool
) -> bool:
    """Whether the policy includes or excludes the user; `otherwise` where a group that nobody read
    or the unread type of the account would tell."""
    users = (policy.get("conditions") or {}).get("users") or {}
    named = set(_lower(users.get(f"{way}Users")))
    if {"all", person.id} & named or person.roles & set(_lower(users.get(f"{way}Roles"))):
        return True
    kinds = _kinds(policy, way)
    is_for_guests = GUESTS.lower() in named or _is_for_accounts(users, way)
    # Who may be of the kind that is left out counts as left out.
    if person.is_guest and (is_for_guests or (kinds and way == "exclude")):
        return True
    inside = [beneath(group) for group in users.get(f"{way}Groups") or ()]
    if any(members is not None and person.id in members for members in inside):
        return True
    is_guest_open = person.is_guest is None and (is_for_guests or (kinds and way == "exclude"))
    return otherwise if None in inside or is_guest_open else False


def _kinds(policy: Record, way: str) -> bool:
    users = (policy.get("conditions") or {}).get("users") or {}
    return says((users.get(f"{way}{GUESTS}") or {}).get("guestOrExternalUserTypes"))


def _is_for_accounts(users: Record, way: str) -> bool:
    """For every guest who has an account here, of whatever organisation."""
    reported = users.get(f"{way}{GUESTS}") or {}
    kinds = set((reported.get("guestOrExternalUserTypes") or "").lower().split(","))
    tenants = (reported.get("externalTenants") or {}).get("membershipKind") or "all"
    return kinds >= ACCOUNTS and tenants.lower() == "all"


def _lower(values: Iterable[str] | None) -> list[str]:
    return [value.lower() for value in values or ()]


def rules_of(day: TenantDay) -> Rules:
    places = {place["id"].lower(): bool(place.get("isTrusted")) for place in _places(day)}
    return Rules(
        policies_of(day),
        strengths_of(day),
        next(iter(day.of("security_defaults")), None),
        day.is_complete("conditional_access_policies", "security_defaults") and not has_plan(day),
        places if day.is_complete("named_locations") else None,
    )


def _places(day: TenantDay) -> Sequence[Record]:
    return day.of("named_locations")


def coverage_of(day: TenantDay, assignments: Iterable[Mapping[str, object]]) -> dict[str, Verdict]:
    """The verdict of every user who holds a role in any way."""
    held: dict[str, set[str]] = {}
    for row in assignments:
        if row["principal_type"] == "user":
            roles = held.setdefault(str(row["principal_id"]), set())
            template = str(row["role_template_id"])
            if row["directory_scope"] == "/" and is_built_in(day, template):
                roles.add(template)
    rules, found = rules_of(day), states(day)

    def person(user: str, roles: set[str]) -> Person:
        return Person(user, day.is_guest(user), frozenset(roles))

    return {
        user: judge(rules, person(user, roles), day.users_beneath, found.get(user))
        for user, roles in held.items()
    }


def is_built_in(day: TenantDay, template: str) -> bool:
    """Own roles cannot be named by a policy; one that nobody defined is no own one."""
    captured = [d for d in sorted(day.roles.definitions, reverse=True) if d <= day.day]
    known = (role for d in captured for role in day.roles.definitions[d])
    named = (role for role in known if (role.get("templateId") or role["id"]).lower() == template)
    return next(named, {}).get("isBuiltIn") is not False
