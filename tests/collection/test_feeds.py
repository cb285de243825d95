"""Healthy tenants: every feed is read whole, and every response can be had back."""

from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

import pyarrow.compute as pc
import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.lake import SCHEMAS, rebuild

from .conftest import TODAY, Lab, NewLab

_TABLE_OF = {
    f"/{request.version}{request.path}": request.table.name
    for feed in FEEDS.values()
    for request in feed.requests
}


def record_pages(lab: Lab) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What the sandbox sends from now on: records by tenant and path, in their order."""
    sent: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for tenant in lab.ids:
        for path in _TABLE_OF:

            def keep(page: dict[str, Any], key: tuple[str, str] = (tenant, path)) -> Any:
                sent[key].extend(page["value"])
                return page

            lab.sandbox.edits.add(tenant_id=tenant, path=f"{path}?", function=keep)
        lab.sandbox.edits.add(
            tenant_id=tenant,
            path="/v1.0/subscribedSkus",
            function=lambda page, key=(tenant, "/v1.0/subscribedSkus"): (
                sent[key].extend(page["value"]) or page
            ),
        )
    return sent


@pytest.mark.parametrize("page_size", [7, 1000])
def test_every_response_can_be_rebuilt_value_for_value(new_lab: NewLab, page_size: int) -> None:
    with new_lab(tenants=3, days=20, page_size=page_size) as lab:
        sent = record_pages(lab)
        result = lab.collect()
    assert {row.outcome for row in result.log} == {"ok"}
    tables = {name: lab.table(name) for name in SCHEMAS}
    for tenant in lab.ids:
        mine = {
            name: rows.filter(pc.equal(rows["tenant_id"], tenant)) for name, rows in tables.items()
        }
        for path, name in _TABLE_OF.items():
            assert sent[tenant, path], path
            assert rebuild(name, mine) == sent[tenant, path]


def test_the_log_says_what_was_read(lab: Lab) -> None:
    result = lab.collect()
    assert [(row.tenant_id, row.feed) for row in result.log if row.outcome != "ok"] == []
    assert len(result.log) == len(lab.ids) * len(FEEDS)
    logged = lab.table("collection_log").to_pylist()
    key = ("tenant_id", "feed")
    assert {tuple(row[name] for name in key) for row in logged} == {
        (row.tenant_id, row.feed) for row in result.log
    }
    for row in logged:
        assert row["run_id"] == result.run_id
        assert row["extract_date"] == row["collected_at"].date() == TODAY
        assert row["http_status"] == 200
        assert row["request_id"]
        assert row["rows"] > 0
        assert row["bytes"] > 0
        assert row["retries"] == 0
        assert row["started_at"] <= row["finished_at"]
    for feed in FEEDS.values():
        rows = [row["rows"] for row in logged if row["feed"] == feed.name]
        assert sum(rows) == lab.table(feed.tables[0]).num_rows


def test_unknown_members_are_reported_and_kept(new_lab: NewLab) -> None:
    with new_lab(tenants=3, days=3) as lab:
        regulated = lab.ids[2]
        log = {(row.tenant_id, row.feed): row for row in lab.collect().log}
    fields = log[regulated, "secure_scores"].unknown_fields
    assert fields is not None
    assert "secure_scores.scoringModel" in fields.split(",")
    assert fields.split(",") == sorted(fields.split(","))
    extras = lab.table("secure_scores").to_pylist()
    assert any("scoringModel" in (row["extra"] or "") for row in extras)
    assert log[lab.ids[0], "role_definitions"].unknown_fields is None


def test_files_have_the_declared_schema_and_columns(lab: Lab) -> None:
    lab.collect()
    for name, schema in SCHEMAS.items():
        assert lab.table(name).schema.remove_metadata() == schema, name


def test_only_the_declared_paths_are_asked_with_get(new_lab: NewLab) -> None:
    with new_lab(tenants=3, days=5) as lab:
        lab.collect()
        calls = lab.graph_calls()
        logins = [one for one in lab.sandbox.requests if one not in calls]
    assert {one.method for one in calls} == {"GET"}
    assert {urlsplit(one.path).path for one in calls} == set(_TABLE_OF)
    assert all(not one.has_authorization for one in logins)
    assert len(calls) == 7 * 3, "one request a list where one page holds it"


def test_an_empty_list_counts_as_empty(lab: Lab) -> None:
    lab.sandbox.edits.add(path="subscribedSkus", function=lambda page: page | {"value": []})
    row = lab.collect_one("subscribed_skus")
    assert (row.outcome, row.rows, row.note) == ("empty", 0, None)
    assert lab.table("subscribed_skus").num_rows == 0


def test_beta_may_fail_without_the_feed(lab: Lab) -> None:
    lab.sandbox.faults.add(path="/beta/", status=404)
    row = lab.collect_one("role_definitions")
    assert (row.outcome, row.http_status) == ("ok", 200)
    assert row.note is not None
    assert "without beta /roleManagement/directory/roleDefinitions" in row.note
    assert lab.table("role_definitions").num_rows == row.rows > 100
    assert lab.table("role_definitions_beta").num_rows == 0


def test_china_is_not_asked_for_what_it_does_not_have(lab: Lab) -> None:
    config = lab.settings.path
    china = config.with_name("china.yaml")
    text = config.read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("graph_url", "authority"))]
    china.write_text("\n".join(lines).replace("cloud: custom", "cloud: china"))
    from pipeline.config import load_config

    lab.settings = load_config(china)
    result = lab.collect(feeds=["secure_scores", "secure_score_control_profiles"])
    assert {(row.outcome, row.requests) for row in result.log} == {("not_in_cloud", 0)}
    assert not lab.sandbox.requests
