"""One resource of Graph: how it may be asked, who may ask, and how it refuses."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.sandbox.protocol.refusals import NOT_PERMITTED, Refusal, pim_not_permitted
from pipeline.sandbox.records.rows import Request, Rows


@dataclass(frozen=True)
class Endpoint:
    """One resource of Graph: how it may be asked, and who may ask.

    `family` decides how it refuses; `limit` which quota it counts against; `licence` what the
    tenant must own; `china` is the segment that China's cloud does not know; `singleton` the
    versions in which it is an object of its own.
    """

    context: str
    permissions: frozenset[str]
    options: frozenset[str]
    rows: Callable[[Request], Rows]
    family: str = "directory"
    limit: str = "directory"
    licence: str = ""
    versions: tuple[str, ...] = ("v1.0",)
    paged: bool = True
    largest: int = 999
    cost: int = 1
    china: str = ""
    singleton: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def is_directory(self) -> bool:
        return self.family == "directory"

    @property
    def not_permitted(self) -> Refusal:
        if self.family == "pim":
            return pim_not_permitted(self.scopes)
        return NOT_PERMITTED[self.family]


DIRECTORY = frozenset({"Directory.Read.All"})
ROLES = DIRECTORY | {"RoleManagement.Read.Directory", "RoleManagement.Read.All"}
ORGANIZATION = DIRECTORY | {"Organization.Read.All"}
GROUPS = DIRECTORY | {"GroupMember.Read.All", "Group.Read.All"}
APPLICATIONS = DIRECTORY | {"Application.Read.All"}
SECURITY = frozenset({"SecurityEvents.Read.All"})
POLICY = frozenset({"Policy.Read.All"})
RECOMMENDATIONS = frozenset({"DirectoryRecommendations.Read.All"})
PAGING = frozenset({"$top", "$skip", "$count", "$filter", "$skiptoken"})
LIST = frozenset({"$select", "$filter", "$top", "$count", "$skiptoken"})
EXPANDED = frozenset({"$select", "$filter", "$expand", "$top", "$skiptoken"})
BOTH = ("v1.0", "beta")


def security_endpoint(name: str, rows: Callable[[Request], Rows]) -> Endpoint:
    return Endpoint(
        f"Security/{name}", SECURITY, PAGING, rows, family="security", limit="security", china=name
    )


def members_endpoint(rows: Callable[[Request], Rows], *, cost: int, context: str) -> Endpoint:
    return Endpoint(context, GROUPS, LIST, rows, cost=cost)


def pim_endpoint(name: str, rows: Callable[[Request], Rows]) -> Endpoint:
    kind = name.removesuffix("Instances")
    own = f"{kind[0].upper()}{kind[1:]}"
    scopes = (
        f"{own}.Read.Directory",
        f"{own}.ReadWrite.Directory",
        "RoleManagement.ReadWrite.Directory",
        "RoleManagement.Read.Directory",
        "RoleManagement.Read.All",
    )
    context = f"roleManagement/directory/{name}"
    allowed = frozenset(scopes)
    return Endpoint(
        context, allowed, EXPANDED, rows, family="pim", limit="", licence="pim", scopes=scopes
    )


def role_rules_endpoint(rows: Callable[[Request], Rows]) -> Endpoint:
    scopes = (
        "RoleManagementPolicy.Read.Directory",
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
    )
    return Endpoint(
        "policies/roleManagementPolicyAssignments",
        frozenset(scopes),
        frozenset({"$filter", "$expand", "$select"}),
        rows,
        family="pim",
        limit="",
        licence="pim",
        paged=False,
        versions=BOTH,
        scopes=scopes,
    )


def group_pim_endpoint(name: str, rows: Callable[[Request], Rows]) -> Endpoint:
    kind = name.removesuffix("ScheduleInstances").capitalize()
    scopes = tuple(f"Privileged{kind}Schedule.{way}.AzureADGroup" for way in ("Read", "ReadWrite"))
    return Endpoint(
        f"identityGovernance/privilegedAccess/group/{name}",
        frozenset(scopes),
        EXPANDED,
        rows,
        family="pim",
        limit="",
        licence="pim",
        scopes=scopes,
        versions=BOTH,
    )


def conditional_access_endpoint(name: str, rows: Callable[[Request], Rows]) -> Endpoint:
    options = LIST | {"$skip", "$orderby"}
    context = f"identity/conditionalAccess/{name}"
    return Endpoint(
        context, POLICY, options, rows, family="policy", limit="identity", versions=BOTH
    )


def plans_endpoint(name: str, rows: Callable[[Request], Rows]) -> Endpoint:
    return Endpoint(
        f"identity/conditionalAccess/{name}",
        POLICY | {"Policy.Read.ConditionalAccess"},
        frozenset({"$select", "$skiptoken"}),
        rows,
        family="policy",
        limit="identity",
        versions=("beta",),
    )


def setting_endpoint(
    context: str, rows: Callable[[Request], Rows], *, singleton: tuple[str, ...] = BOTH
) -> Endpoint:
    return Endpoint(
        context,
        POLICY,
        frozenset({"$select"}),
        rows,
        family="policy",
        limit="",
        versions=BOTH,
        paged=False,
        singleton=singleton,
    )


def requirements_endpoint(rows: Callable[[Request], Rows]) -> Endpoint:
    return Endpoint(
        "users('{id}')/authentication/requirements",
        POLICY | {"Policy.ReadWrite.AuthenticationMethod"},
        frozenset(),
        rows,
        family="policy",
        limit="",
        versions=("beta",),
        paged=False,
        singleton=("beta",),
    )


def risk_endpoint(name: str, permission: str, rows: Callable[[Request], Rows]) -> Endpoint:
    return Endpoint(
        f"identityProtection/{name}",
        frozenset({permission}),
        LIST | {"$skip", "$orderby"},
        rows,
        family="risk",
        limit="identity",
        licence="risk",
        largest=500,
        china=name,
    )


def recommendations_endpoint(context: str, rows: Callable[[Request], Rows]) -> Endpoint:
    return Endpoint(
        context,
        RECOMMENDATIONS,
        EXPANDED,
        rows,
        versions=("beta",),
        limit="",
        china="recommendations",
    )
