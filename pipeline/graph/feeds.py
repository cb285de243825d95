"""The catalogue of feeds: what is asked of Graph, what it needs, and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.graph import schemas
from pipeline.graph.table_spec import Table

SECURITY = "security"
DIRECTORY = "directory"


@dataclass(frozen=True)
class Request:
    """One list to read to its last page. `units` are the directory resource units it costs."""

    version: str
    path: str
    table: Table
    query: str = ""
    units: int = 1
    optional: bool = False

    def url(self, graph_url: str, *, top: int | None = None) -> str:
        """The first page's address; `top` asks for that many records."""
        query = f"$top={top}" if top is not None else self.query
        return f"{graph_url}/{self.version}{self.path}" + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Feed:
    """One feed: its requests, the application permission and licence it needs.

    `tenant_member` names the member that must equal the tenant's id in every record.
    `dated` records carry their own date, so that they can be read for a past day.
    """

    name: str
    requests: tuple[Request, ...]
    permission: str
    workload: str
    tenant_member: str | None = None
    licence: str | None = None
    absent_clouds: frozenset[str] = frozenset()
    dated: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The lake tables it fills."""
        return tuple(one.name for request in self.requests for one in request.table.walk())


_LIST = (
    Feed(
        name="secure_scores",
        requests=(Request("v1.0", "/security/secureScores", schemas.SECURE_SCORES),),
        permission="SecurityEvents.Read.All",
        workload=SECURITY,
        tenant_member="azureTenantId",
        absent_clouds=frozenset({"china"}),
        dated=True,
    ),
    Feed(
        name="secure_score_control_profiles",
        requests=(
            Request(
                "v1.0",
                "/security/secureScoreControlProfiles",
                schemas.SECURE_SCORE_CONTROL_PROFILES,
                query="$top=999",
            ),
        ),
        permission="SecurityEvents.Read.All",
        workload=SECURITY,
        tenant_member="azureTenantId",
        absent_clouds=frozenset({"china"}),
    ),
    Feed(
        name="role_definitions",
        requests=(
            # $top is refused at any value here, and isPrivileged exists in beta alone.
            Request(
                "v1.0",
                "/roleManagement/directory/roleDefinitions",
                schemas.ROLE_DEFINITIONS,
                query="$select=id,templateId,displayName,description,isBuiltIn,isEnabled,version",
            ),
            Request(
                "beta",
                "/roleManagement/directory/roleDefinitions",
                schemas.ROLE_DEFINITIONS_BETA,
                query="$select=id,isPrivileged",
                optional=True,
            ),
        ),
        permission="RoleManagement.Read.Directory",
        workload=DIRECTORY,
    ),
    Feed(
        name="role_assignments",
        requests=(
            Request(
                "v1.0",
                "/roleManagement/directory/roleAssignments",
                schemas.ROLE_ASSIGNMENTS,
                query="$expand=principal",
                units=2,
            ),
        ),
        permission="RoleManagement.Read.Directory",
        workload=DIRECTORY,
    ),
    Feed(
        name="organization",
        requests=(
            Request(
                "v1.0",
                "/organization",
                schemas.ORGANIZATION,
                query="$select=id,displayName,tenantType,createdDateTime,onPremisesSyncEnabled,"
                "countryLetterCode,partnerTenantType,directorySizeQuota,verifiedDomains,"
                "assignedPlans",
            ),
        ),
        permission="Organization.Read.All",
        workload=DIRECTORY,
        tenant_member="id",
    ),
    Feed(
        name="subscribed_skus",
        requests=(Request("v1.0", "/subscribedSkus", schemas.SUBSCRIBED_SKUS, units=3),),
        permission="LicenseAssignment.Read.All",
        workload=DIRECTORY,
    ),
)
FEEDS: Mapping[str, Feed] = MappingProxyType({feed.name: feed for feed in _LIST})
