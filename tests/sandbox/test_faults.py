"""Faults, edits and limits: what a test can make go wrong, and what happens by itself."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import shapes
from tests.sandbox.conftest import GetClient, graph_client, pages, sign_in

SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"


@pytest.fixture
def graph(sandbox: Sandbox, client: GetClient) -> httpx.Client:
    return client(sandbox.tenants[0])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_status_for_a_while(sandbox: Sandbox, graph: httpx.Client, status: int) -> None:
    sandbox.faults.add(path="secureScores", status=status, times=2)
    assert [graph.get(SCORES).status_code for _ in range(3)] == [status, status, 200]
    assert graph.get(PROFILES).status_code == 200


def test_a_fault_of_one_tenant(sandbox: Sandbox, client: GetClient) -> None:
    broken, sound = sandbox.tenants[:2]
    sandbox.faults.add(tenant_id=broken.tenant_id.upper(), status=503)
    assert client(sound).get(SCORES).status_code == 200
    assert sign_in(sandbox, broken).status_code == 503
    sandbox.faults.clear()
    assert sign_in(sandbox, broken).status_code == 200


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [
        (2, "2"),
        (2.128, "2.128"),
        (datetime(2026, 6, 30, 10, 0, tzinfo=UTC), "Tue, 30 Jun 2026 10:00:00 GMT"),
        (None, None),
    ],
)
def test_throttled_in_every_form(
    sandbox: Sandbox, graph: httpx.Client, retry_after: Any, header: str | None
) -> None:
    sandbox.faults.add(path="secureScores", status=429, times=1, retry_after=retry_after)
    answer = graph.get(SCORES)
    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == header
    error = answer.json()["error"]
    assert (error["code"], error["message"]) == ("TooManyRequests", "Please retry again later.")
    inner = error["innerError"]
    assert (inner["code"], inner["message"], inner["status"]) == (
        "429",
        "Please retry after",
        "429",
    )


def test_a_span_becomes_a_date_on_the_sandbox_clock(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.faults.add(status=429, times=1, retry_after=timedelta(seconds=90))
    assert graph.get(SCORES).headers["Retry-After"].startswith("Tue, 30 Jun 2026 09:3")


def test_own_body_and_headers(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.faults.add(status=400, body=b'{"error":{"code":"X"}}', headers={"X-Y": "z"})
    answer = graph.get(SCORES)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "X")
    assert answer.headers["X-Y"] == "z"


def test_html_403(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.faults.add(html=True)
    answer = graph.get(SCORES)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "text/html"
    assert "Microsoft-Azure-Application-Gateway/v2" in answer.text


def test_dropped_connections(
    sandbox: Sandbox, graph: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.add(path="secureScores", drop=True, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        graph.get(SCORES)
    assert graph.get(SCORES).status_code == 200
    assert sandbox.requests[-2].status == 0
    sandbox.faults.add(path="secureScores", drop=True, truncate=True, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        graph.get(SCORES)
    assert graph.get(SCORES).status_code == 200
    assert not [record for record in caplog.records if record.name.startswith("aiohttp")]


def test_truncated_json(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.faults.add(path="secureScores", truncate=True, times=1)
    answer = graph.get(SCORES)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len(graph.get(SCORES).content) == pytest.approx(2 * len(answer.content), abs=1)


def test_a_link_that_repeats(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.faults.add(path="secureScores", repeat_next_link=True, nth_page=2)
    first = graph.get(f"{SCORES}?$top=10").json()
    second = graph.get(first["@odata.nextLink"]).json()
    assert second["@odata.nextLink"] == first["@odata.nextLink"]


def test_an_empty_page_with_a_link(sandbox: Sandbox, graph: httpx.Client) -> None:
    whole = [score for page in pages(graph, f"{SCORES}?$top=20") for score in page["value"]]
    sandbox.faults.add(path="secureScores", empty_page=True, nth_page=2)
    found = list(pages(graph, f"{SCORES}?$top=20"))
    assert [bool(page["value"]) for page in found[:3]] == [True, False, True]
    assert [score for page in found for score in page["value"]] == whole


@pytest.mark.parametrize("nth_page", [9, -1])
def test_the_last_page_breaks(sandbox: Sandbox, graph: httpx.Client, nth_page: int) -> None:
    fault = {"status": 503} if nth_page == 9 else {"drop": True}
    sandbox.faults.add(path="secureScores", nth_page=nth_page, **fault)
    url, read = f"{SCORES}?$top=10", 0
    while True:
        try:
            answer = graph.get(url)
        except httpx.RemoteProtocolError:
            break
        if answer.status_code != 200:
            break
        read, url = read + 1, answer.json()["@odata.nextLink"]
    assert read == 8


def test_a_page_that_is_late(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.faults.add(path="secureScores", status=200, delay=0.2, times=1)
    start = time.monotonic()
    assert graph.get(SCORES).json()["value"]
    assert time.monotonic() - start >= 0.2


def test_edits_alter_one_page(sandbox: Sandbox, client: GetClient) -> None:
    def double(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][0]["currentScore"] = "many"
        return page

    first, second = sandbox.tenants[:2]
    sandbox.edits.add(tenant_id=first.tenant_id, path="secureScores", function=double)
    assert client(first).get(SCORES).json()["value"][0]["currentScore"] == "many"
    assert client(second).get(SCORES).json()["value"][0]["currentScore"] != "many"


def test_four_security_requests_at_once() -> None:
    with Sandbox(tenants=2, days=10, latency=0.3) as sandbox:
        with (
            graph_client(sandbox, sandbox.tenants[0]) as graph,
            graph_client(sandbox, sandbox.tenants[1]) as other,
            ThreadPoolExecutor(7) as pool,
        ):
            asked = [pool.submit(graph.get, SCORES) for _ in range(6)]
            elsewhere = pool.submit(other.get, SCORES)
            answers = [each.result() for each in asked]
            assert elsewhere.result().status_code == 200
        assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 2
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["error"]["code"] == "TooManyRequests"


def test_a_hundred_and_fifty_security_requests_a_minute() -> None:
    with (
        Sandbox(tenants=1, days=2, latency=0) as sandbox,
        graph_client(sandbox, sandbox.tenants[0]) as graph,
    ):
        answers = [graph.get(f"{SCORES}?$top=1") for _ in range(151)]
        assert [answer.status_code for answer in answers] == [200] * 150 + [429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert graph.get("/v1.0/organization").status_code == 200


def test_directory_requests_spend_resource_units() -> None:
    from pipeline.sandbox.protocol.wire import GraphError
    from pipeline.sandbox.server.throttle import Throttle

    throttle = Throttle()
    headers = throttle.directory("t", app_id="a", users=10, cost=2900)
    assert float(headers["x-ms-throttle-limit-percentage"]) == pytest.approx(0.83, abs=0.01)
    with pytest.raises(GraphError) as refusal:
        throttle.directory("t", app_id="a", users=10, cost=2900)
    assert refusal.value.status == 429
    assert refusal.value.headers["x-ms-throttle-scope"] == "Tenant_Application/ReadWrite/a/t"
    assert refusal.value.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert throttle.directory("other", app_id="a", users=10, cost=1)


def test_default_bodies_have_the_error_shape(sandbox: Sandbox, graph: httpx.Client) -> None:
    for status in (401, 403, 404, 500, 502, 503, 504):
        sandbox.faults.add(status=status, times=1)
        answer = graph.get(SCORES)
        assert answer.status_code == status
        assert shapes.problems(answer.json(), shapes.ERROR) == []
