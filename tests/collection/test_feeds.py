"""Healthy tenants: every feed is read whole, and every response can be had back."""

from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.collection.outcome import missing
from pipeline.config.settings import load_config
from pipeline.graph.feeds import FEEDS
from pipeline.lake.parts import SCHEMAS, rebuild
from pipeline.sandbox.server import graph

from .conftest import TODAY, Lab, NewLab
from .wire import IMPACTED, REQUESTS, recorded, table_of

# Of these only the rows of some people are kept: test_people.py says whose.
FILTERED = {
    "role_management_policies",
    "group_members_transitive",
    "user_registration_details",
    "application_permissions",
    "application_permissions_grants",
    "recommendations",
}
# Nothing in the sandbox has these; test_flatten.py makes records that do.
NEVER_FILLED = {
    "authentication_methods_policy_system_credential_preferences",
    "control_register",
    "principal_register",
    "risk_detections_location",
    "secure_score_control_profiles_compliance_information",
    "service_principals_password_credentials",
    "tenant_access",
}
# Null in every tenant of the sandbox, as Graph has them nearly everywhere; not asked for, or
# not in beta, are those of detections and of the report.
VENDOR = "vendor_information_provider_version vendor_information_sub_provider"
ALWAYS_NULL = {
    "secure_scores": VENDOR,
    "secure_score_control_profiles": f"last_modified_date_time {VENDOR}",
    "secure_scores_control_scores": "not_scored",
    "organization": "partner_tenant_type",
    "role_assignments": "app_scope_id condition",
    "role_assignment_schedule_instances": "app_scope_id",
    "role_eligibility_schedule_instances": "app_scope_id",
    "conditional_access_policies": "deleted_date_time",
    "conditional_access_policies_beta": "description template_id modified_date_time "
    "deleted_date_time",
    "authentication_methods_policy": "reconfirmation_in_days",
    "risk_detections": "request_id correlation_id ip_address additional_info",
    "user_registration_details": "user_principal_name user_display_name",
    "directory_audits_initiated_by": "user_home_tenant_id app_app_id app_service_principal_name",
    "directory_audits_target_resources": "group_type",
    "recommendations": "last_checked_date_time postpone_until_date_time",
    "recommendations_impacted_resources": "owner api_url postpone_until_date_time",
}
BETA_REST = "conditional_access_policies_beta"
SECRETS = {"secretText", "hint", "key", "keyCredentials", "passwordCredentials"}


def tenant_tables(lab: Lab, tenant: str) -> dict[str, pa.Table]:
    tables = {name: lab.table(name) for name in SCHEMAS}
    return {name: rows.filter(pc.equal(rows["tenant_id"], tenant)) for name, rows in tables.items()}


def kept_of(table: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records less what must never be written: secrets, and credentials of principals."""
    for record in records:
        if table == "directory_audits":
            _without_what_was_written(record)
        principal = record.get("principal")
        if isinstance(principal, dict):
            for name in SECRETS:
                principal.pop(name, None)
        for credentials in ("passwordCredentials", "keyCredentials"):
            for one in record.get(credentials) or []:
                for name in SECRETS:
                    one.pop(name, None)
    return records


def _without_what_was_written(record: dict[str, Any]) -> None:
    """Of an entry of the audit log neither free text nor values are kept, nor whom it was about."""
    for name in ("resultReason", "additionalDetails"):
        record.pop(name)
    for actor in record["initiatedBy"].values():
        for name in ("ipAddress", "homeTenantName"):
            (actor or {}).pop(name, None)
    for target in record["targetResources"]:
        for name in ("displayName", "userPrincipalName"):
            target.pop(name)
        for change in target["modifiedProperties"]:
            del change["oldValue"], change["newValue"]


@pytest.mark.parametrize("page_size", [6, 1000])
def test_gotcha_02_every_member_of_a_response_can_be_rebuilt_value_for_value(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch, page_size: int
) -> None:
    wire = recorded(monkeypatch)
    # Whatever $top asks for: a list that fits into one page proves nothing.
    monkeypatch.setattr(graph, "page_size", lambda *_, **__: page_size)
    with new_lab(tenants=3, days=20) as lab:
        result = lab.collect()
    assert not lab.surprises(result.log)
    assert wire.tables >= set(REQUESTS), "each table is answered in one of the three"
    longest = max(len(pages) for pages in wire.pages.values())
    assert page_size == 1000 or longest > 20
    for tenant in lab.ids:
        mine = tenant_tables(lab, tenant)
        for table in REQUESTS:
            sent = kept_of(table, wire.records(tenant, table))
            if table in FILTERED:
                continue
            if table == BETA_REST:
                released = wire.records(tenant, "conditional_access_policies")
                ids = {one["id"] for one in released}
                sent = [one for one in sent if one["id"] not in ids]
            assert rebuild(table, mine) == sent, table


def test_the_log_says_what_was_read(new_lab: NewLab) -> None:
    with new_lab(tenants=3, days=20) as lab:
        result = lab.collect()
    assert not lab.surprises(result.log)
    assert len(result.log) == len(lab.ids) * len(FEEDS)
    logged = lab.table("collection_log").to_pylist()
    key = ("tenant_id", "feed")
    assert {tuple(row[name] for name in key) for row in logged} == {
        (row.tenant_id, row.feed) for row in result.log
    }
    for row in logged:
        assert row["run_id"] == result.run_id
        assert row["extract_date"] == row["collected_at"].date() == TODAY
        assert row["started_at"] <= row["finished_at"]
        assert (row["rows"] > 0) == (row["outcome"] == "ok")
        if row["outcome"] == "ok":
            assert row["http_status"] == 200
            assert row["request_id"]
            assert row["bytes"] > 0
            assert row["retries"] == 0
            assert row["requests"] >= row["pages"] > 0
    for feed in FEEDS.values():
        rows = [row["rows"] for row in logged if row["feed"] == feed.name]
        tables = [one.table.name for one in feed.requests if not one.optional]
        assert sum(rows) == sum(lab.table(table).num_rows for table in tables), feed.name


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


def test_files_have_the_declared_schema_and_columns(new_lab: NewLab) -> None:
    with new_lab(tenants=3, days=20) as lab:
        lab.collect()
    for name, schema in SCHEMAS.items():
        assert lab.table(name).schema.remove_metadata() == schema, name
    filled = {name for name in SCHEMAS if (lab.home.lake / name).is_dir()}
    assert set(SCHEMAS) - filled == NEVER_FILLED


def test_every_typed_column_is_filled_by_some_tenant(new_lab: NewLab) -> None:
    with new_lab(tenants=3, days=60) as lab:
        lab.collect()
    empty = set()
    for table in (one for feed in FEEDS.values() for one in feed.lake_tables):
        # Principals are of several types, each with members of its own.
        if table.name in NEVER_FILLED or table.name.endswith("_principal"):
            continue
        rows = lab.table(table.name)
        names = [column.name for column in table.columns]
        empty |= {f"{table.name}.{n}" for n in names if rows[n].null_count == len(rows)}
    assert empty == {
        f"{table}.{column}" for table, columns in ALWAYS_NULL.items() for column in columns.split()
    }


def test_only_the_declared_paths_are_asked_with_get(new_lab: NewLab) -> None:
    with new_lab(tenants=3, days=20) as lab:
        result = lab.collect()
        calls = lab.graph_calls()
        logins = [one for one in lab.sandbox.requests if one not in calls]
    assert {one.method for one in calls} == {"GET"}
    paths = {urlsplit(one.path).path for one in calls}
    assert {table_of(path) for path in paths} >= set(REQUESTS) - {"service_principals"}
    assert any(IMPACTED.fullmatch(path) for path in paths)
    assert all(not one.has_authorization for one in logins)
    assert len(calls) == sum(row.requests for row in result.log)


def test_an_empty_list_counts_as_empty(lab: Lab) -> None:
    lab.sandbox.edits.add(path="subscribedSkus", function=lambda page: page | {"value": []})
    row = lab.collect_one("subscribed_skus")
    assert (row.outcome, row.rows, row.note) == ("empty", 0, None)
    assert lab.table("subscribed_skus").num_rows == 0


@pytest.mark.parametrize(
    ("feed", "path"),
    [
        ("role_definitions", "/roleManagement/directory/roleDefinitions"),
        ("conditional_access_policies", "/identity/conditionalAccess/policies"),
    ],
)
def test_beta_may_fail_without_the_feed(new_lab: NewLab, feed: str, path: str) -> None:
    with new_lab(tenants=1, shapes=["mid_size"]) as lab:
        lab.sandbox.faults.add(path="/beta/", status=404)
        row = lab.collect_one(feed)
    assert (row.outcome, row.http_status) == ("ok", 200)
    assert row.note is not None
    assert f"without beta {path}" in row.note
    assert lab.table(feed).num_rows == row.rows > 5
    assert lab.table(f"{feed}_beta").num_rows == 0


def test_china_is_not_asked_for_what_it_does_not_have(lab: Lab) -> None:
    config = lab.settings.path
    china = config.with_name("china.yaml")
    text = config.read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("graph_url", "authority"))]
    china.write_text("\n".join(lines).replace("cloud: custom", "cloud: china"))
    lab.settings = load_config(china)
    absent = [feed.name for feed in FEEDS.values() if "china" in feed.absent_clouds]
    assert {"secure_scores", "risky_users", "risk_detections"} <= set(absent)
    result = lab.collect(feeds=absent)
    assert {(row.outcome, row.requests) for row in result.log} == {("not_in_cloud", 0)}
    assert len(result.log) == len(lab.ids) * len(absent)
    assert not lab.sandbox.requests


def test_a_custom_cloud_is_not_asked_for_what_it_does_not_offer(lab: Lab) -> None:
    config = lab.settings.path
    named = config.with_name("named.yaml")
    feeds = ["risky_users", "secure_scores", "role_assignments"]
    named.write_text(f"absent_feeds: [{', '.join(feeds)}]\n{config.read_text()}")
    lab.settings = load_config(named)
    result = lab.collect(feeds=[*feeds, "security_defaults"])
    asked = {row.feed: row for row in result.log}
    assert {(asked[feed].outcome, asked[feed].requests) for feed in feeds} == {("not_in_cloud", 0)}
    assert asked["risky_users"].note == "the cloud custom does not offer this; nothing to do"
    assert asked["security_defaults"].outcome == "ok"
    assert missing(result) == []
    assert not [one for one in lab.graph_calls() if "risky" in one.path or "Score" in one.path]
