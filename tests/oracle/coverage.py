"""Does a policy make a user sign in with MFA, and which one decides it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.oracle.captures import Record
from tests.oracle.policies import (
    DISABLED,
    ENABLED,
    REPORT_ONLY,
    is_for_all_applications,
    narrowing,
    offers_mfa,
    policies_of,
    policy_state,
    requires_mfa,
    says,
    strengths_of,
)
from tests.oracle.tenant_day import TenantDay

RANKED = ("not_covered", "excluded", "report_only", "conditional", "covered")
GUESTS = "GuestsOrExternalUsers"
# Group id -> the users in it at any depth, None where nobody could read it.
Beneath = Callable[[str], Collection[str] | None]


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


def judge(
    person: Person,
    policies: Sequence[Record],
    strengths: Mapping[str, Record],
    beneath: Beneath,
    *,
    defaults: Record | None = None,
    is_readable: bool = True,
) -> Verdict:
    """The strongest any policy gives; unknown where what could not be read might change that."""
    found = [(p["id"], outcomes_of(p, person, strengths, beneath)) for p in policies]
    if defaults is not None and defaults.get("isEnabled"):
        found.append((defaults["id"], {"covered"}))
    lowest = max((min(map(RANKED.index, reported)) for _, reported in found), default=0)
    highest = max((max(map(RANKED.index, reported)) for _, reported in found), default=0)
    if not is_readable:
        highest = RANKED.index("covered")
    if lowest != highest:
        return Verdict("unknown")
    if lowest == 0:
        return Verdict("not_covered")
    deciding = [policy for policy, reported in found if min(map(RANKED.index, reported)) == lowest]
    return Verdict(RANKED[lowest], min(deciding))


def outcomes_of(
    policy: Record, person: Person, strengths: Mapping[str, Record], beneath: Beneath
) -> set[str]:
    """What one policy gives a user; several where a group that it names could not be read."""
    gives = strength_of(policy, strengths)
    if gives is None:
        return {"not_covered"}
    included = is_named(policy, "include", person, beneath)
    excluded = is_named(policy, "exclude", person, beneath)
    found = set()
    for is_in in (True, False) if included is None else (included,):
        for is_out in (True, False) if excluded is None else (excluded,):
            if not is_in:
                found.add("not_covered")
            elif is_out:
                found.add("excluded" if gives == "covered" else "not_covered")
            else:
                found.add(gives)
    return found


def strength_of(policy: Record, strengths: Mapping[str, Record]) -> str | None:
    """What a policy gives the users whom it is for; None for nothing."""
    state = policy_state(policy)
    if state == DISABLED or not offers_mfa(policy, strengths):
        return None
    if state == REPORT_ONLY:
        return "report_only"
    is_whole = requires_mfa(policy, strengths) and is_for_all_applications(policy)
    is_whole = is_whole and not narrowing(policy)
    return None if state != ENABLED else "covered" if is_whole else "conditional"


def is_named(policy: Record, way: str, person: Person, beneath: Beneath) -> bool | None:
    """Whether the policy includes or excludes the user; None where a group may tell."""
    users = (policy.get("conditions") or {}).get("users") or {}
    named = set(_lower(users.get(f"{way}Users")))
    if {"all", person.id} & named or person.roles & set(_lower(users.get(f"{way}Roles"))):
        return True
    if person.is_guest and (GUESTS.lower() in named or _names_guests(users, way)):
        return True
    inside = [beneath(group) for group in users.get(f"{way}Groups") or ()]
    if any(members is not None and person.id in members for members in inside):
        return True
    return None if None in inside else False


def _names_guests(users: Record, way: str) -> bool:
    kinds = (users.get(f"{way}{GUESTS}") or {}).get("guestOrExternalUserTypes")
    return says(kinds)


def _lower(values: Iterable[str] | None) -> list[str]:
    return [value.lower() for value in values or ()]


def coverage_of(day: TenantDay, assignments: Iterable[Mapping[str, object]]) -> dict[str, Verdict]:
    """The verdict of every user who holds a role in any way."""
    roles: dict[str, set[str]] = {}
    for row in assignments:
        if row["principal_type"] == "user":
            held = roles.setdefault(str(row["principal_id"]), set())
            template = str(row["role_template_id"])
            if row["directory_scope"] == "/" and _is_built_in(day, template):
                held.add(template)
    defaults = next(iter(day.of("security_defaults")), None)
    policies, strengths = policies_of(day), strengths_of(day)
    is_readable = day.is_complete("conditional_access_policies", "security_defaults")
    return {
        user: judge(
            Person(user, day.is_guest(user), frozenset(held)),
            policies,
            strengths,
            day.users_beneath,
            defaults=defaults,
            is_readable=is_readable,
        )
        for user, held in roles.items()
    }


def _is_built_in(day: TenantDay, template: str) -> bool:
    """Own roles cannot be named by a policy; one that nobody defined is no own one."""
    captured = [d for d in sorted(day.roles.definitions, reverse=True) if d <= day.day]
    known = (role for d in captured for role in day.roles.definitions[d])
    named = (role for role in known if (role.get("templateId") or role["id"]).lower() == template)
    return next(named, {}).get("isBuiltIn") is not False
