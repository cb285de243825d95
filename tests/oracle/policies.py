"""What one policy says by itself: its grant, its conditions, its flags; not who it is for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.oracle.captures import Record
from tests.oracle.tenant_day import TenantDay
from tests.oracle.values import snake

ENABLED, REPORT_ONLY, DISABLED = "enabled", "report_only", "disabled"
REPORTING = "enabled_for_reporting_but_not_enforced"
LEGACY = frozenset({"exchangeactivesync", "other"})
EVERY_CLIENT = LEGACY | {"browser", "mobileappsanddesktopclients"}
RISKS = ("signInRiskLevels", "userRiskLevels")
# What is known inside a policy's conditions; anything else that says something narrows it.
CONDITIONS = frozenset({"users", "applications", "clientAppTypes", "platforms", "locations"})
USERS = frozenset(
    f"{way}{what}"
    for way in ("include", "exclude")
    for what in ("Users", "Groups", "Roles", "GuestsOrExternalUsers")
)
GRANTS = frozenset(
    (
        "operator",
        "builtInControls",
        "customAuthenticationFactors",
        "termsOfUse",
        "authenticationStrength",
    )
)
Row = dict[str, Any]


def policies_of(day: TenantDay) -> list[Record]:
    """The policies of v1.0, and those of beta that v1.0 leaves out."""
    released = list(day.of("conditional_access_policies"))
    known = {policy["id"] for policy in released}
    is_read = day.is_complete("conditional_access_policies")
    preview = day.preview_policies if is_read else ()
    return released + [policy for policy in preview if policy["id"] not in known]


def strengths_of(day: TenantDay) -> dict[str, Record]:
    return {strength["id"]: strength for strength in day.of("authentication_strengths")}


def policy_state(policy: Record) -> str:
    word = snake(policy.get("state") or "")
    return REPORT_ONLY if word == REPORTING else word


def controls(policy: Record, strengths: Mapping[str, Record]) -> list[str]:
    """What the grant asks for, in lower case; a strength as `strength` where it takes MFA."""
    grant = policy.get("grantControls") or {}
    asked = [control.lower() for control in grant.get("builtInControls") or ()]
    asked += [f"custom:{factor}" for factor in grant.get("customAuthenticationFactors") or ()]
    asked += [f"terms:{terms}" for terms in grant.get("termsOfUse") or ()]
    if strength := grant.get("authenticationStrength"):
        known = {**strengths.get(strength.get("id"), {}), **_without_nulls(strength)}
        satisfied = known.get("requirementsSatisfied", "mfa")
        asked.append("strength" if "mfa" in satisfied.lower() else "weak strength")
    unknown = (n for n, v in grant.items() if n not in GRANTS and "@" not in n and says(v))
    return asked + [f"unknown:{name}" for name in unknown]


def _without_nulls(record: Record) -> Row:
    return {name: value for name, value in record.items() if value is not None}


def is_required(policy: Record, asked: Sequence[str], wanted: Iterable[str]) -> bool:
    """Nobody gets in without one of the wanted controls."""
    is_met = [control in set(wanted) for control in asked]
    if "block" in asked or not asked:
        return False
    operator = ((policy.get("grantControls") or {}).get("operator") or "OR").upper()
    return any(is_met) if operator == "AND" else all(is_met)


MFA = ("mfa", "strength")
# A hybrid joined device may stand in for a compliant one where a policy names both.
MANAGED = ("compliantdevice", "domainjoineddevice")


def requires_mfa(policy: Record, strengths: Mapping[str, Record]) -> bool:
    return is_required(policy, controls(policy, strengths), MFA)


def offers_mfa(policy: Record, strengths: Mapping[str, Record]) -> bool:
    """MFA is what lets somebody in, if only as one of several ways."""
    asked = controls(policy, strengths)
    return "block" not in asked and any(control in MFA for control in asked)


def demand(policy: Record, strengths: Mapping[str, Record], *, is_hopeful: bool = False) -> str:
    """What a policy asks of whom it reaches: `firm` where nobody gets in without MFA, `device`
    where a managed device will do instead, `weak` where something else will, `none` without MFA.

    Who is hopeful takes another vendor's control for MFA.
    """
    reported = controls(policy, strengths)
    asked = ["mfa" if is_hopeful and c.startswith("custom:") else c for c in reported]
    applications = (policy.get("conditions") or {}).get("applications") or {}
    is_offered = any(control in MFA for control in asked) and not is_nothing(applications)
    if "block" in asked or not is_offered:
        return "none"
    if is_required(policy, asked, MFA):
        return "firm"
    return "device" if is_required(policy, asked, MFA + MANAGED) else "weak"


def is_nothing(applications: Record) -> bool:
    """For no application at all."""
    said = {name: value for name, value in applications.items() if says(value)}
    included = {name.lower() for name in said.pop("includeApplications", ())}
    said.pop("excludeApplications", None)
    return "none" in included and not said


def custom_controls(policy: Record) -> list[str]:
    return list((policy.get("grantControls") or {}).get("customAuthenticationFactors") or ())


def blocks(policy: Record) -> bool:
    return "block" in controls(policy, {})


def says(value: Any) -> bool:
    """Whether a member of a policy says anything: no empty list, no text `none`, no annotation."""
    if isinstance(value, Mapping):
        return any(says(inner) for name, inner in value.items() if "@odata" not in name)
    if isinstance(value, str):
        return value.lower() not in ("", "none")
    return value is not None and value is not False and value != [] and value != ()


def client_types(policy: Record) -> frozenset[str]:
    named = (policy.get("conditions") or {}).get("clientAppTypes") or ("all",)
    return frozenset(kind.lower() for kind in named)


def narrowing(policy: Record) -> frozenset[str]:
    """The conditions by which a policy does not hold at every sign-in of whom it is for."""
    conditions = policy.get("conditions") or {}
    found = {name for name, value in conditions.items() if name not in CONDITIONS and says(value)}
    if not _is_all(conditions.get("platforms"), "Platforms"):
        found.add("platforms")
    if not _is_all(conditions.get("locations"), "Locations"):
        found.add("locations")
    kinds = client_types(policy)
    if "all" not in kinds and not kinds >= EVERY_CLIENT:
        found.add("clientAppTypes")
    users = conditions.get("users") or {}
    if any(says(value) for name, value in users.items() if name not in USERS and "@" not in name):
        found.add("users")
    return frozenset(name for name in found if "@odata" not in name)


def _is_all(condition: Record | None, what: str) -> bool:
    """All of them and none left out; also where nothing is named at all."""
    reported = {name: value for name, value in (condition or {}).items() if says(value)}
    included = reported.pop(f"include{what}", ["all"])
    return not reported and "all" in {value.lower() for value in included}


def is_for_all_applications(policy: Record) -> bool:
    reported = (policy.get("conditions") or {}).get("applications") or {}
    said = {name for name, value in reported.items() if says(value)}
    return said == {"includeApplications"} and "All" in reported["includeApplications"]


def blocks_legacy(policy: Record) -> bool:
    """Blocks both kinds of legacy clients, whoever it is for and whether it is enabled."""
    return blocks(policy) and client_types(policy) >= LEGACY


def policy_rows(day: TenantDay) -> list[Row]:
    """One row per Conditional Access policy, and one for security defaults."""
    strengths = strengths_of(day)
    rows = [_row(policy, strengths) for policy in policies_of(day)]
    return rows + [_defaults_row(defaults) for defaults in day.of("security_defaults")]


def _row(policy: Record, strengths: Mapping[str, Record]) -> Row:
    conditions = policy.get("conditions") or {}
    session = policy.get("sessionControls") or {}
    asked = controls(policy, strengths)
    return {
        "policy_id": policy["id"],
        "policy_state": policy_state(policy),
        "requires_mfa": is_required(policy, asked, MFA),
        "requires_strength": is_required(policy, asked, ("strength", "weak strength")),
        "requires_compliant_device": "compliantdevice" in asked
        and is_required(policy, asked, MANAGED),
        "uses_locations": says(conditions.get("locations")),
        "has_sign_in_frequency": bool((session.get("signInFrequency") or {}).get("isEnabled")),
        "blocks_legacy_auth": blocks_legacy(policy),
        "uses_sign_in_risk": says(conditions.get("signInRiskLevels")),
        "uses_user_risk": says(conditions.get("userRiskLevels")),
    }


def _defaults_row(defaults: Record) -> Row:
    """Security defaults ask for MFA and block legacy authentication; the state says whether."""
    flags = ("strength", "compliant_device")
    return {
        "policy_id": defaults["id"],
        "policy_state": ENABLED if defaults.get("isEnabled") else DISABLED,
        "requires_mfa": True,
        **{f"requires_{flag}": False for flag in flags},
        "uses_locations": False,
        "has_sign_in_frequency": False,
        "blocks_legacy_auth": True,
        "uses_sign_in_risk": False,
        "uses_user_risk": False,
    }
