"""The application permissions of Graph: those that the sandbox grants, and their roles' ids."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

from pipeline.sandbox.story.identity import derived_uuid

# What every tenant has consented to: the least that opens every feed.
GRANTED = (
    "SecurityEvents.Read.All",
    "RoleManagement.Read.Directory",
    "Organization.Read.All",
    "GroupMember.Read.All",
    "User.Read.All",
    "AuditLog.Read.All",
    "Application.Read.All",
    "DelegatedPermissionGrant.Read.All",
    "Policy.Read.All",
    "PrivilegedAssignmentSchedule.Read.AzureADGroup",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "IdentityRiskyUser.Read.All",
    "IdentityRiskEvent.Read.All",
    "DirectoryRecommendations.Read.All",
)


def app_role_id(permission: str) -> str:
    return derived_uuid("app role", permission)


@lru_cache(maxsize=1)
def app_roles() -> list[dict[str, Any]]:
    """`appRoles` of the service principal of Microsoft Graph."""
    names = orjson.loads(files("pipeline.sandbox").joinpath("data/app_roles.json").read_bytes())
    return [
        {
            "allowedMemberTypes": ["Application"],
            "description": f"Allows the app to use {name} without a signed-in user.",
            "displayName": name.replace(".", " "),
            "id": app_role_id(name),
            "isEnabled": True,
            "origin": "Application",
            "value": name,
        }
        for name in names
    ]
