"""Groups that hold roles or that policies name, their members, and PIM for Groups."""

from pipeline.graph.catalogue.principals import principal
from pipeline.graph.feed import Feed, Licence, Reader, Request, Workload
from pipeline.graph.table_spec import Table, child, table

_PERMISSION = "GroupMember.Read.All"
_ACCEPTS = frozenset({"Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"})
_HOLDERS = ("role_assignments", "role_eligibility_schedule_instances")
# The feeds that name groups.
_GROUPS_AFTER = (
    *_HOLDERS,
    "group_assignment_schedule_instances",
    "group_eligibility_schedule_instances",
    "conditional_access_policies",
)
_SELECT = (
    "$select=id,displayName,description,isAssignableToRole,securityEnabled,mailEnabled,"
    "groupTypes,membershipRule,visibility,onPremisesSyncEnabled,createdDateTime&$top=999"
)

GROUPS = table(
    "groups",
    "id displayName description isAssignableToRole:bool securityEnabled:bool mailEnabled:bool "
    "membershipRule visibility onPremisesSyncEnabled:bool createdDateTime:ts",
    child("groups", "groupTypes", "scalars"),
)
MEMBERS = table("group_members", "@odata.type id", parent="group_id")
TRANSITIVE_MEMBERS = table("group_members_transitive", "@odata.type id", parent="group_id")
# A group that was read and has nobody in it has one row, of no type and count 0.
MEMBER_COUNTS = table("group_member_counts", "groupId @odata.type count:i64")


def _instances(name: str, columns: str = "") -> Table:
    return table(
        name,
        "id groupId principalId accessId memberType startDateTime:ts endDateTime:ts " + columns,
        principal(name),
        words={
            "accessId": "member owner",
            "memberType": "direct group",
            "assignmentType": "assigned activated",
        },
    )


ASSIGNMENT_INSTANCES = _instances(
    "group_assignment_schedule_instances", "assignmentType assignmentScheduleId"
)
ELIGIBILITY_INSTANCES = _instances("group_eligibility_schedule_instances", "eligibilityScheduleId")


def _schedule(name: str, collection: str, shape: Table, permission: str) -> Feed:
    path = f"/identityGovernance/privilegedAccess/group/{collection}"
    nobody = "00000000-0000-0000-0000-000000000000"
    return Feed(
        name=name,
        # Asked group by group: without a filter on one group or principal Graph answers 400.
        requests=(Request("v1.0", path, shape, units=2),),
        permission=permission,
        accepts=frozenset({permission.replace(".Read.", ".ReadWrite.")}),
        workload=Workload.DIRECTORY,
        probe=f"v1.0{path}?$filter=groupId%20eq%20%27{nobody}%27",
        licence=Licence.P2,
        absent_clouds=frozenset({"delos"}),
        reader=Reader.GROUP_SCHEDULES,
        after=(*_HOLDERS, "role_assignment_schedule_instances"),
        needs=("role_assignments",),
    )


FEEDS = (
    _schedule(
        "group_assignment_schedule_instances",
        "assignmentScheduleInstances",
        ASSIGNMENT_INSTANCES,
        "PrivilegedAssignmentSchedule.Read.AzureADGroup",
    ),
    _schedule(
        "group_eligibility_schedule_instances",
        "eligibilityScheduleInstances",
        ELIGIBILITY_INSTANCES,
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    ),
    Feed(
        name="groups",
        requests=(Request("v1.0", "/groups", GROUPS, query=_SELECT),),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="v1.0/groups?$select=id&$top=1",
        reader=Reader.GROUPS,
        after=_GROUPS_AFTER,
    ),
    Feed(
        name="group_members",
        requests=(
            Request("v1.0", "/groups/{id}/members", MEMBERS, query="$select=id&$top=999", units=2),
            Request(
                "v1.0",
                "/groups/{id}/transitiveMembers",
                TRANSITIVE_MEMBERS,
                query="$select=id&$top=999",
                units=4,
            ),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe=None,
        reader=Reader.MEMBERS,
        # Whoever is at risk is kept, also as a member of a group that a policy names.
        after=(*_GROUPS_AFTER, "groups", "risky_users"),
        needs=("role_assignments", "groups"),
        counts=(MEMBER_COUNTS,),
    ),
)
