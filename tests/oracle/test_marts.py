"""The numbers of the marts: changes, gains, percentiles, and what is wrong with the source."""

import pytest

from tests.oracle.hand import TENANT, control, day, life, profile, profiles, record, scores, update
from tests.oracle.marts import (
    action_rows,
    normalised,
    overview_row,
    percentiles,
    quality_rows,
    reference_day,
)
from tests.oracle.scores import tenant_scores


@pytest.mark.parametrize(
    ("days", "expected"), [([23, 24], 23), ([20, 24], 20), ([19, 24], None), ([21, 22], 22)]
)
def test_a_change_compares_with_the_newest_record_of_a_four_day_window(
    days: list[int], expected: int | None
) -> None:
    found = reference_day([day(n) for n in days], day(30), 7)
    assert found == (None if expected is None else day(expected))


def test_the_overview_has_the_newest_day_and_how_far_back_each_change_reaches() -> None:
    made = life(
        scores(
            30,
            record(21, [control("OneAdmin", 1.0, 50.0)], maxScore=4.0),
            record(30, [control("OneAdmin", 2.0, 100.0)], maxScore=4.0),
        )
    )
    row = overview_row(tenant_scores(made, TENANT), [])
    assert row is not None
    assert (row["score_ratio"], row["zone"]) == (0.5, "okay")
    assert (row["change_7d_points"], row["change_7d_ratio"]) == (1.0, 0.25)
    assert row["change_7d_days_spanned"] == 9
    assert (row["change_30d_ratio"], row["change_30d_days_spanned"]) == (None, None)


def test_open_controls_are_scored_below_their_maximum_and_not_excepted() -> None:
    ignored = [update("Ignored", 1)]
    reviewed = [update("Reviewed", 1)]
    made = life(
        profiles(
            1,
            profile("A", 10.0, controlStateUpdates=ignored),
            profile("B", 4.0, controlStateUpdates=reviewed, userImpact="Moderate", rank=10),
            profile("C", 2.0),
            profile("D", None),
            profile("E", 5.0),
        ),
        scores(
            2,
            record(
                2,
                [
                    control("A", 0.0, 0.0),
                    control("B", 1.0, 25.0),
                    control("C", 2.0, 100.0),
                    control("D", 0.0, 0.0),
                    control("orphan", 1.0, 50.0),
                ],
                maxScore=12.0,
            ),
        ),
    )
    rows = {row["control_id"]: row for row in action_rows(tenant_scores(made, TENANT))}
    assert set(rows) == {"B", "orphan"}
    assert rows["B"]["gain_points"] == 3.0
    assert rows["B"]["gain_ratio"] == 0.25
    assert (rows["B"]["user_impact"], rows["B"]["rank"]) == ("moderate", 10)
    assert rows["orphan"]["user_impact"] == "unknown"


def test_dirty_words_are_normalised() -> None:
    words = ["low", "Low", "medium", "Moderate", "HIGH", "Unknown", None]
    found = [normalised(word) for word in words]
    assert found == ["low", "low", "moderate", "moderate", "high", "unknown", "unknown"]


def test_percentiles_give_ties_the_lowest_rank_and_nothing_below_five() -> None:
    five = {"a": 0.1, "b": 0.2, "c": 0.2, "d": 0.3, "e": 0.4}
    assert percentiles(five) == {"a": 0.0, "b": 0.25, "c": 0.25, "d": 0.75, "e": 1.0}
    assert set(percentiles({"a": 0.1, "b": 0.2}).values()) == {None}


def test_quality_names_gaps_sums_copies_duplicates_and_orphans() -> None:
    twice = [control("A", 1.0, 50.0), control("A", 2.0, 100.0)]
    made = life(
        profiles(1, profile("A", 2.0), profile("unused", 3.0)),
        scores(4, record(1, [control("A", 1.0, 50.0)], maxScore=2.0)),
        scores(
            5,
            record(1, [control("A", 2.0, 100.0)], maxScore=2.0),
            record(4, [*twice, control("orphan", 1.0, 100.0)], maxScore=9.0),
        ),
    )
    rows = quality_rows(tenant_scores(made, TENANT))
    assert [(row["kind"], row["day"], row["control_id"]) for row in rows] == [
        ("gap", day(2), None),
        ("gap", day(3), None),
        ("copies", day(1), None),
        ("duplicate", day(4), "A"),
        ("score_sum", day(4), None),
        ("max_sum", day(4), None),
        ("score_only", None, "orphan"),
        ("profile_only", None, "unused"),
    ]
