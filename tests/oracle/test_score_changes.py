"""The judge's own reading of why a score moved: one hand-made case a rule."""

from typing import Any

import pytest

from tests.oracle.captures import Capture
from tests.oracle.hand import TENANT, capture, control, day, life, profile, profiles, record, scores
from tests.oracle.hand import update as updated
from tests.oracle.movements import movement_rows
from tests.oracle.score_changes import ScoreChanges, change_rows
from tests.oracle.scores import tenant_scores

Row = dict[str, Any]


def changes(*captures: Capture) -> ScoreChanges:
    made = life(*captures)
    return ScoreChanges(made, tenant_scores(made, TENANT))


def reported(
    *captures: Capture, scope: str = "overall"
) -> list[tuple[str, str, float, float | None]]:
    return [
        (row["control_id"], row["cause"], row["points_delta"], row["max_points_delta"])
        for row in change_rows(changes(*captures))
        if row["scope"] == scope
    ]


def two_days(first: list[Row], second: list[Row], maxima: tuple[float, float]) -> Capture:
    return scores(3, record(2, first, maxScore=maxima[0]), record(3, second, maxScore=maxima[1]))


def test_a_changed_maximum_is_split_from_what_was_improved() -> None:
    made = two_days([control("A", 5.0, 50.0)], [control("A", 15.0, 75.0)], (10.0, 20.0))
    rows = list(change_rows(changes(made)))
    assert reported(made) == [("A", "max_changed", 5.0, 10.0), ("A", "improved", 5.0, 0.0)]
    ratios = [row["ratio_delta"] for row in rows if row["scope"] == "overall"]
    assert sum(ratios) == pytest.approx(0.75 - 0.5)


def test_a_control_that_came_or_went_without_a_reason_is_a_changed_set() -> None:
    made = two_days([control("A", 5.0, 50.0)], [control("B", 1.0, 100.0)], (10.0, 1.0))
    assert reported(made) == [
        ("A", "scored_set_changed", -5.0, -10.0),
        ("B", "scored_set_changed", 1.0, 1.0),
    ]


def test_the_catalogue_explains_a_control_only_after_its_first_capture() -> None:
    made = two_days([control("A", 5.0, 50.0)], [control("B", 1.0, 100.0)], (10.0, 1.0))
    first = profiles(1, profile("A", 10.0))
    later = profiles(3, profile("B", 1.0))
    assert [row[1] for row in reported(made, first, later)] == ["control_retired", "control_added"]
    both = profiles(3, profile("A", 10.0), profile("B", 1.0))
    assert [row[1] for row in reported(made, both)] == ["scored_set_changed"] * 2


def test_other_skus_explain_more_than_the_catalogue_and_more_seats_nothing() -> None:
    made = two_days([control("A", 5.0, 50.0)], [control("B", 1.0, 100.0)], (10.0, 1.0))
    sku = {"skuId": "e3", "capabilityStatus": "Enabled", "prepaidUnits": {"enabled": 1}}
    more = sku | {"prepaidUnits": {"enabled": 9}}
    same = (capture(1, "subscribed_skus", [sku]), capture(9, "subscribed_skus", [more]))
    assert {row[1] for row in reported(made, *same)} == {"scored_set_changed"}
    other = (same[0], capture(9, "subscribed_skus", [sku, more | {"skuId": "e5"}]))
    assert [row[1] for row in reported(made, *other)] == ["service_lost", "service_gained"]
    late = (same[0], capture(11, "subscribed_skus", [more | {"skuId": "e5"}]))
    assert {row[1] for row in reported(made, *late)} == {"scored_set_changed"}


def test_a_control_that_moves_is_reclassified_where_it_left_and_entered() -> None:
    made = two_days(
        [control("A", 5.0, 50.0, category="Apps")], [control("A", 6.0, 60.0)], (10.0, 10.0)
    )
    assert reported(made, scope="category:Apps") == [("A", "reclassified", -5.0, -10.0)]
    assert reported(made, scope="category:Identity") == [("A", "reclassified", 6.0, 10.0)]
    assert reported(made) == [("A", "improved", 1.0, 0.0)]


def test_an_ignored_control_that_no_longer_counts_is_gone_by_exception() -> None:
    made = two_days(
        [control("A", 5.0, 50.0), control("B", 1.0, 100.0)],
        [control("A", 5.0, 50.0), control("B", 1.0, 100.0)],
        (11.0, 1.0),
    )
    stated = profile("A", 10.0, controlStateUpdates=[updated("Ignored", 3)])
    found = list(change_rows(changes(made, profiles(3, stated, profile("B", 1.0)))))
    row = next(r for r in found if r["scope"] == "overall" and r["control_id"] == "A")
    assert (row["cause"], row["points_delta"]) == ("exception_changed", -5.0)
    assert row["state_changed_at"].day == day(3).day


def test_a_new_state_is_told_once_and_explains_a_week() -> None:
    record_of = [record(n, [control("A", 5.0, 50.0)], maxScore=10.0) for n in (2, 3, 4)]
    moved = record(10, [control("A", 6.0, 60.0)], maxScore=10.0)
    later = record(11, [control("A", 7.0, 70.0)], maxScore=10.0)
    stated = profile("A", 10.0, controlStateUpdates=[updated("ThirdParty", 3)])
    made = changes(scores(11, *record_of, moved, later), profiles(11, stated))
    rows = [row for row in change_rows(made) if row["scope"] == "overall"]
    assert [(row["score_date"], row["cause"], row["points_delta"]) for row in rows] == [
        (day(3), "exception_changed", 0.0),
        (day(10), "exception_changed", 1.0),
        (day(11), "improved", 1.0),
    ]


def test_people_who_left_are_no_progress() -> None:
    def rich(number: int, share: float, total: int) -> Capture:
        scored = control("A", share / 10, share, total=str(total))
        return scores(number, record(number, [scored], maxScore=10.0))

    assert reported(rich(2, 50.0, 4), rich(3, 60.0, 5)) == [("A", "population_changed", 1.0, 0.0)]
    assert reported(rich(2, 50.0, 4), rich(3, 80.0, 5)) == [("A", "improved", 3.0, 0.0)]


def test_an_unknown_maximum_leaves_the_rest_of_the_reported_one_unattributed() -> None:
    one = [control("A", 0.0, 0.0), control("B", 0.0, 0.0)]
    other = [control("A", 1.0, None), control("B", 0.0, 0.0)]
    made = two_days(one, other, (10.0, 12.0))
    assert reported(made) == [("A", "max_unknown", 1.0, None), ("(none)", "unattributed", 0.0, 2.0)]


def test_a_ratio_is_divided_over_a_record_that_has_none() -> None:
    made = changes(
        scores(
            4,
            record(1, [control("A", 5.0, 50.0)], maxScore=10.0),
            record(2, [control("A", 0.0, None), control("B", 0.0, None)], maxScore=0.0),
            record(4, [control("A", 8.0, 80.0)], maxScore=10.0),
        )
    )
    rows = {(r["scope"], r["period"]): r for r in movement_rows(made)}
    row = rows["category:Identity", "month:2026-03"]
    assert row["ratio_delta"] == pytest.approx(0.3)
    assert row["earned_ratio"] == pytest.approx(0.3)
    assert row["points_delta"] == row["unexplained_points"] == 3.0
    assert row["like_for_like_control_count"] == 1
