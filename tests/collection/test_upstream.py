"""Feeds that ask by name: what they need is read with them, or taken from the lake."""

import pytest

from pipeline.graph.feeds import FEEDS

from .conftest import Lab
from .fragments import FRAGMENTS

REPEATED = "incomplete_upstream"


def feeds_asked(lab: Lab) -> set[str]:
    """The feeds of which Graph saw a request."""
    return {
        feed
        for feed, fragments in FRAGMENTS.items()
        if any(fragment in one.path for one in lab.graph_calls() for fragment in fragments)
    }


def newest(lab: Lab, feed: str) -> dict[str, list[dict[str, object]]]:
    """The rows of a feed's newest complete capture, as the models take them."""
    runs = [
        row["run_id"]
        for row in lab.table("collection_log").to_pylist()
        if row["feed"] == feed and row["outcome"] in ("ok", "empty")
    ]
    tables = {name: lab.table(name, run_id=max(runs)) for name in FEEDS[feed].tables}
    return {
        name: rows.drop_columns(["collected_at", "run_id"]).to_pylist()
        for name, rows in tables.items()
    }


@pytest.mark.parametrize(
    ("feed", "needed"),
    [
        ("users", {"role_assignments"}),
        ("service_principals", {"role_assignments"}),
        ("group_members", {"role_assignments", "groups"}),
        ("group_eligibility_schedule_instances", {"role_assignments"}),
        ("recommendations", set()),
    ],
)
def test_a_feed_alone_is_read_with_what_it_needs(fresh: Lab, feed: str, needed: set[str]) -> None:
    log = {row.feed: row for row in fresh.collect(feeds=[feed]).log}
    assert set(log) == feeds_asked(fresh) == {feed, *needed}
    assert {row.outcome for row in log.values()} == {"ok"}
    assert log[feed].error_code == REPEATED
    assert "without what " in (log[feed].note or ""), "others would have named more"


def test_what_the_day_has_already_is_taken_from_the_lake(fresh: Lab) -> None:
    clean = fresh.beside("clean")
    clean.collect()
    asking = ["users", "group_members", "service_principals", "user_registration_details"]
    for feed in asking:
        fresh.sandbox.faults.add(path=FRAGMENTS[feed][0], status=404)
    fresh.sandbox.faults.add(path="/transitiveMembers?", status=403)
    fresh.sandbox.faults.add(path="/members?", status=403)
    fresh.collect()
    fresh.sandbox.faults.clear()
    fresh.sandbox.requests.clear()
    log = {row.feed: row for row in fresh.collect().log}
    # Whoever lacked the members is read again with them; all others come from the lake.
    dependants = {name for name, one in FEEDS.items() if "group_members" in one.after}
    assert set(log) == feeds_asked(fresh) == set(asking) | dependants
    assert not fresh.surprises(log.values())
    assert REPEATED not in {row.error_code for row in log.values()}
    for feed in FEEDS:
        assert newest(fresh, feed) == newest(clean, feed), feed


@pytest.mark.parametrize(
    "late",
    [
        "role_eligibility_schedule_instances",
        "group_eligibility_schedule_instances",
        "conditional_access_policies",
        "risky_users",
    ],
)
def test_what_lacked_names_is_read_again_once_they_are_known(fresh: Lab, late: str) -> None:
    clean = fresh.beside("clean")
    clean.collect()
    fresh.sandbox.faults.add(path=FRAGMENTS[late][0], status=404)
    first = {row.feed: row for row in fresh.collect().log}
    assert {row.feed for row in fresh.surprises(first.values())} == {late}
    lacking = {name for name, row in first.items() if row.error_code == REPEATED}
    assert lacking == {name for name, feed in FEEDS.items() if late in feed.after} != set()
    fresh.sandbox.faults.clear()
    second = {row.feed: row for row in fresh.collect().log}
    assert set(second) == lacking | {late}
    for feed in FEEDS:
        assert newest(fresh, feed) == newest(clean, feed), feed
    assert fresh.collect().log == []


def test_names_of_yesterday_do_not_count_today(fresh: Lab) -> None:
    today = fresh.sandbox.today
    fresh.collect()
    try:
        fresh.sandbox.advance()
        fresh.sandbox.requests.clear()
        log = {row.feed: row for row in fresh.collect(feeds=["users"]).log}
        assert set(log) == feeds_asked(fresh) == {"users", "role_assignments"}
    finally:
        fresh.sandbox.set_today(today)
