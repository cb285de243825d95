"""Application permissions: those that the sandbox grants, and the roles' ids of each API."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from pipeline.sandbox.story.identity import derived_uuid

GRAPH = "Microsoft Graph"
EXCHANGE, SHAREPOINT = "Office 365 Exchange Online", "Office 365 SharePoint Online"
# Not Graph's ids, also where the name is one of Graph's. Of the published ones those that matter.
_ROLES_ELSEWHERE = {
    EXCHANGE: {
        "full_access_as_app": "dc890d15-9560-4a4c-9b7f-a736ec74ec40",
        "Exchange.ManageAsApp": "dc50a0fb-09a3-484d-be87-e023b12c6440",
        "IMAP.AccessAsApp": "5e5addcd-3e8d-4e90-baf5-964efab2b20a",
        "MailboxSettings.ReadWrite": "f9156939-25cd-4ba8-abfe-7fabcf003749",
    },
    SHAREPOINT: {
        "Sites.FullControl.All": "678536fe-1083-478a-9c59-b99265e6b0d3",
        "Sites.Read.All": "d13f72ca-a275-4b96-b789-48ebcc4da984",
        "User.ReadWrite.All": "741f803b-c850-494e-b5df-cde7c675a1ca",
    },
}
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


def app_role_id(permission: str, api: str = GRAPH) -> str:
    """The id of a permission's role, which is another one in each API."""
    if api != GRAPH:
        return _ROLES_ELSEWHERE[api][permission]
    return derived_uuid("app role", permission)


def _names(api: str) -> list[str]:
    if api != GRAPH:
        return list(_ROLES_ELSEWHERE[api])
    text = files("pipeline.sandbox").joinpath("data/app_roles.json").read_bytes()
    return list(orjson.loads(text))


@cache
def app_roles(api: str = GRAPH) -> list[dict[str, Any]]:
    """`appRoles` of the service principal of an API."""
    return [
        {
            "allowedMemberTypes": ["Application"],
            "description": f"Allows the app to use {name} without a signed-in user.",
            "displayName": name.replace(".", " "),
            "id": app_role_id(name, api),
            "isEnabled": True,
            "origin": "Application",
            "value": name,
        }
        for name in _names(api)
    ]
