"""One record read several times: numbers from the newest copy, detail from the newest rich one."""

from typing import Any

from tests.oracle.hand import TENANT, control, day, life, record, scores
from tests.oracle.records import score_records
from tests.oracle.scores import tenant_scores


def rich(score: float, percentage: float, text: str) -> dict[str, Any]:
    synced = "2026-03-01T06:00:00Z"
    return control(
        "OneAdmin", score, percentage, lastSynced=synced, implementationStatus=text, count="2"
    )


def thin(score: float, percentage: float) -> dict[str, Any]:
    return control("OneAdmin", score, percentage, implementationStatus="You have  admins.")


def row(*captures: Any) -> dict[str, Any]:
    return tenant_scores(life(*captures), TENANT).controls[day(1)][0].row()


def test_a_thin_copy_never_hides_the_detail_of_a_rich_one() -> None:
    found = row(
        scores(1, record(1, [rich(1.0, 100.0, "2 admins")])),
        scores(2, record(1, [thin(1.0, 100.0)])),
    )
    assert found["implementation_status"] == "2 admins"
    assert found["last_synced_at"].isoformat() == "2026-03-01T06:00:00+00:00"
    assert found["is_backfilled"] is False


def test_detail_goes_with_the_numbers_it_came_with() -> None:
    found = row(
        scores(1, record(1, [rich(1.0, 100.0, "2 admins")])),
        scores(2, record(1, [rich(0.5, 50.0, "1 admin")])),
        scores(3, record(1, [thin(1.0, 100.0)])),
    )
    assert (found["score_points"], found["implementation_status"]) == (1.0, "2 admins")


def test_numbers_come_from_the_newest_copy_and_detail_is_null_where_none_agrees() -> None:
    found = row(
        scores(1, record(1, [rich(1.0, 100.0, "2 admins")])),
        scores(2, record(1, [thin(0.0, 0.0)])),
    )
    assert (found["score_points"], found["implementation_status"]) == (0.0, None)
    assert found["is_backfilled"] is False


def test_a_day_that_was_only_read_thin_is_backfilled_and_its_text_is_not_shown() -> None:
    found = row(scores(2, record(1, [thin(1.0, 100.0)])))
    assert (found["is_backfilled"], found["implementation_status"]) == (True, None)


def test_an_incomplete_capture_counts_for_nothing() -> None:
    found = row(
        scores(1, record(1, [thin(1.0, 100.0)])),
        scores(2, record(1, [thin(0.0, 0.0)]), outcome="bad_response"),
    )
    assert found["score_points"] == 1.0


def test_a_record_after_the_newest_run_is_not_shown() -> None:
    made = life(scores(1, record(2, [thin(1.0, 100.0)]), record(1, [thin(1.0, 100.0)])))
    assert list(score_records(made, TENANT)) == [day(1)]


def test_of_a_control_scored_twice_the_first_is_kept() -> None:
    twice = record(1, [thin(1.0, 100.0), thin(0.0, 0.0)])
    kept = score_records(life(scores(1, twice)), TENANT)[day(1)]
    assert kept.controls["OneAdmin"]["score"] == 1.0
    assert kept.duplicates == ("OneAdmin",)


def test_copies_that_differ_in_numbers_disagree_and_in_text_do_not() -> None:
    same = life(
        scores(1, record(1, [rich(1.0, 100.0, "2 admins")])),
        scores(2, record(1, [thin(1.0, 100.0)])),
    )
    differ = life(scores(1, record(1, [thin(1.0, 100.0)])), scores(2, record(1, [thin(1.0, 99.0)])))
    assert not score_records(same, TENANT)[day(1)].copies_disagree
    assert score_records(differ, TENANT)[day(1)].copies_disagree
