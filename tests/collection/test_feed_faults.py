"""Every way of reading a feed: throttled, broken in each way; it alone ends so, without a row.

What a feed says of itself (what it needs, the types of its members) is tried with every feed; what
happens on the way, where nothing asks which feed it is, with one feed of every way of reading.
"""

from typing import Any

import pytest

from pipeline.graph.feed import Feed, Reader
from pipeline.graph.feeds import FEEDS

from .conftest import Lab
from .fragments import FRAGMENTS

SINGLE = {feed.name for feed in FEEDS.values() if feed.requests[0].single}


def way_of_reading(feed: Feed) -> object:
    """What decides which code reads a feed: its reader, and of what kind each request is."""
    return feed.reader, [(one.single, one.optional) for one in feed.requests]


# The first feed of every way; a new way is tried without being named here.
READ = [
    name
    for name, feed in FEEDS.items()
    if feed == next(f for f in FEEDS.values() if way_of_reading(f) == way_of_reading(feed))
]
GARBAGE: dict[str, tuple[dict[str, Any], int, str]] = {
    # name: (fault, tries, words of the note)
    "HTML 200": ({"status": 200, "body": b"<html>hello</html>"}, 8, "not complete JSON"),
    "HTML 403": ({"html": True}, 3, "HTTP 403"),
    "truncated": ({"truncate": True, "status": 200}, 8, "not complete JSON"),
    "wrong envelope": ({"status": 200, "body": b'{"records":[{"id":"x"}]}'}, 1, "the body"),
    "404": ({"status": 404}, 1, "HTTP 404"),
}
# A member of the first record, the value of a wrong type, and what the note says of it.
WRONG: dict[str, tuple[str, Any, str]] = {
    "security_defaults": ("isEnabled", "yes", "expected true or false, got text"),
    "authorization_policy": ("allowedToUseSSPR", [], "expected true or false, got a list"),
    "authentication_methods_policy": (
        "reconfirmationInDays",
        "soon",
        "expected a whole number, got text",
    ),
    "per_user_mfa": ("perUserMfaState", 5, "expected text, got a number"),
    "recommendation_tenant_scores": ("tenantScore", {}, "expected a number, got an object"),
}


def dependents(feed: str) -> set[str]:
    """The feeds that cannot be read without this one, itself included."""
    found, before = {feed}, set[str]()
    while found != before:
        before = set(found)
        found |= {one.name for one in FEEDS.values() if found & set(one.needs)}
    return found


def test_every_reader_is_tried() -> None:
    assert {FEEDS[name].reader for name in READ} == set(Reader)
    assert len(READ) > len(Reader), "lists are read in more than one way"


def test_every_feed_has_its_fragments_and_they_meet_no_other(fresh: Lab) -> None:
    assert set(FRAGMENTS) == set(FEEDS)
    log = {row.feed: row for row in fresh.collect().log}
    for feed, fragments in FRAGMENTS.items():
        calls = [one for one in fresh.graph_calls() if any(f in one.path for f in fragments)]
        optional = sum(one.optional and one.version == "beta" for one in FEEDS[feed].requests)
        assert len(calls) == log[feed].requests - optional, feed


@pytest.mark.parametrize("feed", sorted(set(FEEDS) - SINGLE))
def test_an_empty_answer_is_empty_and_not_unknown(fresh: Lab, feed: str) -> None:
    beta = [f"beta{one.path}" for one in FEEDS[feed].requests if one.version == "beta"]
    for fragment in (*FRAGMENTS[feed], *beta):
        fresh.sandbox.edits.add(path=fragment, function=lambda page: page | {"value": []})
    row = fresh.collect_one(feed)
    # Asked for alone, a feed lacks what others would name; that is told, and is no failure.
    lacking = set(FEEDS[feed].after) - set(FEEDS[feed].needs)
    assert (row.outcome, row.rows) == ("empty", 0)
    assert row.error_code == ("incomplete_upstream" if lacking else None)
    assert (row.note or "").startswith("without what " if lacking else "")
    assert row.note or not lacking
    assert all(fresh.table(table).num_rows == 0 for table in FEEDS[feed].tables)


@pytest.mark.parametrize("wait", [0.05, None], ids=["Retry-After", "no Retry-After"])
@pytest.mark.parametrize("feed", READ)
def test_a_throttled_feed_is_read_in_the_end(fresh: Lab, feed: str, wait: float | None) -> None:
    fault = {"status": 429, "retry_after": wait, "times": 2}
    fresh.sandbox.faults.add(path=FRAGMENTS[feed][0], **fault)
    row = fresh.collect_one(feed)
    assert (row.outcome, row.retries) == ("ok", 2)
    assert row.requests == row.pages + 2
    tables = [one.table.name for one in FEEDS[feed].requests if not one.optional]
    assert row.rows == sum(fresh.table(table).num_rows for table in tables) > 0


@pytest.mark.parametrize("feed", READ)
def test_a_feed_that_stays_throttled_ends_so(fresh: Lab, feed: str) -> None:
    fresh.sandbox.faults.add(path=FRAGMENTS[feed][0], status=429)
    row = fresh.collect_one(feed)
    assert (row.outcome, row.http_status, row.requests, row.retries) == ("throttled", 429, 8, 7)
    assert row.note is not None
    assert "run again later" in row.note
    assert all(fresh.table(table).num_rows == 0 for table in FEEDS[feed].tables)


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize("feed", READ)
def test_garbage_is_a_bad_response_and_leaves_no_row(fresh: Lab, feed: str, kind: str) -> None:
    fault, tries, words = GARBAGE[kind]
    fresh.sandbox.faults.add(path=FRAGMENTS[feed][0], **fault)
    row = fresh.collect_one(feed)
    if (feed, kind) in (("group_members", "404"), ("per_user_mfa", "404")):
        # A group that is gone since it was named has no members, and a user who is gone no state;
        # that is no fault.
        assert row.outcome == "empty"
        assert "no longer exists" in (row.note or "")
        return
    # What need not be there at all is not missing where Graph does not know it.
    is_absent = FEEDS[feed].optional and kind == "404"
    assert row.outcome == ("not_in_cloud" if is_absent else "bad_response")
    assert row.note is not None
    assert words in row.note
    assert row.requests == tries
    assert all(fresh.table(table).num_rows == 0 for table in FEEDS[feed].tables)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_changed_type_ends_that_feed_alone_with_evidence(fresh: Lab, feed: str) -> None:
    member, value, words = WRONG.get(feed, ("id", 5, "expected text, got a number"))

    def change(page: dict[str, Any]) -> dict[str, Any]:
        for record in page.get("value", [page])[-1:]:
            record[member] = value
        return page

    fresh.sandbox.edits.add(path=FRAGMENTS[feed][0], function=change)
    log = {row.feed: row for row in fresh.collect(tenants=fresh.ids[:1]).log}
    assert {row.feed for row in fresh.surprises(log.values())} == dependents(feed)
    row, table = log[feed], FEEDS[feed].requests[0].table.name
    assert (row.outcome, row.rows) == ("bad_response", 0)
    assert row.note is not None
    assert f"{table}.{member}: {words}" in row.note
    assert all(fresh.table(name).num_rows == 0 for name in FEEDS[feed].tables)
    for name in dependents(feed) - {feed}:
        assert log[name].outcome == "bad_response"
        assert "which names what to ask for" in (log[name].note or "")
