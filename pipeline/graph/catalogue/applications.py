"""Service principals with roles or permissions, and what applications may do."""

from pipeline.graph.catalogue.people import NAMING
from pipeline.graph.feed import Feed, Reader, Request, Workload
from pipeline.graph.table_spec import Child, child, table

_PERMISSION = "Application.Read.All"
_ACCEPTS = frozenset({"Application.ReadWrite.All", "Directory.Read.All"})
_CREDENTIALS = "passwordCredentials,keyCredentials"
# Microsoft Graph, Office 365 Exchange Online and SharePoint Online: the same in every tenant.
_RESOURCES = ",".join(
    f"%27{one}%27"
    for one in (
        "00000003-0000-0000-c000-000000000000",
        "00000002-0000-0ff1-ce00-000000000000",
        "00000003-0000-0ff1-ce00-000000000000",
    )
)


def _passwords(parent: str) -> Child:
    return child(
        parent,
        "passwordCredentials",
        "objects",
        "keyId displayName startDateTime:ts endDateTime:ts",
        quiet="customKeyIdentifier",
        # The hint is the beginning of the secret.
        dropped="secretText hint",
    )


def _keys(parent: str) -> Child:
    return child(
        parent,
        "keyCredentials",
        "objects",
        "keyId displayName type usage startDateTime:ts endDateTime:ts",
        quiet="customKeyIdentifier",
        dropped="key",
    )


SERVICE_PRINCIPALS = table(
    "service_principals",
    "id appId displayName servicePrincipalType accountEnabled:bool appOwnerOrganizationId "
    "signInAudience createdDateTime:ts",
    _passwords("service_principals"),
    _keys("service_principals"),
    words={"servicePrincipalType": "Application ManagedIdentity Legacy SocialIdp ServiceIdentity"},
)
# Secrets of a tenant's own applications are on the application, not on its service principal.
APPLICATIONS = table(
    "service_principals_applications",
    "id appId displayName createdDateTime:ts",
    _passwords("service_principals_applications"),
    _keys("service_principals_applications"),
)
APP_ROLES = table(
    "application_permissions_resource",
    "id appId displayName",
    child(
        "application_permissions_resource",
        "appRoles",
        "objects",
        "id value displayName description isEnabled:bool origin",
        quiet="allowedMemberTypes",
    ),
)
ROLE_ASSIGNMENTS = table(
    "application_permissions",
    "id appRoleId createdDateTime:ts principalDisplayName principalId principalType "
    "resourceDisplayName resourceId",
    quiet="deletedDateTime",
    words={"principalType": "ServicePrincipal User Group"},
)
GRANTS = table(
    "application_permissions_grants",
    "id clientId consentType principalId resourceId scope",
    quiet="startTime expiryTime",
    words={"consentType": "AllPrincipals Principal"},
)
USER_GRANTS = table("application_permissions_user_grants", "clientId resourceId scope count:i64")

FEEDS = (
    Feed(
        name="application_permissions",
        requests=(
            Request(
                "v1.0",
                "/servicePrincipals",
                APP_ROLES,
                # One that the tenant never used is not among the answers.
                query=f"$filter=appId%20in%20({_RESOURCES})&$select=id,appId,displayName,appRoles",
            ),
            Request(
                "v1.0", "/servicePrincipals/{id}/appRoleAssignedTo", ROLE_ASSIGNMENTS, "$top=999"
            ),
            Request(
                "v1.0",
                "/oauth2PermissionGrants",
                GRANTS,
                "$top=999",
                optional=True,
                # What Microsoft's table names for the path. DelegatedPermissionGrant.Read.All can
                # be consented to as well, but has no path there.
                permission="Directory.Read.All",
            ),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="v1.0/servicePrincipals?$select=id&$top=1",
        reader=Reader.APPLICATION_PERMISSIONS,
        after=NAMING,
        counts=(USER_GRANTS,),
    ),
    Feed(
        name="service_principals",
        requests=(
            Request(
                "v1.0",
                "/servicePrincipals",
                SERVICE_PRINCIPALS,
                query="$select=id,appId,displayName,servicePrincipalType,accountEnabled,"
                f"appOwnerOrganizationId,signInAudience,createdDateTime,{_CREDENTIALS}&$top=999",
                workload=Workload.CREDENTIALS,
            ),
            Request(
                "v1.0",
                "/applications",
                APPLICATIONS,
                query=f"$select=id,appId,displayName,createdDateTime,{_CREDENTIALS}&$top=999",
                optional=True,
                workload=Workload.CREDENTIALS,
            ),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="v1.0/servicePrincipals?$select=id&$top=1",
        reader=Reader.SERVICE_PRINCIPALS,
        after=(
            "role_assignments",
            "role_assignment_schedule_instances",
            "role_eligibility_schedule_instances",
            "group_assignment_schedule_instances",
            "group_eligibility_schedule_instances",
            "group_members",
            "application_permissions",
        ),
        needs=("role_assignments",),
    ),
)
