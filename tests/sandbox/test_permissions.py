"""What the client may not read, and which permission opens what."""

import json
from typing import Any

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox.conftest import GetClient, graph_client, refused

GROUP = "00000000-0000-4000-8000-000000000000"
FILTERED = ask.query(filter=f"groupId eq '{GROUP}'")
SIGN_INS = f"{ask.USERS}?$select=id,signInActivity"
PRIVILEGES = "Insufficient privileges to complete the operation."
SCOPES = "You cannot perform the requested operation, required scopes are missing in the token."
AUDIT = "The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All"


@pytest.mark.parametrize(
    ("path", "permission", "code", "message"),
    [
        (ask.GROUPS, "GroupMember.Read.All", "Authorization_RequestDenied", PRIVILEGES),
        (f"{ask.GROUPS}/x/members", "GroupMember.Read.All", "Authorization_RequestDenied", "priv"),
        (ask.USERS, "User.Read.All", "Authorization_RequestDenied", PRIVILEGES),
        (SIGN_INS, "User.Read.All", "Authorization_RequestDenied", PRIVILEGES),
        (SIGN_INS, "AuditLog.Read.All", "Authentication_MSGraphPermissionMissing", AUDIT),
        (ask.REGISTRATION, "AuditLog.Read.All", "Authentication_MSGraphPermissionMissing", AUDIT),
        (ask.SERVICE_PRINCIPALS, "Application.Read.All", "Authorization_RequestDenied", "priv"),
        (ask.APPLICATIONS, "Application.Read.All", "Authorization_RequestDenied", PRIVILEGES),
        (ask.CONSENTS, "DelegatedPermissionGrant.Read.All", "Authorization_RequestDenied", "priv"),
        *[
            (path, "Policy.Read.All", "AccessDenied", SCOPES)
            for path in (ask.POLICIES, ask.BETA_POLICIES, ask.PLANS, ask.LOCATIONS, ask.STRENGTHS)
        ],
        *[
            (path, "Policy.Read.All", "AccessDenied", SCOPES)
            for path in (ask.DEFAULTS, ask.AUTHORIZATION, ask.METHODS)
        ],
        (ask.REQUIREMENTS.format(id=GROUP), "Policy.Read.All", "AccessDenied", SCOPES),
        (ask.RISKY_USERS, "IdentityRiskyUser.Read.All", "Forbidden", SCOPES),
        (ask.DETECTIONS, "IdentityRiskEvent.Read.All", "Forbidden", SCOPES),
        *[
            (
                path,
                "DirectoryRecommendations.Read.All",
                "Authorization_RequestDenied",
                PRIVILEGES,
            )
            for path in (ask.RECOMMENDATIONS, ask.TENANT_SCORES)
        ],
    ],
)
def test_permissions(
    sandbox: Sandbox, client: GetClient, path: str, permission: str, code: str, message: str
) -> None:
    tenant = sandbox.tenants[2]
    sandbox.deny(tenant.tenant_id, permission)
    try:
        graph = client(tenant)
        refused(graph.get(path), 403, code, PRIVILEGES if message == "priv" else message)
        assert graph.get("/v1.0/organization").status_code == 200
    finally:
        sandbox.grant(tenant.tenant_id, permission)
    assert client(tenant).get(path).status_code in (200, 404)


@pytest.mark.parametrize(
    ("path", "permission", "scopes"),
    [
        (
            ask.ELIGIBLE,
            "RoleManagement.Read.Directory",
            "RoleEligibilitySchedule.Read.Directory,RoleEligibilitySchedule.ReadWrite.Directory,"
            "RoleManagement.ReadWrite.Directory,RoleManagement.Read.Directory,"
            "RoleManagement.Read.All",
        ),
        (
            ask.ACTIVE,
            "RoleManagement.Read.Directory",
            "RoleAssignmentSchedule.Read.Directory,RoleAssignmentSchedule.ReadWrite.Directory,"
            "RoleManagement.ReadWrite.Directory,RoleManagement.Read.Directory,"
            "RoleManagement.Read.All",
        ),
        (
            ask.GROUP_ACTIVE + FILTERED,
            "PrivilegedAssignmentSchedule.Read.AzureADGroup",
            "PrivilegedAssignmentSchedule.Read.AzureADGroup,"
            "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
        ),
        (
            ask.GROUP_ELIGIBLE + FILTERED,
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
            "PrivilegedEligibilitySchedule.Read.AzureADGroup,"
            "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
        ),
    ],
)
def test_pim_refuses_with_a_document_inside_the_message(
    sandbox: Sandbox, client: GetClient, path: str, permission: str, scopes: str
) -> None:
    tenant = sandbox.tenants[2]
    sandbox.deny(tenant.tenant_id, permission)
    try:
        answer = client(tenant).get(path)
    finally:
        sandbox.grant(tenant.tenant_id, permission)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (403, "UnknownError")
    assert json.loads(error["message"]) == {
        "errorCode": "PermissionScopeNotGranted",
        "message": f"Authorization failed due to missing permission scope {scopes}.",
        "instanceAnnotations": [],
    }


@pytest.mark.parametrize(
    ("permission", "opens"),
    [
        ("LicenseAssignment.Read.All", {"/v1.0/subscribedSkus"}),
        ("Organization.Read.All", {"/v1.0/subscribedSkus", "/v1.0/organization"}),
        (
            "Directory.Read.All",
            {"/v1.0/subscribedSkus", "/v1.0/organization", ask.USERS, ask.GROUPS}
            | {ask.SERVICE_PRINCIPALS, ask.APPLICATIONS, ask.CONSENTS, ask.ASSIGNMENTS},
        ),
        ("User.Read.All", {ask.USERS}),
        ("Policy.Read.All", {ask.POLICIES, ask.LOCATIONS, ask.DEFAULTS}),
        ("RoleManagement.Read.Directory", {ask.ASSIGNMENTS, ask.ACTIVE, ask.ELIGIBLE}),
    ],
)
def test_one_permission_alone(permission: str, opens: set[str]) -> None:
    paths = {
        *("/v1.0/subscribedSkus", "/v1.0/organization", ask.USERS, ask.GROUPS, ask.CONSENTS),
        *(ask.SERVICE_PRINCIPALS, ask.APPLICATIONS, ask.ASSIGNMENTS, ask.ACTIVE, ask.ELIGIBLE),
        *(ask.POLICIES, ask.LOCATIONS, ask.DEFAULTS, ask.REGISTRATION, SIGN_INS),
        *(ask.RISKY_USERS, ask.RECOMMENDATIONS),
    }
    with Sandbox(tenants=1, days=3, shapes=("p2",), throttling=False) as sandbox:
        tenant_id = sandbox.tenants[0].tenant_id
        with graph_client(sandbox, sandbox.tenants[0]) as graph:
            token: dict[str, Any] = _claims(graph)
        for each in token["roles"]:
            sandbox.deny(tenant_id, each)
        sandbox.grant(tenant_id, permission)
        with graph_client(sandbox, sandbox.tenants[0]) as graph:
            assert {path for path in paths if graph.get(path).status_code == 200} == opens


def _claims(graph: httpx.Client) -> dict[str, Any]:
    import jwt

    token = graph.headers["Authorization"].removeprefix("Bearer ")
    return jwt.decode(token, options={"verify_signature": False})


def test_the_client_holds_the_least_set(sandbox: Sandbox, client: GetClient) -> None:
    assert _claims(client(sandbox.tenants[0]))["roles"] == sorted(
        [
            *("SecurityEvents.Read.All", "RoleManagement.Read.Directory", "Organization.Read.All"),
            *("GroupMember.Read.All", "User.Read.All", "AuditLog.Read.All"),
            *("Application.Read.All", "DelegatedPermissionGrant.Read.All", "Policy.Read.All"),
            "PrivilegedAssignmentSchedule.Read.AzureADGroup",
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
            *("IdentityRiskyUser.Read.All", "IdentityRiskEvent.Read.All"),
            "DirectoryRecommendations.Read.All",
        ]
    )
