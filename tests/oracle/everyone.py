"""Whether what policies do together reaches all users, whom nobody lists.

An ordinary member is judged whom only policies for all users reach, and beside it one who is of a
group, a role or a name that a policy includes or leaves out: how many those are, Graph counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from tests.oracle.coverage import (
    AGENTS,
    GOOD,
    GUESTS,
    RANKED,
    Person,
    Rules,
    Sight,
    Verdict,
    is_built_in,
    legacy_status,
    rules_of,
    serves_legacy,
)
from tests.oracle.declared import Declared, declared_on
from tests.oracle.policies import ENABLED, LEGACY, REPORT_ONLY, blocks
from tests.oracle.tenant_day import TenantDay

MAX_EXCLUDED = 2
REGISTRATION = "user_registration_details"
NOBODY = Person("(an ordinary member)")
NOTHING = ("not_covered", "excluded", "open")
LEGACY_RANKED = ("open", "report_only", "partly", "blocked")
Row = dict[str, Any]
Subject = tuple[str, str]
Matter = Literal["mfa", "legacy"]


@dataclass(frozen=True)
class Everyone:
    day: TenantDay
    assignments: Sequence[Row]
    matter: Matter

    @cached_property
    def rules(self) -> Rules:
        return rules_of(self.day)

    @cached_property
    def subjects(self) -> dict[Subject, tuple[set[str], set[str]]]:
        """Whom policies name, each with the policies that include and that exclude it."""
        found: dict[Subject, tuple[set[str], set[str]]] = {}
        for policy in self.rules.tried:
            users = (policy.get("conditions") or {}).get("users") or {}
            for number, way in enumerate(("include", "exclude")):
                for kind in ("Users", "Groups", "Roles"):
                    for name in users.get(f"{way}{kind}") or ():
                        if name.lower() not in ("all", "none", GUESTS.lower(), AGENTS.lower()):
                            subject = kind, name.lower()
                            found.setdefault(subject, (set(), set()))[number].add(policy["id"])
        return found

    def person(self, subject: Subject) -> Person:
        kind, name = subject
        if kind == "Users":
            return Person(name)
        return Person("(one of them)", roles=frozenset({name} if kind == "Roles" else ()))

    def sight(self, subject: Subject | None, *, is_hopeful: bool) -> Sight:
        person = NOBODY if subject is None else self.person(subject)

        def beneath(group: str) -> tuple[str, ...]:
            return (person.id,) if subject == ("Groups", group.lower()) else ()

        return Sight(self.rules, person, beneath, is_hopeful)

    def status(self, subject: Subject | None, *, is_hopeful: bool = False) -> str:
        sight = self.sight(subject, is_hopeful=is_hopeful)
        return sight.status() if self.matter == "mfa" else legacy_status(sight)

    def may_be_good(self, subject: Subject | None) -> bool:
        return self._is_good(self.sight(subject, is_hopeful=True))

    def is_good(self, subject: Subject | None) -> bool:
        return self._is_good(self.sight(subject, is_hopeful=False))

    def _is_good(self, sight: Sight) -> bool:
        return sight.status() in GOOD if self.matter == "mfa" else sight.answer().is_legacy_closed

    def is_for_guests(self) -> bool:
        """Guests count where old clients are shut out, and not where MFA is asked for."""
        guest = Sight(self.rules, Person("(a guest)", True), lambda _: (), is_hopeful=False)
        return self.matter == "mfa" or self._is_good(guest)

    def people(self, subject: Subject) -> frozenset[str] | None:
        kind, name = subject
        if kind == "Users":
            return frozenset({name})
        if kind == "Groups":
            return self.day.users_beneath(name)
        if not self.day.is_complete("role_assignments"):
            return None
        return frozenset(
            row["principal_id"]
            for row in self.assignments
            if row["principal_type"] == "user"
            and row["role_template_id"] == name
            and row["directory_scope"] == "/"
            and is_built_in(self.day, name)
        )

    @cached_property
    def declared(self) -> Declared:
        return declared_on(self.day, self.assignments)

    def count(self, subjects: Iterable[Subject]) -> tuple[int, bool]:
        """How many users these are, declared ones aside, and whether there may be more."""
        inside = [
            self.people(one)
            for one in subjects
            if not (one[0] == "Groups" and one[1] in self.declared.groups)
        ]
        known = frozenset[str]().union(*(one for one in inside if one is not None))
        known -= set(self.declared.roles)
        return len(known), None in inside

    @cached_property
    def chosen(self) -> list[str]:
        """At each cell the widest policy that closes it for an ordinary member; the widest first.

        Of equals the one that leaves out fewer names.
        """
        sight = self.sight(None, is_hopeful=False)
        world = sight.world
        closing = {
            p["id"]: {
                cell
                for cell in world.cells[p["id"]]
                if world.demands[p["id"]] == "firm" or (blocks(p) and cell[0] in LEGACY)
            }
            for p in self.rules.tried
            if p["id"] in sight.of(ENABLED)
        }
        if self.matter == "legacy":
            closing = {p: {c for c in cells if c[0] in LEGACY} for p, cells in closing.items()}
        left_out = {
            p: sum(p in excluded for _, excluded in self.subjects.values()) for p in closing
        }

        def rank(one: str) -> tuple[int, int, str]:
            return -len(closing[one]), left_out[one], one

        cells = set().union(*closing.values())
        found = {min((p for p in closing if cell in closing[p]), key=rank) for cell in cells}
        return sorted(found, key=rank)

    def decided(self) -> tuple[str, str | None]:
        """The status of the practice, and the policy that decides it."""
        if self.rules.has_defaults and self.rules.defaults:
            return "implemented", self.rules.defaults["id"]
        if self.is_good(None):
            found = self._but_for_some()
            if found != "implemented" and not self.rules.is_readable:
                return "unknown", None
            return found, next(iter(self.chosen), None)
        if not self.rules.is_readable:
            return "unknown", None
        if self.may_be_good(None):
            return "unknown", self._vendors()
        return self._of_parts()

    def _vendors(self) -> str | None:
        """The policy that asks an ordinary member for another vendor's control."""
        sight = self.sight(None, is_hopeful=False)
        hoped = self.rules.world(is_hopeful=True).demands
        asking = (p for p in sight.of(ENABLED) if hoped[p] != sight.world.demands[p])
        return min(asking, default=None)

    def _but_for_some(self) -> str:
        """The ordinary member is reached; who is left out may be reached in another way."""
        if not self.is_for_guests():
            return "partial"
        left = [s for s, (_, out) in self.subjects.items() if out & set(self.chosen)]
        sure, _ = self.count(s for s in left if not self.may_be_good(s))
        most, is_open = self.count(s for s in left if not self.is_good(s))
        if sure > MAX_EXCLUDED:
            return "partial"
        return "unknown" if is_open or most > MAX_EXCLUDED else "implemented"

    def _of_parts(self) -> tuple[str, str | None]:
        """Only those of groups, roles and names are reached: do they make everybody together?"""
        included = [s for s, (inside, _) in self.subjects.items() if inside]
        reached = [s for s in included if self.may_be_good(s)]
        groups = [s for s in reached if s[0] == "Groups" and self.people(s) != frozenset()]
        if not groups:
            named = [s for s in included if self.people(s) != frozenset() or s[0] == "Roles"]
            if any(self.status(s) not in NOTHING for s in (None, *named)):
                return "partial", self._part(included)
            is_open = any(self.status(s, is_hopeful=True) not in NOTHING for s in (None, *named))
            return ("unknown", self._part(included)) if is_open else ("not_implemented", None)
        members, everyone = self._members()
        sure = [self.people(s) for s in groups if self.is_good(s)]
        if everyone and max((len(one) for one in sure if one), default=0) >= everyone:
            return "implemented", self._part(included)
        inside = [self.people(s) for s in reached]
        if members and None not in inside:
            sum_of_all = sum(len(one) for one in inside if one)
            if sum_of_all < members - MAX_EXCLUDED:
                return "partial", self._part(included)
        return "unknown", self._part(included)

    def _members(self) -> tuple[int, int]:
        """Members and all users of the registration report; 0 where it was not read."""
        reported = self.day.of(REGISTRATION)
        guests = sum((one.get("userType") or "").lower() == "guest" for one in reported)
        return len(reported) - guests, len(reported)

    def _part(self, named: Sequence[Subject]) -> str | None:
        """What does something for all comes first; then what reaches most."""
        own = self._verdict(None)
        if own.status in ("narrow", "conditional", "partly") and own.policy_id:
            return own.policy_id
        ranks = RANKED if self.matter == "mfa" else LEGACY_RANKED

        def rank(found: tuple[Subject | None, Verdict]) -> tuple[int, int, str]:
            subject, verdict = found
            many = 0 if subject is None else len(self.people(subject) or ())
            return -ranks.index(verdict.status), -many, verdict.policy_id or ""

        every = [(s, self._verdict(s)) for s in (None, *named)]
        found = [(s, v) for s, v in every if v.status in ranks and v.policy_id]
        return min(found, key=rank)[1].policy_id if found else None

    def _verdict(self, subject: Subject | None) -> Verdict:
        sight, status = self.sight(subject, is_hopeful=False), self.status(subject)
        is_mfa = self.matter == "mfa"
        return Verdict(status, sight.deciding(status) if is_mfa else legacy_deciding(sight, status))


def legacy_deciding(sight: Sight, status: str) -> str | None:
    """What shuts out most legacy clients; else what is for one, or is only tried."""
    world, enabled = sight.world, sight.of(ENABLED)
    shut = {
        p["id"]: len({cell for cell in world.cells[p["id"]] if cell[0] in LEGACY})
        for p in sight.rules.tried
        if world.demands[p["id"]] == "firm" or blocks(p)
    }
    serving = {p["id"] for p in sight.rules.tried if serves_legacy(p)}
    candidates = {
        "blocked": {one for one in enabled if shut.get(one)},
        "partly": {one for one in enabled if shut.get(one) or one in serving},
        "report_only": serving & sight.of(REPORT_ONLY),
    }.get(status, set())
    return min(candidates, key=lambda one: (-shut.get(one, 0), one), default=None)
