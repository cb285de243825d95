"""Directory roles: definitions, assignments, and the schedule instances of PIM."""

from pipeline.graph.catalogue.principals import principal
from pipeline.graph.feed import Feed, Licence, Reader, Request, Workload
from pipeline.graph.table_spec import Table, leaves, table

_PERMISSION = "RoleManagement.Read.Directory"
_ACCEPTS = frozenset(
    {"RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory", "Directory.Read.All"}
)
_SCHEDULES = _ACCEPTS - {"Directory.Read.All"}
_MEMBERSHIP = {"memberType": "Direct Group Inherited"}

DEFINITIONS = table(
    "role_definitions",
    "id templateId displayName description isBuiltIn:bool isEnabled:bool version",
)
DEFINITIONS_BETA = table("role_definitions_beta", "id isPrivileged:bool")
ASSIGNMENTS = table(
    "role_assignments",
    "id principalId roleDefinitionId directoryScopeId appScopeId condition "
    "principalOrganizationId resourceScope",
    principal("role_assignments"),
)
ASSIGNMENT_INSTANCES = table(
    "role_assignment_schedule_instances",
    "id principalId roleDefinitionId directoryScopeId appScopeId startDateTime:ts endDateTime:ts "
    "assignmentType memberType roleAssignmentOriginId roleAssignmentScheduleId",
    principal("role_assignment_schedule_instances"),
    words={"assignmentType": "Assigned Activated", **_MEMBERSHIP},
)
ELIGIBILITY_INSTANCES = table(
    "role_eligibility_schedule_instances",
    "id principalId roleDefinitionId directoryScopeId appScopeId startDateTime:ts endDateTime:ts "
    "memberType roleEligibilityScheduleId",
    principal("role_eligibility_schedule_instances"),
    words=_MEMBERSHIP,
)

# Rules are told apart by their ids: who is asked for what, at which step.
_RULES = " ".join(
    f"rules.*.{path}"
    for path in (
        "id",
        "isExpirationRequired:bool",
        "maximumDuration",
        "enabledRules[]",
        "isEnabled:bool",
        "claimValue",
        "setting.isApprovalRequired:bool",
        "setting.isApprovalRequiredForExtension:bool",
        "setting.isRequestorJustificationRequired:bool",
        "setting.approvalMode",
    )
)
RULES = table(
    "role_management_policies",
    "id policyId scopeId scopeType roleDefinitionId",
    leaves(
        "role_management_policies",
        "policy",
        "id displayName description isOrganizationDefault:bool scopeId scopeType "
        f"lastModifiedDateTime lastModifiedBy.id lastModifiedBy.displayName {_RULES}",
    ),
)
_RULES_PATH = "/policies/roleManagementPolicyAssignments"
# Graph takes no other filter, and the ids in its answer carry the word of this one.
_OF_ROLES = "$filter=scopeId%20eq%20%27/%27%20and%20scopeType%20eq%20%27DirectoryRole%27"


def _schedule(name: str, collection: str, shape: Table, permission: str) -> Feed:
    path = f"/roleManagement/directory/{collection}"
    return Feed(
        name=name,
        requests=(Request("v1.0", path, shape, query="$expand=principal", units=2),),
        # Also opened by a permission of its own; this one is needed for the assignments anyway.
        permission=_PERMISSION,
        accepts=_SCHEDULES | {permission},
        workload=Workload.DIRECTORY,
        probe=f"v1.0{path}?$top=1",
        licence=Licence.P2,
        absent_clouds=frozenset({"delos"}),
    )


FEEDS = (
    Feed(
        name="role_definitions",
        requests=(
            # $top is refused at any value here, and isPrivileged exists in beta alone.
            Request(
                "v1.0",
                "/roleManagement/directory/roleDefinitions",
                DEFINITIONS,
                query="$select=id,templateId,displayName,description,isBuiltIn,isEnabled,version",
            ),
            Request(
                "beta",
                "/roleManagement/directory/roleDefinitions",
                DEFINITIONS_BETA,
                query="$select=id,isPrivileged",
                optional=True,
            ),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="v1.0/roleManagement/directory/roleDefinitions?$select=id",
    ),
    Feed(
        name="role_assignments",
        requests=(
            Request(
                "v1.0",
                "/roleManagement/directory/roleAssignments",
                ASSIGNMENTS,
                query="$expand=principal",
                units=2,
            ),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="v1.0/roleManagement/directory/roleAssignments?$select=id",
    ),
    _schedule(
        "role_assignment_schedule_instances",
        "roleAssignmentScheduleInstances",
        ASSIGNMENT_INSTANCES,
        "RoleAssignmentSchedule.Read.Directory",
    ),
    _schedule(
        "role_eligibility_schedule_instances",
        "roleEligibilityScheduleInstances",
        ELIGIBILITY_INSTANCES,
        "RoleEligibilitySchedule.Read.Directory",
    ),
    Feed(
        name="role_management_policies",
        requests=(
            Request(
                "v1.0",
                _RULES_PATH,
                RULES,
                query=f"{_OF_ROLES}&$expand=policy($expand=rules)",
                units=2,
            ),
        ),
        permission=_PERMISSION,
        accepts=frozenset(
            {"RoleManagementPolicy.Read.Directory", "RoleManagement.ReadWrite.Directory"}
        ),
        workload=Workload.DIRECTORY,
        probe=f"v1.0{_RULES_PATH}?{_OF_ROLES}",
        licence=Licence.P2,
        absent_clouds=frozenset({"delos"}),
        reader=Reader.ROLE_RULES,
        after=(
            "role_assignments",
            "role_assignment_schedule_instances",
            "role_eligibility_schedule_instances",
        ),
        needs=("role_assignments",),
        optional=True,
    ),
)
