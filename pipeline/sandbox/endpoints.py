"""The Graph endpoints that the sandbox knows: how they may be asked, and who may ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.sandbox import feeds
from pipeline.sandbox.feeds import Request, Rows


@dataclass(frozen=True)
class Endpoint:
    """One collection of Graph: how it may be asked, and who may ask."""

    context: str
    permissions: frozenset[str]
    options: frozenset[str]
    rows: Callable[[Request], Rows]
    security: bool = False
    versions: tuple[str, ...] = ("v1.0",)
    paged: bool = True
    cost: int = 1


_DIRECTORY = frozenset({"Directory.Read.All"})
_ROLES = _DIRECTORY | {"RoleManagement.Read.Directory", "RoleManagement.Read.All"}
_ORGANIZATION = _DIRECTORY | {"Organization.Read.All"}
_SECURITY = frozenset({"SecurityEvents.Read.All"})
_PAGING = frozenset({"$top", "$skip", "$count", "$filter", "$skiptoken"})

ENDPOINTS: Mapping[str, Endpoint] = {
    "/security/securescores": Endpoint(
        "Security/secureScores", _SECURITY, _PAGING, feeds.secure_scores, security=True
    ),
    "/security/securescorecontrolprofiles": Endpoint(
        "Security/secureScoreControlProfiles", _SECURITY, _PAGING, feeds.profiles, security=True
    ),
    "/rolemanagement/directory/roledefinitions": Endpoint(
        "roleManagement/directory/roleDefinitions",
        _ROLES,
        frozenset({"$select", "$filter"}),
        feeds.role_definitions,
        versions=("v1.0", "beta"),
        paged=False,
    ),
    "/rolemanagement/directory/roleassignments": Endpoint(
        "roleManagement/directory/roleAssignments",
        _ROLES,
        frozenset({"$select", "$filter", "$expand", "$top", "$skiptoken"}),
        feeds.role_assignments,
    ),
    "/organization": Endpoint(
        "organization", _ORGANIZATION, frozenset({"$select"}), feeds.organizations, paged=False
    ),
    "/subscribedskus": Endpoint(
        "subscribedSkus",
        _ORGANIZATION | {"LicenseAssignment.Read.All"},
        frozenset({"$select"}),
        feeds.skus,
        paged=False,
        cost=3,
    ),
}
GRANTED = (
    "SecurityEvents.Read.All",
    "RoleManagement.Read.Directory",
    "Organization.Read.All",
    "LicenseAssignment.Read.All",
)
