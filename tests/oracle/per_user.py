"""Per-user MFA: whom it is asked of, and what it adds to what policies do (meanings 3 and 8)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.oracle.captures import Record
from tests.oracle.tenant_day import TenantDay
from tests.oracle.values import lower

FEED = "per_user_mfa"
# The least that a person is covered by who has the switch set so.
LEAST = {"enforced": "covered", "enabled": "conditional"}
EVERYBODY = {
    "users": {"includeUsers": ["all"]},
    "applications": {"includeApplications": ["all"]},
    "clientAppTypes": ["all"],
}


def wanted(
    principals: Mapping[str, set[str]],
    users: Iterable[Record],
    policies: Iterable[Record],
    defaults: Iterable[Record],
) -> list[str]:
    """Enabled users who hold a role, none where MFA is certain of everybody.

    `principals` are all holders with the types that something tells of each.
    """
    if any(one.get("isEnabled") for one in defaults) or any(map(is_certain, policies)):
        return []
    enabled = {user["id"].lower() for user in users if user.get("accountEnabled") is not False}
    return sorted(one for one in enabled if principals.get(one, {"group"}) <= {"user", ""})


def is_certain(policy: Record) -> bool:
    """Enabled, for everybody and everything, and MFA is what it wants in any case."""
    grants = _said(policy.get("grantControls") or {})
    strength = grants.pop("authenticationstrength", None)
    is_and = grants.pop("operator", None) == "and"
    controls = [one for named in grants.values() for one in named]
    has_mfa = "mfa" in grants.get("builtincontrols", ())
    has_strength = bool(strength) and strength.get("requirementssatisfied") == "mfa"
    return (
        policy.get("state") == "enabled"
        and _said(policy.get("conditions") or {}) == _said(EVERYBODY)
        and (has_mfa or has_strength)
        and "block" not in controls
        and (is_and or len(controls) + bool(strength) == 1)
    )


def _said(value: Any) -> Any:
    """What a value says, in lower case: neither nulls, nor empty lists, nor annotations."""
    if isinstance(value, dict):
        named = {key.lower(): _said(one) for key, one in value.items() if "@" not in key}
        return {key: one for key, one in named.items() if one not in (None, [], {}, "")}
    if isinstance(value, list):
        return [_said(one) for one in value]
    return value.lower() if isinstance(value, str) else value


def states(day: TenantDay) -> dict[str, str | None]:
    """The state of everybody who was asked for."""
    return {row["id"].lower(): lower(row.get("perUserMfaState")) for row in day.of(FEED)}


def told(day: TenantDay, principal_id: str) -> dict[str, str | None]:
    """State and status of one user."""
    state = states(day).get(principal_id)
    outcome = day.outcome(FEED)
    if not day.is_complete(FEED):
        return {"per_user_mfa_state": None, "per_user_mfa_status": outcome}
    status = "not_asked" if state is None else "ok"
    return {"per_user_mfa_state": state, "per_user_mfa_status": status}


def better(ranked: Sequence[str], status: str, state: str | None) -> str:
    """The better one of what policies do and what the switch does."""
    return max(status, LEAST.get(state or "", ranked[0]), key=ranked.index)
