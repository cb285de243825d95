"""What Graph never sent before is kept, counted and named in the log."""

from typing import Any

import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.lake.drift import drifts
from pipeline.lake.parts import rebuild
from pipeline.lake.standing import standing

from .conftest import Lab
from .fragments import FRAGMENTS

Record = dict[str, Any]


def alter(lab: Lab, path: str, change: Any) -> None:
    def edit(page: Record) -> Record:
        for record in page.get("value", [page]):
            change(record)
        return page

    lab.sandbox.edits.add(path=path, function=edit)


def reported(lab: Lab, feed: str) -> tuple[list[str], str]:
    row = lab.collect_one(feed)
    assert row.outcome == "ok"
    return (row.unknown_fields or "").split(","), row.note or ""


@pytest.mark.parametrize("feed", FEEDS)
def test_an_unknown_member_is_kept_counted_and_named(fresh: Lab, feed: str) -> None:
    table = FEEDS[feed].requests[0].table.name
    alter(fresh, FRAGMENTS[feed][0], lambda record: record.update(brandNew={"deep": [1]}))
    fields, note = reported(fresh, feed)
    assert f"{table}.brandNew" in fields
    assert f"{table}.brandNew" in note
    assert "values not known here, kept as they came" in note
    rows = fresh.table(table).to_pylist()
    assert rows
    assert all('"brandNew":{"deep":[1]}' in row["extra"] for row in rows)


def test_unknown_members_and_words_at_depth_are_kept_and_named(fresh: Lab) -> None:
    sent: list[Record] = []

    def change(policy: Record) -> None:
        policy["conditions"]["users"]["includeMoods"] = ["grumpy"]
        policy["conditions"]["clientAppTypes"] = ["all", "hologram"]
        policy["state"] = "enabledOnSundays"
        policy["grantControls"] = {"operator": "OR", "builtInControls": ["retinaScan"]}
        sent.append(policy)

    alter(fresh, "v1.0/identity/conditionalAccess/policies", change)
    fields, note = reported(fresh, "conditional_access_policies")
    table = "conditional_access_policies"
    expected = {
        f"{table}.state=enabledOnSundays",
        f"{table}_conditions.clientAppTypes=hologram",
        f"{table}_conditions.users.includeMoods",
        f"{table}_grant_controls.builtInControls=retinaScan",
    }
    assert expected <= set(fields)
    assert fields == sorted(fields)
    count = int(note.partition(" values not known")[0].rpartition(" ")[2])
    assert count >= 4 * len(sent)
    tables = {name: fresh.table(name) for name in FEEDS[table].tables}
    assert rebuild(table, tables) == sent
    shown = tables[f"{table}_conditions"].to_pylist()
    assert {row["value"] for row in shown if row["path"] == "users.includeMoods"} == {"grumpy"}


@pytest.mark.parametrize(
    ("feed", "place", "word", "name"),
    [
        ("risky_users", "riskState", "bewitched", "risky_users.riskState=bewitched"),
        ("users", "userType", "Robot", "users.userType=Robot"),
        (
            "role_assignment_schedule_instances",
            "assignmentType",
            "Inherited",
            "role_assignment_schedule_instances.assignmentType=Inherited",
        ),
        (
            "group_assignment_schedule_instances",
            "accessId",
            "guest",
            "group_assignment_schedule_instances.accessId=guest",
        ),
        ("recommendations", "status", "ajar", "recommendations.status=ajar"),
        ("authentication_strengths", "policyType", "x", "authentication_strengths.policyType=x"),
        ("application_permissions", "consentType", "Cat", "application_permissions_grants.consent"),
    ],
)
def test_an_unknown_word_is_kept_and_named(
    fresh: Lab, feed: str, place: str, word: str, name: str
) -> None:
    alter(fresh, FRAGMENTS[feed][-1], lambda record: record.update({place: word}))
    fields, note = reported(fresh, feed)
    assert [one for one in fields if one.startswith(name)]
    assert word in note


def test_an_unknown_method_is_counted_over_all_pages(fresh: Lab) -> None:
    def change(record: Record) -> None:
        record["methodsRegistered"] = ["carrierPigeon"]

    alter(fresh, "userRegistrationDetails", change)
    row = fresh.collect_one("user_registration_details")
    counts = fresh.table("user_registration_counts").to_pylist()
    assert {one["strongest_method_class"] for one in counts} == {"other"}
    everyone = sum(one["count"] for one in counts)
    assert everyone > row.rows, "also of those who are not kept"
    assert f"{everyone} values not known here" in (row.note or "")
    assert row.unknown_fields == "user_registration_details_methods_registered.value=carrierPigeon"


def test_drift_is_told_by_tenant_and_date_from_the_log(fresh: Lab) -> None:
    alter(fresh, "riskyUsers", lambda record: record.update(aura="violet"))
    alter(fresh, "namedLocations", lambda record: record.update(isTrusted="perhaps"))
    fresh.collect()
    with standing(fresh.home) as connection:
        found = {(one.feed, one.name): one for one in drifts(connection)}
    member = found["risky_users", "risky_users.aura"]
    assert (member.tenant_count, member.first_seen) == (1, fresh.sandbox.today)
    refused = found["named_locations", None]
    assert "named_locations.isTrusted: expected true or false, got text" in (refused.note or "")


def test_numbers_sent_as_text_are_cast_counted_and_still_come_back(fresh: Lab) -> None:
    def change(record: Record) -> None:
        record["tenantScore"] = str(record["tenantScore"])

    alter(fresh, "tenantSecureScores", change)
    fields, note = reported(fresh, "recommendation_tenant_scores")
    rows = fresh.table("recommendation_tenant_scores")
    assert f"{len(rows)} values cast from another JSON type" in note
    assert rows["tenant_score"].null_count == 0
    assert fields == [""]
