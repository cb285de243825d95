"""Query options and refusals of the identity endpoints."""

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox import shapes
from tests.sandbox.conftest import GetClient, pages, records, refused
from tests.sandbox.identity_shapes import DEFAULT_USER

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def graph(sandbox: Sandbox, client: GetClient) -> httpx.Client:
    return client(sandbox.tenants[2])


@pytest.mark.parametrize(
    "path",
    [
        f"{ask.GROUPS}/{NOBODY}/members",
        f"{ask.GROUPS}/{NOBODY}/transitiveMembers?$select=id&$top=999",
        f"{ask.SERVICE_PRINCIPALS}/{NOBODY}/appRoleAssignedTo",
        f"{ask.SERVICE_PRINCIPALS}/{NOBODY}/appRoleAssignments",
        f"{ask.RECOMMENDATIONS}/{NOBODY}/impactedResources",
    ],
)
def test_unknown_ids(graph: httpx.Client, path: str) -> None:
    message = (
        f"Resource '{NOBODY}' does not exist or one of its queried reference-property "
        "objects are not present."
    )
    refused(graph.get(path), 404, "Request_ResourceNotFound", message)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (ask.USERS, "id"),
        (ask.GROUPS, "id"),
        (ask.SERVICE_PRINCIPALS, "id"),
        (ask.APPLICATIONS, "appId"),
    ],
)
def test_fifteen_values_at_most(graph: httpx.Client, path: str, field: str) -> None:
    few, many = (ask.query(filter=ask.among(field, [NOBODY] * count)) for count in (15, 16))
    assert graph.get(path + few).json()["value"] == []
    message = (
        "Too many child clauses specified in search filter expression containing 'OR' operators: "
        "16. Max allowed: 15."
    )
    refused(graph.get(path + many), 400, "Request_UnsupportedQuery", message)


@pytest.mark.parametrize("path", [ask.GROUP_ACTIVE, ask.GROUP_ELIGIBLE])
def test_pim_for_groups_needs_to_know_of_whom(graph: httpx.Client, path: str) -> None:
    refused(graph.get(f"{path}?$expand=principal"), 400, "InvalidFilter")
    assert graph.get(path + ask.query(filter="accessId eq 'member'")).status_code == 400
    by_group = ask.query(filter=f"groupId eq '{NOBODY}'")
    assert graph.get(path + by_group).json()["value"] == []
    assert graph.get(path + ask.query(filter=f"principalId eq '{NOBODY}'")).status_code == 200


@pytest.mark.parametrize("path", [ask.RISKY_USERS, ask.DETECTIONS])
def test_risk_pages_have_five_hundred_at_most(graph: httpx.Client, path: str) -> None:
    assert graph.get(f"{path}?$top=500").status_code == 200
    message = "Invalid page size specified: '501'. Must be between 1 and 500 inclusive."
    refused(graph.get(f"{path}?$top=501"), 400, "BadRequest", message)


def test_user_pages(graph: httpx.Client) -> None:
    message = "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."
    refused(graph.get(f"{ask.USERS}?$top=1000"), 400, "Request_UnsupportedQuery", message)
    assert len(graph.get(f"{ask.USERS}?$top=999").json()["value"]) == 999
    found = list(pages(graph, f"{ask.USERS}?$select=id,signInActivity&$top=999"))
    assert [len(page["value"]) for page in found[:-1]] == [500] * (len(found) - 1)
    assert len(graph.get(ask.USERS).json()["value"]) == 100
    assert "$top=999&$skiptoken=" in found[0]["@odata.nextLink"]


def test_user_selection(graph: httpx.Client) -> None:
    assert set(graph.get(ask.USERS).json()["value"][0]) == set(DEFAULT_USER)
    for name in ("aboutMe", "mySite", "skills"):
        answer = graph.get(f"{ask.USERS}?$select=id,{name}")
        assert answer.status_code == 501
        assert shapes.problems(answer.json(), shapes.ERROR) == []


def test_some_never_signed_in(sandbox: Sandbox, client: GetClient) -> None:
    for tenant in sandbox.tenants[1:3]:
        users = records(client(tenant), f"{ask.USERS}?$select=id,signInActivity&$top=999")
        assert {"signInActivity" in user for user in users} == {True, False}
        seen = [user["signInActivity"] for user in users if "signInActivity" in user]
        assert any(activity["lastSuccessfulSignInDateTime"] is None for activity in seen)
        assert any(
            (activity["lastSuccessfulSignInDateTime"] or "9") < activity["lastSignInDateTime"]
            for activity in seen
        )


def test_filters(graph: httpx.Client) -> None:
    active = records(graph, ask.ACTIVE)
    role = active[0]["roleDefinitionId"]
    by_role = records(graph, ask.ACTIVE + ask.query(filter=f"roleDefinitionId eq '{role}'"))
    assert by_role == [each for each in active if each["roleDefinitionId"] == role]
    guests = records(graph, ask.USERS + ask.query(filter="userType eq 'Guest'", select="userType"))
    assert {user["userType"] for user in guests} == {"Guest"}
    risky = records(graph, ask.RISKY_USERS + ask.query(filter="riskState eq 'remediated'"))
    assert {user["riskState"] for user in risky} <= {"remediated"}
    detections = records(graph, ask.DETECTIONS)
    since = ask.query(filter="detectedDateTime ge 2026-06-01T00:00:00Z")
    late = [each for each in detections if each["detectedDateTime"] >= "2026-06-01"]
    assert 0 < len(late) < len(detections)
    assert records(graph, ask.DETECTIONS + since) == late
    consents = records(graph, ask.CONSENTS + ask.query(filter="consentType eq 'Principal'"))
    assert {grant["consentType"] for grant in consents} == {"Principal"}
    status = records(graph, ask.RECOMMENDATIONS + ask.query(filter="status eq 'active'"))
    assert {item["status"] for item in status} == {"active"}
    enabled = records(graph, ask.POLICIES + ask.query(filter="state eq 'enabled'"))
    assert {policy["state"] for policy in enabled} == {"enabled"}


def test_sorting(graph: httpx.Client) -> None:
    names = [policy["displayName"] for policy in records(graph, ask.POLICIES)]
    down = records(
        graph, ask.POLICIES + ask.query(orderby="displayName desc", select="displayName")
    )
    assert [policy["displayName"] for policy in down] == sorted(names, reverse=True)
    by_level = records(graph, ask.RISKY_USERS + ask.query(orderby="riskLevel"))
    levels = [user["riskLevel"] for user in by_level]
    assert levels == sorted(levels)
    assert graph.get(f"{ask.POLICIES}?$orderby=conditions").status_code == 400


def test_expansions(graph: httpx.Client) -> None:
    for path in (ask.ACTIVE, ask.ELIGIBLE):
        assert all("principal" not in each for each in records(graph, path))
        by_role = records(graph, f"{path}?$expand=roleDefinition")
        assert all(each["roleDefinition"]["displayName"] for each in by_role)
        assert graph.get(f"{path}?$expand=principal,roleDefinition").status_code == 400
        assert graph.get(f"{path}?$expand=nothing").status_code == 400
    used = records(graph, f"{ask.ACTIVE}?$expand=activatedUsing")
    eligible = {each["id"]: each for each in records(graph, ask.ELIGIBLE)}
    for each in used:
        using = each["activatedUsing"]
        assert (each["assignmentType"] == "Activated") is (using is not None)
        assert using is None or using == eligible[using["id"]]
    selected = records(graph, f"{ask.ELIGIBLE}?$select=id&$expand=principal")
    assert {frozenset(each) for each in selected} == {frozenset({"id", "principal"})}


@pytest.mark.parametrize(
    ("path", "context"),
    [
        (ask.DEFAULTS, "policies/identitySecurityDefaultsEnforcementPolicy/$entity"),
        (ask.AUTHORIZATION, "policies/authorizationPolicy/$entity"),
        (ask.METHODS, "authenticationMethodsPolicy"),
        (ask.POLICIES, "identity/conditionalAccess/policies"),
        (f"{ask.USERS}?$select=id", "users(id)"),
        (f"{ask.ACTIVE}?$expand=principal", None),
    ],
)
def test_contexts(graph: httpx.Client, path: str, context: str | None) -> None:
    ending = context or "roleManagement/directory/roleAssignmentScheduleInstances(principal())"
    assert graph.get(path).json()["@odata.context"].endswith(f"/v1.0/$metadata#{ending}")


def test_lists_page(sandbox: Sandbox) -> None:
    from tests.sandbox.conftest import graph_client

    with (
        Sandbox(tenants=1, days=40, shapes=("p2",), page_size=3, throttling=False) as small,
        graph_client(small, small.tenants[0]) as graph,
    ):
        for path in (ask.ACTIVE, ask.ELIGIBLE, ask.GROUPS, ask.POLICIES, ask.RECOMMENDATIONS):
            found = list(pages(graph, path))
            assert len(found) > 1
            assert {len(page["value"]) for page in found[:-1]} == {3}
            ids = [record["id"] for page in found for record in page["value"]]
            assert len(set(ids)) == len(ids)
            assert len(records(graph, f"{path}?$top=99")) == len(ids)


def test_nothing_can_be_written(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.requests.clear()
    paths = ("/v1.0/$batch", "/v1.0/directoryObjects/getByIds", ask.USERS, ask.POLICIES, "/x/y")
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        for path in paths:
            assert graph.request(method, path, json={}).status_code == 405
    assert [r.method for r in sandbox.requests[:5]] == ["POST"] * 5
    assert {r.status for r in sandbox.requests} == {405}
