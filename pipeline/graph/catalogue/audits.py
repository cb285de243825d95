"""The audit log of the directory: who changed roles, policies and applications."""

from pipeline.graph.feed import Feed, Reader, Request, Workload
from pipeline.graph.table_spec import child, table

# Who is acted upon is told by an id alone; what people write, and what a value was, is left out.
AUDITS = table(
    "directory_audits",
    "id category correlationId result activityDisplayName activityDateTime:ts loggedByService "
    "operationType",
    child(
        "directory_audits",
        "initiatedBy",
        "object",
        "user/id user/displayName user/userPrincipalName user/userType user/homeTenantId "
        "app/appId app/displayName app/servicePrincipalId app/servicePrincipalName",
    ),
    child(
        "directory_audits",
        "targetResources",
        "objects",
        "id type groupType",
        quiet="modifiedProperties",
        dropped="displayName userPrincipalName",
        words={
            "type": "User Device Directory App Role Group Policy ServicePrincipal Other N/A",
            "groupType": "unifiedGroups azureAD",
        },
    ),
    quiet="userAgent performedBy",
    dropped="resultReason additionalDetails",
    words={"result": "success failure timeout"},
)

FEEDS = (
    Feed(
        name="directory_audits",
        requests=(
            Request(
                "v1.0",
                "/auditLogs/directoryAudits",
                AUDITS,
                query="$orderby=activityDateTime%20asc&$top=999",
            ),
        ),
        permission="AuditLog.Read.All",
        workload=Workload.REPORTS,
        probe="v1.0/auditLogs/directoryAudits?$top=1",
        reader=Reader.DIRECTORY_AUDITS,
        optional=True,
    ),
)
