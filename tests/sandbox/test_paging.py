"""Paging and filtering: opaque links that repeat the query, and page sizes."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import shapes
from tests.sandbox.conftest import GetClient, graph_client, pages, records

SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
DEFINITIONS = "/v1.0/roleManagement/directory/roleDefinitions"
ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"


@pytest.fixture
def graph(sandbox: Sandbox, client: GetClient) -> httpx.Client:
    return client(sandbox.tenants[2])


def test_links_are_opaque_and_repeat_the_query(graph: httpx.Client) -> None:
    found = list(pages(graph, f"{SCORES}?$top=10&$filter=createdDateTime%20ge%202026-04-10"))
    assert [len(page["value"]) for page in found[:-1]] == [10] * (len(found) - 1)
    days = [score["id"][-10:] for page in found for score in page["value"]]
    assert days == sorted(set(days), reverse=True)
    assert min(days) >= "2026-04-10"
    for page in found[:-1]:
        query = parse_qs(urlsplit(page["@odata.nextLink"]).query)
        assert query["$top"] == ["10"]
        assert query["$filter"] == ["createdDateTime ge 2026-04-10"]
        assert re.fullmatch(shapes.GUID, query["$skiptoken"][0])
    assert "@odata.nextLink" not in found[-1]


def test_ninety_days_are_nine_pages_of_ten() -> None:
    with (
        Sandbox(tenants=24, days=200, throttling=False) as sandbox,
        graph_client(sandbox, sandbox.tenants[0]) as graph,
    ):
        found = list(pages(graph, f"{SCORES}?$top=10"))
        assert len(found) == 9
        assert 80 < sum(len(page["value"]) for page in found) <= 90


def test_one_call_without_top_answers_all_scores(graph: httpx.Client) -> None:
    page = graph.get(SCORES).json()
    assert "@odata.nextLink" not in page
    assert len(page["value"]) == len(records(graph, f"{SCORES}?$top=7"))
    assert page["@odata.context"].endswith("/v1.0/$metadata#Security/secureScores")


def test_the_newest_alone_still_has_a_next_link(graph: httpx.Client) -> None:
    page = graph.get(f"{SCORES}?$top=1").json()
    assert [score["id"][-10:] for score in page["value"]] == ["2026-06-30"]
    assert "$top=1&$skiptoken=" in page["@odata.nextLink"]


def test_skip_and_count(graph: httpx.Client) -> None:
    everything = graph.get(f"{SCORES}?$count=true").json()
    assert everything["@odata.count"] == len(everything["value"])
    rest = graph.get(f"{SCORES}?$skip=3&$top=4&$count=true").json()
    assert [s["id"] for s in rest["value"]] == [s["id"] for s in everything["value"][3:7]]
    assert rest["@odata.count"] == everything["@odata.count"]
    assert "@odata.count" not in graph.get(rest["@odata.nextLink"]).json()


@pytest.mark.parametrize(
    ("since", "newest_only"),
    [("2026-06-28T00:00:00Z", 3), ("2026-06-28T00:00:00.0000000Z", 3), ("2026-06-30", 1)],
)
def test_scores_since(graph: httpx.Client, since: str, newest_only: int) -> None:
    answer = graph.get(f"{SCORES}?$filter=createdDateTime%20ge%20{since}")
    assert len(answer.json()["value"]) == newest_only
    assert "lastSynced" in answer.json()["value"][0]["controlScores"][0]


def test_profiles_come_a_hundred_at_a_time(graph: httpx.Client) -> None:
    found = list(pages(graph, PROFILES))
    assert len(found) >= 2
    assert len(found[0]["value"]) == 100
    assert len(list(pages(graph, f"{PROFILES}?$top=999"))) == 1


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("service%20eq%20%27MDO%27", "service", "MDO"),
        ("id%20eq%20%27OneAdmin%27", "id", "OneAdmin"),
        ("controlCategory%20eq%20%27Device%27", "controlCategory", "Device"),
    ],
)
def test_profiles_filter(graph: httpx.Client, text: str, field: str, value: str) -> None:
    found = records(graph, f"{PROFILES}?$filter={text}")
    assert {profile[field] for profile in found} == {value}


def test_assignments_page_and_filter(graph: httpx.Client) -> None:
    everything = records(graph, ASSIGNMENTS)
    found = list(pages(graph, f"{ASSIGNMENTS}?$expand=principal&$top=10"))
    assert len(found) == -(-len(everything) // 10)
    role = everything[0]["roleDefinitionId"]
    by_role = records(graph, f"{ASSIGNMENTS}?$filter=roleDefinitionId%20eq%20%27{role}%27")
    assert by_role == [each for each in everything if each["roleDefinitionId"] == role]
    several = f"principalId%20in%20(%27{everything[0]['principalId']}%27,%27x%27)"
    assert records(graph, f"{ASSIGNMENTS}?$filter={several}")[0] == everything[0]


def test_a_large_helpdesk_takes_two_pages() -> None:
    with (
        Sandbox(tenants=30, days=3) as sandbox,
        graph_client(sandbox, sandbox.tenants[29]) as graph,
    ):
        found = list(pages(graph, f"{ASSIGNMENTS}?$expand=principal"))
        assert len(found[0]["value"]) == 100
        assert len(found) == 2


def test_definitions_filter_and_are_one_page(graph: httpx.Client) -> None:
    (page,) = pages(graph, DEFINITIONS)
    assert len(page["value"]) > 140
    custom = records(graph, f"{DEFINITIONS}?$filter=isBuiltIn%20eq%20false")
    assert [role["isBuiltIn"] for role in custom] == [False]


def test_a_link_is_good_for_its_own_tenant_and_query(sandbox: Sandbox, client: GetClient) -> None:
    mine, other = client(sandbox.tenants[0]), client(sandbox.tenants[1])
    next_link = mine.get(f"{SCORES}?$top=5").json()["@odata.nextLink"]
    assert mine.get(next_link).status_code == 200
    assert other.get(next_link).status_code == 400
    assert mine.get(next_link.replace("$top=5", "$top=6")).status_code == 400
