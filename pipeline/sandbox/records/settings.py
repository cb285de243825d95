"""The tenant-wide settings: security defaults, authorization policy, authentication methods."""

import copy
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_RESTRICTED_GUEST = "2af84b1e-32c8-42b7-82bc-daa82404023b"
_TIGHTENED = 40  # the day of the story on which consent and text messages are restricted
# What a target of some methods says besides whom.
_TARGETS: dict[str, dict[str, Any]] = {
    "MicrosoftAuthenticator": {"authenticationMode": "any"},
    "Sms": {"isUsableForSignIn": False},
}


@lru_cache(maxsize=1)
def _settings() -> dict[str, Any]:
    raw = files("pipeline.sandbox").joinpath("data/settings.json").read_bytes()
    found: dict[str, Any] = orjson.loads(raw)
    return found


def security_defaults(story: "Story") -> dict[str, Any]:
    """On for small businesses, off where Conditional Access does the work or nothing does."""
    on = story.tenant.has_security_defaults(lifelike=story.lifelike)
    return {**_settings()["security_defaults"], "isEnabled": on}


def authorization_policy(story: "Story", day: int) -> dict[str, Any]:
    policy: dict[str, Any] = copy.deepcopy(_settings()["authorization"])
    segment, user = story.tenant.segment, policy["defaultUserRolePermissions"]
    if segment != "small_business":
        policy |= {
            "allowInvitesFrom": "adminsAndGuestInviters",
            "allowUserConsentForRiskyApps": False,
        }
        user["allowedToCreateTenants"] = False
    if segment == "regulated":
        policy |= {"guestUserRoleId": _RESTRICTED_GUEST, "blockMsolPowerShell": True}
        user |= {"allowedToCreateApps": False, "permissionGrantPoliciesAssigned": []}
    if segment == "mid_size" and day >= _TIGHTENED:
        user["allowedToCreateApps"] = False
    return policy


def authentication_methods_policy(story: "Story", day: int) -> dict[str, Any]:
    """Methods by kind, each with whom it is for; text messages are switched off later."""
    strict = story.tenant.segment != "small_business" and day >= _TIGHTENED
    changed = story.born + timedelta(days=_TIGHTENED if strict else -320)
    campaign = {
        "snoozeDurationInDays": 1,
        "enforceRegistrationAfterAllowedSnoozes": True,
        "state": "enabled" if strict else "default",
        "excludeTargets": [],
        "includeTargets": [
            {
                "id": "all_users",
                "targetType": "group",
                "targetedAuthenticationMethod": "microsoftAuthenticator",
            }
        ],
    }
    return {
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are "
        "allowed in the tenant, authentication method registration requirements, and self-service "
        "password reset settings",
        "lastModifiedDateTime": f"{changed.isoformat()}T09:12:31.4406514Z",
        "policyVersion": "1.5",
        "policyMigrationState": "migrationComplete" if strict else "migrationInProgress",
        "reconfirmationInDays": None,
        "registrationEnforcement": {"authenticationMethodsRegistrationCampaign": campaign},
        "authenticationMethodConfigurations": _methods(story, strict=strict),
    }


def _methods(story: "Story", *, strict: bool) -> list[dict[str, Any]]:
    segment, methods = story.tenant.segment, []
    for kind, settings in _settings()["methods"]:
        target = {"targetType": "group", "id": "all_users", "isRegistrationRequired": False}
        method: dict[str, Any] = {
            "@odata.type": f"#microsoft.graph.{kind}",
            **copy.deepcopy(settings),
            "excludeTargets": [],
            "includeTargets": [target | _TARGETS.get(settings["id"], {})],
        }
        if strict and method["id"] == "Sms":
            method["state"] = "disabled"
        if method["id"] == "MicrosoftAuthenticator" and segment != "small_business":
            left_out = {"id": story.groups.id_of("emergency"), "targetType": "group"}
            method["excludeTargets"].append(left_out)
        if method["id"] == "TemporaryAccessPass" and segment == "regulated":
            method["state"] = "enabled"
            method["includeTargets"][0]["id"] = story.groups.id_of("pilot")
        methods.append(method)
    return methods
