"""Whom register.yaml declares, and whether they are what they are declared to be.

Each check answers True, False, or None where what would tell it was not read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.captures import Record
from tests.oracle.coverage import AGENTS
from tests.oracle.policies import ENABLED, LEGACY, client_types, controls, policies_of, policy_state
from tests.oracle.policies import says as _says
from tests.oracle.tenant_day import TenantDay
from tests.oracle.values import moment

EMERGENCY, SYNC, SERVICE, PARTNER = RANKED = ("emergency", "sync", "service", "partner")
# Directory Synchronization Accounts, and the role that Entra Connect takes since.
SYNC_ROLES = frozenset(
    ("d29b2b05-8046-44ba-8758-1e26182fcf32", "a92aed5d-d78a-4d16-b381-09adb37eb3b0")
)
LEAST_EMERGENCY = 2
# What nobody wonders at in an account of each role.
EXPECTED = {
    EMERGENCY: {"is_unprotected", "is_stale", "is_standing_despite_pim"},
    SYNC: {
        "is_unprotected",
        "is_without_mfa",
        "is_without_phishing_resistance",
        "is_standing_despite_pim",
    },
    SERVICE: {
        "is_unprotected",
        "is_without_mfa",
        "is_without_phishing_resistance",
        "is_standing_despite_pim",
    },
    PARTNER: {"is_external_partner", "is_guest"},
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """Everyone whom the register or a role of synchronisation makes something, by which entry."""

    roles: Mapping[str, str]
    groups: frozenset[str] = frozenset()
    entries: Mapping[str, str] = field(default_factory=dict)

    def role_of(self, principal_id: str) -> str | None:
        return self.roles.get(principal_id)


def declared_on(day: TenantDay, assignments: Sequence[Row]) -> Declared:
    """By the principal itself, else by a group, else by a role of synchronisation."""
    found: dict[str, tuple[int, int, str]] = {}

    def learn(principal: str, rank: int, role: str, entry: str = "") -> None:
        claim = rank, RANKED.index(role), entry
        found[principal] = min(claim, found.get(principal, claim))

    names = {
        str(record.get("userPrincipalName")).lower(): one
        for one, record in day.principals.items()
        if record.get("userPrincipalName")
    }
    for entry in day.declared:
        role, principal, group = entry["role"], entry.get("principal"), entry.get("group")
        if principal:
            learn(names.get(principal, principal), 1, role, principal)
        if group:
            for member in {group} | _within(day, assignments, group):
                learn(member, 2, role, group)
    for row in assignments:
        if row["role_template_id"] in SYNC_ROLES and row["principal_type"] != "group":
            learn(row["principal_id"], 3, SYNC)
    groups = frozenset(entry["group"] for entry in day.declared if entry.get("group"))
    return Declared(
        {one: RANKED[role] for one, (_, role, _) in found.items()},
        groups,
        {one: entry for one, (_, _, entry) in found.items()},
    )


def _within(day: TenantDay, assignments: Sequence[Row], group: str) -> set[str]:
    """Users in a group that a policy names, and whoever holds a role through the group."""
    through = {
        row["principal_id"]
        for row in assignments
        if group in str(row["group_path"] or "").lower().split("/")
    }
    return through | set(day.users_beneath(group) or ())


def is_about_people(policy: Record) -> bool:
    users = (policy.get("conditions") or {}).get("users") or {}
    named = {name.lower() for name in users.get("includeUsers") or ()} - {"none", AGENTS.lower()}
    others = ("includeGroups", "includeRoles", "includeGuestsOrExternalUsers")
    return bool(named) or any(_says(users.get(one)) for one in others)


def wants_exclusion(policy: Record) -> bool:
    """Enabled, for people, and not a block of legacy clients alone."""
    is_legacy = "block" in controls(policy, {}) and client_types(policy) <= LEGACY
    return policy_state(policy) == ENABLED and is_about_people(policy) and not is_legacy


def is_excluded_everywhere(day: TenantDay, principal_id: str) -> bool | None:
    """Named as excluded, itself or through a group; None where who is in a group was not read."""
    if not day.is_complete("conditional_access_policies"):
        return None
    found = [_is_out(day, p, principal_id) for p in policies_of(day) if wants_exclusion(p)]
    return False if False in found else None if None in found else True


def _is_out(day: TenantDay, policy: Record, principal_id: str) -> bool | None:
    users = (policy.get("conditions") or {}).get("users") or {}
    if principal_id in {name.lower() for name in users.get("excludeUsers") or ()}:
        return True
    inside = [day.users_beneath(group) for group in users.get("excludeGroups") or ()]
    if any(principal_id in (members or ()) for members in inside):
        return True
    return None if None in inside else False


def proposed(day: TenantDay, people: Iterable[Row]) -> list[str]:
    """Users with a role whom every policy leaves out, and nobody declared."""
    if not any(wants_exclusion(policy) for policy in policies_of(day)):
        return []
    return [
        p["principal_id"]
        for p in people
        if p["principal_type"] == "user"
        and p["declared_role"] is None
        and is_excluded_everywhere(day, p["principal_id"])
    ]


def checks(
    day: TenantDay, person: Row, role: str, assignments: Sequence[Row], emergency_count: int
) -> dict[str, bool | None]:
    """What an account of the role has to be, by the names under which it is told."""
    if role == SYNC:
        held = {
            r["role_template_id"]
            for r in assignments
            if r["principal_id"] == person["principal_id"]
        }
        return {"other_role": held <= SYNC_ROLES}
    if role != EMERGENCY:
        return {}
    standing = person["standing_privileged_count"]
    synced = person["is_synced"]
    has_two: bool | None = emergency_count >= LEAST_EMERGENCY
    if not has_two and not day.is_complete("group_members"):
        has_two = None
    return {
        "alone": has_two,
        "synced": None if synced is None else not synced,
        "other_domain": _is_on_initial_domain(day, person["principal_id"]),
        "not_standing": None if standing is None else standing > 0,
        "not_excluded": is_excluded_everywhere(day, person["principal_id"]),
        "not_phishing_resistant": person["is_phishing_resistant"],
        "signed_in": _is_unused(day, person),
    }


def _is_on_initial_domain(day: TenantDay, principal_id: str) -> bool | None:
    name = day.principals.get(principal_id, {}).get("userPrincipalName")
    if name and "@" not in name:
        # A pseudonym: nobody can tell, and nobody asks.
        return True
    if not name or day.initial_domain is None:
        return None
    return str(name).lower().rpartition("@")[2] == day.initial_domain.lower()


def _is_unused(day: TenantDay, person: Row) -> bool | None:
    """No sign-in since one that a capture of the weeks before noted."""
    if not (day.is_complete("users") and day.shows_sign_ins):
        return None
    if person["principal_id"] not in day.listed_users:
        return None
    now = person["last_sign_in_at"]
    before = [moment(one) for one in day.earlier_sign_ins.get(person["principal_id"], ())]
    return now is None or all(one is not None and now <= one for one in before)


def with_declarations(day: TenantDay, people: list[Row], assignments: Sequence[Row]) -> list[Row]:
    """The rows with what each is declared to be, and whether that holds."""
    declared = declared_on(day, assignments)
    emergencies = sum(
        declared.role_of(p["principal_id"]) == EMERGENCY and p["is_enabled"] is not False
        for p in people
    )
    for person in people:
        role = declared.role_of(person["principal_id"])
        found = {} if role is None else checks(day, person, role, assignments, emergencies)
        failed = sorted(name for name, answer in found.items() if answer is False)
        unknown = sorted(name for name, answer in found.items() if answer is None)
        person["declared_role"] = role
        person["failed_checks"] = ", ".join(failed) or None
        person["unknown_checks"] = ", ".join(unknown) or None
        person["is_expected"] = None if role is None else not failed and (None if unknown else True)
    return people


def spared(person: Row, answer: bool | None) -> bool | None:
    """Whether something is held against somebody who may be an emergency account in order."""
    if person.get("declared_role") != EMERGENCY or answer is False:
        return answer
    expected = person["is_expected"]
    return False if expected else None if expected is None else answer
