"""The seed of permissions: what Microsoft rates highest is judged, and each name stands once."""

import csv
from collections import Counter

import pytest

from pipeline.graph.catalogue.applications import FEEDS
from pipeline.home import dbt_project_dir

GRAPH, EXCHANGE, SHAREPOINT = (
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
)
HIGHEST = "4"
LEVELS = frozenset({"0", "2", "3", HIGHEST})


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    path = dbt_project_dir() / "seeds" / "graph_permission_privileges.csv"
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_permission_of_the_highest_level_is_judged(rows: list[dict[str, str]]) -> None:
    highest = [one for one in rows if one["privilege_level"] == HIGHEST]
    assert len(highest) > 60
    unjudged = [
        one["permission"]
        for one in highest
        if one["reach"] == "none" and "judged not high: " not in one["source"]
    ]
    assert unjudged == []


def test_every_name_stands_once_in_its_api_with_words_that_are_known(
    rows: list[dict[str, str]],
) -> None:
    names = Counter((one["resource_application_id"], one["permission"].lower()) for one in rows)
    assert [name for name, count in names.items() if count > 1] == []
    assert {one["reach"] for one in rows} == {"tenant", "mail", "files", "messages", "none"}
    assert {one["privilege_level"] for one in rows} <= LEVELS
    for one in rows:
        # Whoever signed in reaches no further than what that person may do.
        assert one["is_high_as_delegated"] == ("true" if one["reach"] == "tenant" else "false")


def test_the_seed_is_about_the_apis_that_are_read(rows: list[dict[str, str]]) -> None:
    read = FEEDS[0].requests[0].query
    assert {one["resource_application_id"] for one in rows} == {GRAPH, EXCHANGE, SHAREPOINT}
    assert all(api in read for api in (GRAPH, EXCHANGE, SHAREPOINT))


@pytest.mark.parametrize(
    ("api", "permission", "reach"),
    [
        (GRAPH, "RoleEligibilitySchedule.ReadWrite.Directory", "tenant"),
        (GRAPH, "UserAuthMethod-TAP.ReadWrite.All", "tenant"),
        (GRAPH, "Policy.ReadWrite.CrossTenantAccess", "tenant"),
        (GRAPH, "User.ReadWrite.All", "tenant"),
        (GRAPH, "PrintJob.ReadWrite.All", "none"),
        (GRAPH, "User.Read.All", "none"),
        (EXCHANGE, "full_access_as_app", "mail"),
        (EXCHANGE, "Exchange.ManageAsApp", "mail"),
        (EXCHANGE, "IMAP.AccessAsApp", "none"),
        (SHAREPOINT, "Sites.FullControl.All", "files"),
        (SHAREPOINT, "User.ReadWrite.All", "none"),
    ],
)
def test_a_permission_is_judged_in_its_own_api(
    rows: list[dict[str, str]], api: str, permission: str, reach: str
) -> None:
    [found] = [
        one
        for one in rows
        if (one["resource_application_id"], one["permission"]) == (api, permission)
    ]
    assert found["reach"] == reach
