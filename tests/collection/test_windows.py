"""Which score records are asked for and written, day after day, and for which date."""

from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.lake.history import ReadingHistory

from .conftest import TODAY, Lab, NewLab
from .expected import PIM, RISK, RULES

SCORES = ["secure_scores"]
# What a free tenant and one with P1 cannot have: asked again by every run.
NEVER = {*PIM, RULES, *RISK, "user_registration_details"}


def scores_asked(lab: Lab) -> list[str]:
    return [one.path.partition("secureScores")[2] for one in lab.graph_calls()]


def written(lab: Lab, run_id: str) -> set[tuple[str, date]]:
    rows = lab.table("secure_scores", run_id=run_id).to_pylist()
    return {(row["tenant_id"], row["created_date_time"].date()) for row in rows}


def test_gotcha_24_ninety_days_at_first_and_then_what_top_asks_for(lab: Lab) -> None:
    first = lab.collect(feeds=SCORES)
    assert scores_asked(lab) == ["?$top=90"] * 2
    oldest = min(day for _, day in written(lab, first.run_id))
    assert oldest == TODAY - timedelta(days=89)
    lab.sandbox.advance()
    lab.sandbox.requests.clear()
    second = lab.collect(feeds=SCORES)
    assert scores_asked(lab) == ["?$top=8"] * 2
    tomorrow = TODAY + timedelta(days=1)
    # Yesterday's record was rich and is now thin; the six before did not change.
    assert {day for _, day in written(lab, second.run_id)} == {TODAY, tomorrow}
    assert {row.rows for row in second.log} == {2}
    assert {row.outcome for row in second.log} == {"ok"}


def test_a_pause_is_made_up_for(lab: Lab) -> None:
    lab.collect(feeds=SCORES)
    lab.sandbox.advance(days=20)
    lab.sandbox.requests.clear()
    result = lab.collect(feeds=SCORES)
    assert scores_asked(lab) == ["?$top=27"] * 2
    days = {day for _, day in written(lab, result.run_id)}
    assert min(days) == TODAY
    assert max(days) == TODAY + timedelta(days=20)
    lab.sandbox.advance(days=200)
    lab.sandbox.requests.clear()
    lab.collect(feeds=SCORES)
    assert scores_asked(lab) == ["?$top=90"] * 2


def test_a_day_that_failed_counts_as_missing(lab: Lab) -> None:
    lab.collect(feeds=SCORES)
    lab.sandbox.advance()
    lab.sandbox.faults.add(path="secureScores", status=404, tenant_id=lab.ids[0])
    lab.collect(feeds=SCORES)
    lab.sandbox.faults.clear()
    lab.sandbox.advance()
    lab.sandbox.requests.clear()
    lab.collect(feeds=SCORES)
    asked = {one.tenant_id: one.path.rpartition("=")[2] for one in lab.graph_calls()}
    assert asked == {lab.ids[0]: "9", lab.ids[1]: "8"}


def test_a_record_that_changed_is_written_again_and_others_are_not(lab: Lab) -> None:
    lab.collect(feeds=SCORES)
    lab.sandbox.advance()

    def restate(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][4]["currentScore"] += 1.0
        return page

    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="secureScores", function=restate)
    result = lab.collect(feeds=SCORES)
    assert {row.tenant_id: row.rows for row in result.log} == {lab.ids[0]: 3, lab.ids[1]: 2}
    indices = lab.table("secure_scores", run_id=result.run_id)["record_index"].to_pylist()
    assert sorted(indices) == [0, 0, 1, 1, 4]


def test_member_order_is_no_change(lab: Lab) -> None:
    lab.collect(feeds=SCORES)
    lab.sandbox.advance()

    def turn_round(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"value": [dict(reversed(one.items())) for one in page["value"]]}

    lab.sandbox.edits.add(path="secureScores", function=turn_round)
    result = lab.collect(feeds=SCORES)
    assert {row.rows for row in result.log} == {2}


def test_a_server_that_ignores_top_does_no_harm(lab: Lab) -> None:
    lab.collect(feeds=SCORES)
    lab.sandbox.advance()
    everything = _all_scores(lab)
    lab.sandbox.edits.add(
        tenant_id=lab.ids[0], path="secureScores", function=lambda one: one | {"value": everything}
    )
    [row] = lab.collect(feeds=SCORES, tenants=[lab.ids[0]]).log
    assert (row.outcome, row.rows, row.requests) == ("ok", 2, 1)


def _all_scores(lab: Lab) -> list[dict[str, Any]]:
    """All records of the first tenant as served now, taken by a run into another home."""
    kept: list[dict[str, Any]] = []

    def keep(page: dict[str, Any]) -> dict[str, Any]:
        kept.extend(page["value"])
        return page

    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="secureScores?$top=90", function=keep)
    other = lab.beside("other")
    other.collect(feeds=SCORES, tenants=[lab.ids[0]])
    return kept


def test_a_rerun_asks_nothing_of_what_is_complete(lab: Lab) -> None:
    first = lab.collect()
    assert not lab.surprises(first.log)
    lab.sandbox.requests.clear()
    again = lab.collect()
    # What a tenant does not own may have been bought since.
    assert {(row.tenant_id, row.feed) for row in again.log} == {
        (row.tenant_id, row.feed) for row in first.log if row.outcome == "not_licensed"
    }
    assert {row.outcome for row in again.log} == {"not_licensed"}
    assert set(again.skipped) == lab.complete()
    assert len(again.skipped) + len(again.log) == len(lab.ids) * len(FEEDS)
    asked = sum(row.requests for row in again.log)
    assert len(lab.graph_calls()) == asked < 2 * len(again.log)
    lab.sandbox.requests.clear()
    licensed = lab.collect(feeds=[feed for _, feed in lab.complete() if feed not in NEVER])
    assert licensed.log == []
    assert not lab.sandbox.requests


def test_a_rerun_reads_only_what_is_missing(lab: Lab) -> None:
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="organization", status=404, times=1)
    lab.collect()
    lab.sandbox.requests.clear()
    again = lab.collect(feeds=[feed for feed in FEEDS if feed not in NEVER])
    assert [(row.tenant_id, row.feed, row.outcome) for row in again.log] == [
        (lab.ids[0], "organization", "ok")
    ]
    assert len(lab.graph_calls()) == 1


def test_a_past_date_reads_scores_only(lab: Lab) -> None:
    past = TODAY - timedelta(days=30)
    result = lab.collect(run_date=past)
    for row in result.log:
        if row.feed == "secure_scores":
            assert row.outcome == "ok"
            assert row.rows > 80
        else:
            assert (row.outcome, row.requests) == ("not_for_this_date", 0)
        assert row.extract_date == past
        assert row.collected_at.date() == TODAY
    for name in ("organization", "role_assignments", "secure_score_control_profiles"):
        assert lab.table(name).num_rows == 0
    assert set(lab.table("secure_scores")["extract_date"].to_pylist()) == {past}


def test_a_past_date_without_scores_is_told_by_the_feeds_own_reply(lab: Lab) -> None:
    result = lab.collect(run_date=TODAY - timedelta(days=1), feeds=["organization"])
    assert {(row.outcome, row.requests, row.pages) for row in result.log} == {
        ("not_for_this_date", 1, 1)
    }
    assert lab.table("organization").num_rows == 0


def test_a_date_to_come_is_refused(lab: Lab) -> None:
    result = lab.collect(run_date=TODAY + timedelta(days=3))
    assert {row.outcome for row in result.log} == {"not_for_this_date"}
    assert lab.table("secure_scores").num_rows == 0


def test_records_filed_under_a_past_date_are_known_later(lab: Lab) -> None:
    lab.collect(run_date=TODAY - timedelta(days=30), feeds=SCORES)
    lab.sandbox.requests.clear()
    result = lab.collect(feeds=SCORES)
    assert scores_asked(lab) == ["?$top=7"] * 2
    assert {row.rows for row in result.log} == {0}
    lab.sandbox.advance(days=5)
    lab.collect(feeds=SCORES)
    late = lab.collect(run_date=TODAY, feeds=SCORES)
    assert late.log == [], "complete before"
    late = lab.collect(run_date=TODAY + timedelta(days=2), feeds=SCORES)
    assert {row.rows for row in late.log} == {0}


def test_a_past_run_asks_on_when_graphs_clock_is_ahead(lab: Lab) -> None:
    lab.collect(feeds=SCORES)
    lab.sandbox.advance(days=10)
    lab.sandbox.requests.clear()
    result = lab.collect(run_date=TODAY + timedelta(days=1), feeds=SCORES)
    days = {day for _, day in written(lab, result.run_id)}
    assert min(days) == TODAY
    assert max(days) == TODAY + timedelta(days=10)
    assert {row.outcome for row in result.log} == {"ok"}


def test_a_past_run_asks_again_where_the_list_just_ends(lab: Lab) -> None:
    lab.collect(feeds=SCORES)
    lab.sandbox.advance(days=10)
    lab.sandbox.requests.clear()

    def end(page: dict[str, Any]) -> dict[str, Any]:
        return {"value": page["value"]}

    lab.sandbox.edits.add(path="secureScores", function=end)
    result = lab.collect(run_date=TODAY + timedelta(days=1), feeds=SCORES)
    assert sorted(scores_asked(lab)) == ["?$top=17"] * 2 + ["?$top=8"] * 2
    assert {row.rows for row in result.log} == {11}
    indices = lab.table("secure_scores", run_id=result.run_id)["record_index"].to_pylist()
    assert sorted(indices) == sorted([*range(11)] * 2)


def test_history_reads_no_more_files_than_needed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(12):
        lab.collect(feeds=SCORES)
        lab.sandbox.advance()
    from pipeline.lake import history as lake_history

    read: list[str] = []
    original = lake_history.read_columns

    def count(path: Any, columns: Any) -> Any:
        read.append(f"{path.parent.parent.name}/{path.parent.name[-5:]}")
        return original(path, columns)

    monkeypatch.setattr(lake_history, "read_columns", count)
    history = ReadingHistory(lab.lake, lab.ids)
    assert history.captured[lab.ids[0]] == TODAY + timedelta(days=11)
    assert read == ["collection_log/07-11"]
    known = history.known(lab.ids[0], TODAY + timedelta(days=5))
    assert len(read) == 1 + 7
    assert f"{lab.ids[0]}_2026-07-11" in known


def test_a_young_tenant_may_have_no_record_yet(new_lab: NewLab) -> None:
    with new_lab() as lab:
        lab.sandbox.edits.add(path="secureScores", function=lambda page: {"value": []})
        row = lab.collect_one("secure_scores")
        assert row.outcome == "empty"
        lab.sandbox.advance()
        lab.sandbox.requests.clear()
        lab.collect_one("secure_scores")
        assert scores_asked(lab) == ["?$top=90"], "nothing was captured yet"
