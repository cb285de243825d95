"""Query options, refusals and headers of the Graph half."""

import gzip
import re
import time

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import shapes
from tests.sandbox.conftest import GetClient, graph_client, records, refused

SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
DEFINITIONS = "/v1.0/roleManagement/directory/roleDefinitions"
ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"
SKUS = "/v1.0/subscribedSkus"
NO_SCOPE = "Auth token does not contain valid permissions or user does not have valid roles"


@pytest.fixture
def graph(sandbox: Sandbox, client: GetClient) -> httpx.Client:
    return client(sandbox.tenants[2])


@pytest.mark.parametrize("top", ["1", "100", "999"])
def test_definitions_refuse_any_top(graph: httpx.Client, top: str) -> None:
    answer = graph.get(f"{DEFINITIONS}?$top={top}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "Request_UnsupportedQuery"


def test_page_size_rules(graph: httpx.Client) -> None:
    message = "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."
    refused(graph.get(f"{ASSIGNMENTS}?$top=1000"), 400, "Request_UnsupportedQuery", message)
    refused(graph.get(f"{PROFILES}?$top=1000"), 400, "BadRequest", message)
    assert graph.get(f"{ASSIGNMENTS}?$top=999").status_code == 200
    assert graph.get(f"{ASSIGNMENTS}?$top=0").status_code == 400
    assert graph.get(f"{SCORES}?$top=some").status_code == 400


@pytest.mark.parametrize(
    "segment", ["devices", "security/alerts", "groups/x/owners", "directory/recommendations"]
)
def test_unknown_segments(graph: httpx.Client, segment: str) -> None:
    message = f"Resource not found for the segment '{segment.rpartition('/')[2]}'."
    refused(graph.get(f"/v1.0/{segment}"), 400, "BadRequest", message)
    assert graph.get("/beta/security/secureScores").status_code == 400


def test_only_get(graph: httpx.Client) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        assert graph.request(method, SCORES).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        f"{SKUS}?$filter=skuPartNumber%20eq%20%27SPE_E5%27",
        f"{SCORES}?$select=id",
        f"{SCORES}?$filter=maxScore%20gt%205",
        f"{SCORES}?$filter=createdDateTime%20ge%20yesterday",
        f"{SCORES}?$filter=service eq 'MDO'".replace(" ", "%20"),
        f"{ASSIGNMENTS}?$expand=principal,roleDefinition",
        f"{ASSIGNMENTS}?$skip=3",
        f"{SCORES}?$skiptoken=1b9f0b81-f058-4008-a985-2daf2e5eca5a",
        f"{SCORES}?$skiptoken=nonsense",
    ],
)
def test_unsupported_queries(graph: httpx.Client, path: str) -> None:
    answer = graph.get(path)
    assert answer.status_code == 400
    assert shapes.problems(answer.json(), shapes.ERROR) == []


def test_select_where_it_is_documented(graph: httpx.Client) -> None:
    (one,) = records(graph, "/v1.0/organization?$select=id,displayName")
    assert set(one) == {"id", "displayName"}
    assert {frozenset(s) for s in records(graph, f"{SKUS}?$select=skuId")} == {frozenset({"skuId"})}
    expanded = records(graph, f"{ASSIGNMENTS}?$select=id&$expand=principal")
    assert set(expanded[0]) == {"id", "principal"}


@pytest.mark.parametrize(
    ("path", "permission", "code", "message"),
    [
        (SCORES, "SecurityEvents.Read.All", "Forbidden", NO_SCOPE),
        (PROFILES, "SecurityEvents.Read.All", "Forbidden", NO_SCOPE),
        *[
            (
                path,
                "RoleManagement.Read.Directory",
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.",
            )
            for path in (DEFINITIONS, ASSIGNMENTS)
        ],
        (
            "/v1.0/organization",
            "Organization.Read.All",
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ),
    ],
)
def test_permissions(path: str, permission: str, code: str, message: str) -> None:
    with Sandbox(tenants=2, days=3) as sandbox:
        broken, sound = sandbox.tenants
        with graph_client(sandbox, broken) as before:
            assert before.get(path).status_code == 200
            sandbox.deny(broken.tenant_id, permission)
            refused(before.get(path), 403, code, message)
        with graph_client(sandbox, broken) as after:
            refused(after.get(path), 403, code, message)
            sandbox.grant(broken.tenant_id, permission)
            assert after.get(path).status_code == 403
        with graph_client(sandbox, broken) as again, graph_client(sandbox, sound) as other:
            assert again.get(path).status_code == 200
            assert other.get(path).status_code == 200


def test_subscribed_skus_need_one_of_two_permissions() -> None:
    with Sandbox(tenants=1, days=3) as sandbox:
        tenant_id = sandbox.tenants[0].tenant_id
        with graph_client(sandbox, sandbox.tenants[0]) as graph:
            assert graph.get(SKUS).status_code == 200
            sandbox.deny(tenant_id, "Organization.Read.All")
            assert graph.get(SKUS).status_code == 403
        sandbox.grant(tenant_id, "LicenseAssignment.Read.All")
        with graph_client(sandbox, sandbox.tenants[0]) as graph:
            assert graph.get(SKUS).status_code == 200
            sandbox.deny(tenant_id, "LicenseAssignment.Read.All")
            assert graph.get(SKUS).status_code == 403


def test_headers(sandbox: Sandbox, graph: httpx.Client) -> None:
    answer = graph.get(SCORES, headers={"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    assert re.fullmatch(shapes.GUID, answer.headers["request-id"])
    assert "ServerInfo" in answer.headers["x-ms-ags-diagnostic"]
    assert re.fullmatch(r"Tue, 30 Jun 2026 09:3\d:\d\d GMT", answer.headers["Date"])
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert graph.get("/v1.0/organization").headers["x-ms-resource-unit"] == "1"
    assert graph.get(SKUS).headers["x-ms-resource-unit"] == "3"
    assert graph.get(f"{SKUS}?$select=id").headers["x-ms-resource-unit"] == "2"


def test_gzip_only_when_it_is_accepted(graph: httpx.Client) -> None:
    zipped = graph.get(SCORES)
    plain = graph.get(SCORES, headers={"Accept-Encoding": "identity"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert zipped.content == plain.content
    with graph.stream("GET", SCORES) as stream:
        raw = b"".join(stream.iter_raw())
    assert gzip.decompress(raw) == plain.content


def test_blanks_and_quotes_must_be_encoded(sandbox: Sandbox, graph: httpx.Client) -> None:
    raw = f"{PROFILES}?$filter=service%20eq%20'MDO'".encode()
    url = httpx.URL(sandbox.url).copy_with(raw_path=raw)
    assert graph.get(url).status_code == 400


def test_requests_are_logged(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.requests.clear()
    started = time.monotonic()
    graph.get(f"{SCORES}?$top=1")
    graph.get("/v1.0/devices")
    tenant_id = sandbox.tenants[2].tenant_id
    seen = [(r.method, r.path, r.tenant_id, r.status) for r in sandbox.requests]
    assert seen == [
        ("GET", f"{SCORES}?$top=1", tenant_id, 200),
        ("GET", "/v1.0/devices", tenant_id, 400),
    ]
    first, second = (request.arrived for request in sandbox.requests)
    assert started < first < second < time.monotonic()
    assert all(request.has_authorization for request in sandbox.requests)
    assert "Bearer" not in repr(list(sandbox.requests))
