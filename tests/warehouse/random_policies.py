"""Random answers of the feeds of policies, their groups and settings."""

import random
from typing import Any

from tests.warehouse.policy_wire import Answers, answers_of

STATES = ("enabled", "enabled", "disabled", "enabledForReportingButNotEnforced")
USERS = ("All", "p0", "p1", "GuestsOrExternalUsers")
GROUPS = ("g-a", "g-b", "g-gone")
CUSTOM = {"operator": "OR", "builtInControls": [], "customAuthenticationFactors": ["Duo"]}
FEEDS = (
    "conditional_access_policies", "named_locations", "authentication_strengths",
    "security_defaults", "authorization_policy", "authentication_methods_policy", "groups",
    "group_members",
)  # fmt: skip


def policies(chance: random.Random) -> Answers:
    """What these feeds answer at one moment; some of them fail."""
    case: dict[str, Any] = {
        "people": [],
        "policies": [_policy(chance, number) for number in range(chance.randrange(4))],
        "groups": {"g-a": [_some(chance, "p0", "p1", "g-b")], "g-b": ["p2", chance.randrange(4)]},
        "security_defaults": chance.random() < 0.2,
        "feeds": {name: "unavailable" for name in FEEDS if chance.random() < 0.07},
    }
    settings: Answers = {
        "authorization_policy": [_authorization(chance)],
        "authentication_methods_policy": [_methods(chance)],
    }
    reported = settings | answers_of(case) | case["feeds"]
    return {
        name: answer
        for name, answer in reported.items()
        if not name.startswith("role_") and (answer or name in FEEDS)
    }


def _some(chance: random.Random, *choices: str) -> str:
    return chance.choice(choices)


def _policy(chance: random.Random, number: int) -> dict[str, Any]:
    conditions = {"signInRiskLevels": ["high"]} if chance.random() < 0.2 else {}
    out = chance.choice([[], [], ["Office365"]])
    return {
        "id": f"policy {number}",
        "beta": number == 2,
        "state": chance.choice(STATES),
        "modified": chance.choice([None, "2025-09-01T08:00:00Z", "2026-02-01T08:00:00Z"]),
        "users": {
            "includeUsers": [chance.choice(USERS)],
            "includeGroups": [chance.choice(GROUPS)],
            "excludeGroups": chance.choice([[], ["g-b"]]),
        },
        "conditions": conditions,
        "apps": {"includeApplications": ["All"], "excludeApplications": out},
        "clients": chance.choice([["all"], ["browser", "mobileAppsAndDesktopClients"], ["other"]]),
        "grant": chance.choice([["mfa"], ["mfa", "compliantDevice"], ["block"], CUSTOM, None]),
    }


def _authorization(chance: random.Random) -> dict[str, Any]:
    assigned = chance.choice([[], ["a", "b"], ["b"]])
    return {
        "id": "authorizationPolicy",
        "allowInvitesFrom": chance.choice(["everyone", "none"]),
        "defaultUserRolePermissions": {
            "allowedToCreateApps": chance.random() < 0.5,
            "permissionGrantPoliciesAssigned": assigned,
        },
    }


def _methods(chance: random.Random) -> dict[str, Any]:
    state = chance.choice(["enabled", "disabled"])
    return {
        "id": "authenticationMethodsPolicy",
        "policyVersion": "1.5",
        "authenticationMethodConfigurations": [{"id": "Sms", "state": state}],
    }
