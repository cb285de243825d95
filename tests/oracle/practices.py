"""The six practices of a tenant on its newest day: what configuration says, and Secure Score."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tests.oracle.captures import Record
from tests.oracle.coverage import AGENTS, GUESTS
from tests.oracle.everyone import Everyone
from tests.oracle.plans import has_plan
from tests.oracle.policies import (
    ENABLED,
    REPORT_ONLY,
    controls,
    is_for_all_applications,
    narrowing,
    policies_of,
    policy_state,
    says,
)
from tests.oracle.reviews import mfa_admins, review
from tests.oracle.tenant_day import TenantDay

RANKED = ("not_implemented", "partial", "implemented")
CONTROLS = {
    "mfa_all_users": ("MFARegistrationV2",),
    "mfa_admins": ("AdminMFAV2",),
    "block_legacy_authentication": ("BlockLegacyAuthentication",),
    "review_role_assignments": ("OneAdmin", "RoleOverlap"),
    "sign_in_risk_policy": ("SigninRiskPolicy",),
    "user_risk_policy": ("UserRiskPolicy",),
}
RISKS = {"sign_in_risk_policy": "signInRiskLevels", "user_risk_policy": "userRiskLevels"}
MAX_EXCLUDED = 2
Row = dict[str, Any]
# A policy -> True where it does the whole of a practice, False for a part, None for nothing.
Content = Callable[[Record], bool | None]


def practice_rows(
    day: TenantDay,
    assignments: Sequence[Row],
    people: Sequence[Row],
    licence_tier: str | None,
    levels: Mapping[str, str],
) -> list[Row]:
    """One row per practice; `levels` has the implementation level of each control scored, by its
    name in lower case."""
    statuses = {
        "mfa_all_users": Everyone(day, assignments, "mfa").decided()[0],
        "mfa_admins": mfa_admins(day, assignments, people),
        "block_legacy_authentication": legacy_decided(day, assignments)[0],
        "review_role_assignments": review(day, assignments, people, licence_tier),
    }
    for practice, member in RISKS.items():
        is_owned = licence_tier in ("p2", None)
        found = for_all_users(day, partial(_risk, member), assignments)
        statuses[practice] = found if is_owned else "not_licensed"
    reported = {
        practice: [levels[control.lower()] for control in several if control.lower() in levels]
        for practice, several in CONTROLS.items()
    }
    return [
        {"practice": p, "status": s, "sources_agree": agreement(s, reported[p])}
        for p, s in statuses.items()
    ]


def agreement(status: str, levels: Sequence[str]) -> bool | None:
    """The practice is implemented exactly where all of its controls that are scored are full."""
    if status in ("unknown", "not_licensed") or not levels or "unknown" in levels:
        return None
    return all(level == "full" for level in levels) == (status == "implemented")


def _risk(member: str, policy: Record) -> bool | None:
    if not says((policy.get("conditions") or {}).get(member)) or not controls(policy, {}):
        return None
    return _is_whole(policy, member)


def _is_whole(policy: Record, *allowed: str) -> bool:
    return is_for_all_applications(policy) and narrowing(policy) <= set(allowed)


def for_all_users(day: TenantDay, content: Content, assignments: Sequence[Row]) -> str:
    """What the best policy brings; unknown where what could not be read might change that."""
    everyone = Everyone(day, assignments, "mfa")
    reported = {p["id"]: _policy_statuses(everyone, p, content) for p in policies_of(day)}
    if has_plan(day) or not day.is_complete("conditional_access_policies"):
        reported[""] = {RANKED[0], "implemented"}
    sure = max((min(map(RANKED.index, found)) for found in reported.values()), default=0)
    best = max((max(map(RANKED.index, found)) for found in reported.values()), default=0)
    return RANKED[sure] if sure == best else "unknown"


def legacy_decided(day: TenantDay, assignments: Sequence[Row]) -> tuple[str, str | None]:
    """Who blocks legacy authentication, and how far."""
    return Everyone(day, assignments, "legacy").decided()


def _policy_statuses(everyone: Everyone, policy: Record, content: Content) -> set[str]:
    """What one policy brings; several where a group that it names could not be read."""
    is_whole, state = content(policy), policy_state(policy)
    if is_whole is None or state not in (ENABLED, REPORT_ONLY):
        return {"not_implemented"}
    best = "implemented" if is_whole and state == ENABLED else "partial"
    worth = {"all": best, "some": "partial", "none": "not_implemented"}
    return {worth[reached] for reached in reach(everyone, policy)}


def reach(everyone: Everyone, policy: Record) -> set[str]:
    """Whether a policy is for all users (few excluded), for some, or for none, as far as known."""
    users = (policy.get("conditions") or {}).get("users") or {}
    included = {name.lower() for name in users.get("includeUsers") or ()}
    if "all" not in included:
        return _reach_of_some(everyone.day, users, included - {"none", AGENTS.lower()})
    excluded = {name.lower() for name in users.get("excludeUsers") or ()}
    if "all" in excluded:
        return {"none"}
    if GUESTS.lower() in excluded or says(users.get(f"exclude{GUESTS}")):
        return {"some"}
    left = [("Users", name) for name in excluded - {AGENTS.lower()}]
    left += [
        (f"{kind}s", n.lower())
        for kind in ("Group", "Role")
        for n in users.get(f"exclude{kind}s") or ()
    ]
    count, is_open = everyone.count(left)
    if count > MAX_EXCLUDED:
        return {"some"}
    return {"all", "some"} if is_open else {"all"}


def _reach_of_some(day: TenantDay, users: Record, named: set[str]) -> set[str]:
    if named or users.get("includeRoles") or says(users.get(f"include{GUESTS}")):
        return {"some"}
    inside = [day.users_beneath(group) for group in users.get("includeGroups") or ()]
    if any(inside):
        return {"some"}
    return {"some", "none"} if None in inside else {"none"}
