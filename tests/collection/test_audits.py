"""The audit log: read since its last reading, without what nobody needs, and no fault if absent."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .conftest import Lab

FEED = "directory_audits"
CATEGORIES = {"RoleManagement", "Policy", "ApplicationManagement"}


def asked(lab: Lab) -> list[str]:
    found = [urlsplit(one.path) for one in lab.graph_calls() if "/auditLogs/" in one.path]
    return [parse_qs(one.query).get("$filter", [""])[0] for one in found]


def entries(lab: Lab) -> list[dict[str, Any]]:
    return lab.table(FEED).to_pylist()


def test_all_of_the_log_is_read_at_first_and_then_what_came_since(fresh: Lab) -> None:
    today = fresh.sandbox.today
    first = fresh.collect_one(FEED)
    [condition] = asked(fresh)
    assert "activityDateTime" not in condition
    assert first.rows == len(entries(fresh)) > 20
    oldest = min(one["activity_date_time"] for one in entries(fresh))
    assert oldest.date() >= today - timedelta(days=30)
    fresh.sandbox.advance()
    fresh.sandbox.requests.clear()
    second = fresh.collect_one(FEED)
    [condition] = asked(fresh)
    # Entries come late: an hour is read twice.
    assert f"activityDateTime ge {today}T08:3" in condition
    assert 0 < second.rows < first.rows
    ids = [one["id"] for one in entries(fresh)]
    assert len(ids) > len(set(ids))


def test_after_days_without_a_reading_all_is_read_again(fresh: Lab) -> None:
    fresh.collect_one(FEED)
    fresh.sandbox.advance(days=5)
    fresh.collect(feeds=["organization"])
    fresh.sandbox.requests.clear()
    fresh.collect_one(FEED)
    assert "activityDateTime" not in asked(fresh)[0]


def test_a_reading_that_failed_is_made_up_for(fresh: Lab) -> None:
    today = fresh.sandbox.today
    fresh.collect_one(FEED)
    fresh.sandbox.advance()
    fresh.sandbox.faults.add(path="/auditLogs/", status=403)
    assert fresh.collect_one(FEED).outcome == "not_permitted"
    fresh.sandbox.faults.clear()
    fresh.sandbox.advance()
    fresh.sandbox.requests.clear()
    fresh.collect_one(FEED)
    assert f"activityDateTime ge {today}T08:3" in asked(fresh)[0]


def test_only_roles_policies_and_applications_are_kept_where_graph_takes_no_filter(
    fresh: Lab,
) -> None:
    fresh.sandbox.faults.add(path="category", status=400)
    row = fresh.collect_one(FEED)
    assert (row.outcome, row.requests) == ("ok", 2)
    assert asked(fresh)[-1] == ""
    assert {one["category"] for one in entries(fresh)} == CATEGORIES


def test_neither_free_text_nor_values_nor_whom_it_was_about_is_written(fresh: Lab) -> None:
    mark = "canarina"

    def plant(page: dict[str, Any]) -> dict[str, Any]:
        for one in page["value"]:
            one |= {"resultReason": mark, "additionalDetails": [{"key": mark, "value": mark}]}
            for actor in one["initiatedBy"].values():
                if actor:
                    actor |= {"ipAddress": mark, "homeTenantName": mark}
            for target in one["targetResources"]:
                changed = {"displayName": "Credential", "oldValue": mark, "newValue": mark}
                target |= {
                    "displayName": mark,
                    "userPrincipalName": mark,
                    "modifiedProperties": [changed],
                }
        return page

    fresh.sandbox.edits.add(path="/auditLogs/", function=plant)
    assert fresh.collect_one(FEED).outcome == "ok"
    tables = (FEED, f"{FEED}_initiated_by", f"{FEED}_target_resources")
    written = str([fresh.table(name).to_pylist() for name in tables])
    assert mark not in written
    assert "Credential" in written


def test_a_tenant_that_has_no_such_log_misses_nothing(fresh: Lab) -> None:
    body = b'{"error":{"code":"BadRequest","message":"Resource not found for the segment \'x\'."}}'
    fresh.sandbox.faults.add(path="/auditLogs/", status=400, body=body)
    row = fresh.collect_one(FEED)
    assert row.outcome == "not_in_cloud"
