"""A run without a date is for Graph's day, whatever this machine's clock says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from pipeline.collection.outcome import NothingCollectedError, missing, require_something
from pipeline.config.settings import Tenant
from pipeline.graph import connections
from pipeline.graph.clock import Clock, ask_clock
from pipeline.graph.feeds import FEEDS
from tests.commands import posture_here

from .conftest import TODAY, Lab, NewLab

TOMORROW = TODAY + timedelta(days=1)


def undated(lab: Lab, **options: Any) -> Any:
    clock = ask_clock(lab.settings.tenants)
    return lab.collect(clock=clock, run_date=clock.today, **options)


def unreachable(tenant: Tenant) -> Tenant:
    """The tenant in a cloud where nobody answers."""
    return replace(tenant, cloud=replace(tenant.cloud, graph_url="https://localhost:1"))


def stored(lab: Lab) -> set[tuple[str, date]]:
    """(table, extract date) of all that counts."""
    tables = ("collection_log", *(name for feed in FEEDS.values() for name in feed.tables))
    return {(name, day) for name in tables for day in lab.table(name)["extract_date"].to_pylist()}


@pytest.mark.parametrize("days", [-200, -1, 0, 1, 3, 400])
def test_a_machine_whose_clock_differs_collects_the_whole_of_graphs_day(
    new_lab: NewLab, days: int
) -> None:
    graphs = datetime.now(UTC).date() + timedelta(days=days)
    with new_lab(tenants=1, days=10, today=graphs) as lab:
        ended = posture_here(
            "collect", "--config", lab.settings.path, "--home", lab.home.root,
        )  # fmt: skip
        assert not lab.surprises(lab.log_of(lab.ids[0]))
        assert len(lab.log_of(lab.ids[0])) == len(FEEDS)
        assert {day for _, day in stored(lab)} == {graphs}
        [asked, *_] = lab.graph_calls()
        assert (asked.path, asked.tenant_id) == ("/v1.0/", None)
    assert ended.code == 0
    if abs(days) > 1:
        side = "behind" if days > 0 else "ahead of"
        assert f"{side} Graph's; set it" in ended.out


def test_a_run_across_midnight_stores_each_feed_under_its_own_day(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Over one connection the feeds ask in the catalogue's order, however busy the machine is.
    monkeypatch.setattr(connections, "_POOL_TO_GRAPH", httpx.Limits(max_connections=1))
    with new_lab(tenants=2, days=10) as lab:
        asked = iter(range(1000))

        def midnight(page: dict[str, Any]) -> dict[str, Any]:
            if next(asked) == 0:
                lab.sandbox.advance()
            return page

        lab.sandbox.edits.add(tenant_id=lab.ids[0], path="/subscribedSkus", function=midnight)
        result = undated(lab)
        assert not lab.surprises(result.log)
        assert not missing(result)
        days = {row.feed: row.extract_date for row in result.log if row.tenant_id == lab.ids[0]}
        assert days["secure_scores"] == TODAY
        assert days["users"] == days["organization"] == TOMORROW
        for row in result.log:
            if row.requests:
                assert row.extract_date == row.collected_at.date()
        lab.sandbox.requests.clear()
        lab.sandbox.edits.clear()
        # What came after midnight is the new day's, and is not asked for again.
        again = undated(lab)
        assert not lab.surprises(again.log)
        complete = {
            (one.tenant_id, one.feed) for one in result.log if one.outcome in ("ok", "empty")
        }
        early = {(one.tenant_id, one.feed) for one in result.log if one.extract_date == TODAY}
        assert set(again.skipped) == complete - early
        both = {(row.feed, row.extract_date) for row in lab.log_of(lab.ids[0])}
        assert {day for feed, day in both if feed == "secure_scores"} == {TODAY, TOMORROW}


def test_a_clock_that_jumps_during_the_run_is_missing_feeds_and_no_success(lab: Lab) -> None:
    lab.sandbox.edits.add(
        path="secureScoreControlProfiles",
        function=lambda page: (lab.sandbox.set_today(TODAY + timedelta(days=9)), page)[1],
    )
    result = undated(lab, tenants=[lab.ids[0]])
    late = {row.feed for row in missing(result)}
    assert {row.outcome for row in missing(result)} == {"not_for_this_date"}
    assert "users" in late
    assert "secure_scores" not in late
    assert {day for _, day in stored(lab)} == {TODAY}
    # With a date the same feeds are nothing to mend.
    lab.sandbox.set_today(TODAY + timedelta(days=9))
    dated = lab.beside("dated").collect(run_date=TODAY, tenants=[lab.ids[0]])
    assert not missing(dated)


def test_nothing_collected_without_a_date_fails_and_tells_of_the_clock(lab: Lab) -> None:
    clock = Clock(timedelta(days=-3))
    result = lab.collect(clock=clock, run_date=date(2026, 6, 1))
    assert {row.outcome for row in result.log} <= {"not_for_this_date", "not_in_cloud"}
    with pytest.raises(NothingCollectedError, match=r"clock is 3 d ahead of Graph's; set it"):
        require_something(result)
    require_something(lab.beside("dated").collect(run_date=TODAY - timedelta(days=400)))


def test_where_graph_does_not_say_its_date_every_feed_does(lab: Lab) -> None:
    clock = ask_clock([unreachable(lab.settings.tenants[0])])
    assert clock.ahead is None
    assert clock.today == datetime.now(UTC).date()
    result = lab.collect(clock=clock, run_date=clock.today)
    assert not lab.surprises(result.log)
    read = {row.extract_date for row in result.log if row.requests}
    assert read == {TODAY}


def test_the_clock_is_asked_of_the_first_cloud_that_answers(lab: Lab) -> None:
    [first, second] = lab.settings.tenants
    assert ask_clock([unreachable(first), second]).today == TODAY


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=-299), None),
        (timedelta(minutes=5), "5 min behind"),
        (timedelta(hours=-25), "1 d 1 h ahead of"),
        (timedelta(days=2, minutes=3), "2 d 3 min behind"),
    ],
)
def test_how_far_the_clock_is_off_is_said_in_words(ahead: timedelta, words: str | None) -> None:
    trouble = Clock(ahead).trouble
    assert trouble is None if words is None else f"clock is {words} Graph's" in str(trouble)
