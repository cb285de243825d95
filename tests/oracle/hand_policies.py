"""Hand-made Conditional Access policies: for all users and applications, asking for MFA."""

from typing import Any

CONDITIONS: dict[str, Any] = {
    "userRiskLevels": [],
    "signInRiskLevels": [],
    "servicePrincipalRiskLevels": [],
    "insiderRiskLevels": None,
    "platforms": None,
    "locations": None,
    "devices": None,
    "clientApplications": None,
    "authenticationFlows": None,
    "clientAppTypes": ["all"],
}
USERS: dict[str, Any] = {
    f"{way}{what}": [] for way in ("include", "exclude") for what in ("Users", "Groups", "Roles")
}
APPLICATIONS: dict[str, Any] = {
    "includeApplications": ["All"],
    "excludeApplications": [],
    "includeUserActions": [],
    "includeAuthenticationContextClassReferences": [],
    "applicationFilter": None,
}
REPORTING = "enabledForReportingButNotEnforced"
DEFAULTS = {"id": "00000000-0000-0000-0000-000000000005", "isEnabled": True}


def policy(
    identifier: str = "p1",
    state: str = "enabled",
    *,
    users: dict[str, Any] | None = None,
    apps: dict[str, Any] | None = None,
    grant: str | None = "mfa",
    operator: str | None = "OR",
    grants: dict[str, Any] | None = None,
    session: dict[str, Any] | None = None,
    **conditions: Any,
) -> dict[str, Any]:
    """`grant` names built-in controls; `users` and the rest differ from the defaults."""
    controls = {"operator": operator, "builtInControls": (grant or "").split(), **(grants or {})}
    return {
        "id": identifier,
        "state": state,
        "conditions": {
            **CONDITIONS,
            "users": {**USERS, **({"includeUsers": ["All"]} if users is None else users)},
            "applications": {**APPLICATIONS, **(apps or {})},
            **conditions,
        },
        "grantControls": None if grant is None and grants is None else controls,
        "sessionControls": session,
    }


def strength(satisfied: str | None = "mfa", identifier: str = "s1") -> dict[str, Any]:
    """Grant controls with an authentication strength."""
    return {"authenticationStrength": {"id": identifier, "requirementsSatisfied": satisfied}}


def excluding(*users: str, groups: str = "", roles: str = "") -> dict[str, Any]:
    """All users but these."""
    return {
        "includeUsers": ["All"],
        "excludeUsers": list(users),
        "excludeGroups": groups.split(),
        "excludeRoles": roles.split(),
    }
