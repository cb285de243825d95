"""The six rules for the maximum of a control, each on captures made by hand."""

from typing import Any

import pytest

from tests.oracle.hand import TENANT, control, day, life, profile, profiles, record, scores
from tests.oracle.scores import tenant_scores


def maximum(made: Any, number: int, name: str = "OneAdmin") -> tuple[float | None, str]:
    controls = tenant_scores(made, TENANT).controls[day(number)]
    row = next(c for c in controls if c.control_id == name).row()
    return row["max_points"], row["max_source"]


def test_rule_1_takes_the_valid_profile_that_agrees() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 10.0)),
        scores(3, record(2, [control("OneAdmin", 5.0, 50.0)])),
        profiles(3, profile("OneAdmin", 20.0)),
    )
    assert maximum(made, 2) == (10.0, "profile")


def test_rule_1_prefers_the_valid_profile_where_both_agree() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 10.0)),
        scores(3, record(2, [control("OneAdmin", 5.0, 50.0)])),
        profiles(3, profile("OneAdmin", 10.01)),
    )
    assert maximum(made, 2) == (10.0, "profile")


def test_rule_1_takes_the_first_later_profile_where_only_that_agrees() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 10.0)),
        scores(3, record(2, [control("OneAdmin", 4.0, 50.0)])),
        profiles(3, profile("OneAdmin", 8.0)),
        profiles(4, profile("OneAdmin", 10.0)),
    )
    assert maximum(made, 2) == (8.0, "first_profile")


def test_rule_1_does_not_look_beyond_the_first_later_profile() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 10.0)),
        profiles(3, profile("OneAdmin", 9.0)),
        profiles(4, profile("OneAdmin", 8.5)),
        scores(4, record(2, [control("OneAdmin", 4.25, 50.0)])),
    )
    assert maximum(made, 2) == (8.5, "derived")


@pytest.mark.parametrize(
    ("score", "percentage", "expected"),
    [(5.25, 75.0, 7.0), (7.83, 97.87, 8.0), (3.33, 44.4, 7.5), (1.0, 30.0, 3.33)],
)
def test_rule_1_derives_a_whole_number_where_it_agrees_else_cents(
    score: float, percentage: float, expected: float
) -> None:
    made = life(scores(1, record(1, [control("OneAdmin", score, percentage)])))
    assert maximum(made, 1) == (expected, "derived")


@pytest.mark.parametrize(("top", "source"), [(3.0, "profile"), (3.001, "derived")])
def test_rule_1_agrees_to_one_cent_and_no_further(top: float, source: str) -> None:
    made = life(
        profiles(1, profile("OneAdmin", top)),
        scores(1, record(1, [control("OneAdmin", 0.05, 2.0)])),
    )
    assert maximum(made, 1) == (3.0, source)


def test_rule_2_carries_the_nearest_earlier_value_over_a_later_one() -> None:
    made = life(
        scores(
            9,
            record(1, [control("OneAdmin", 2.0, 50.0)]),
            record(3, [control("OneAdmin", 0.0, 0.0)]),
            record(4, [control("OneAdmin", 3.0, 50.0)]),
        )
    )
    assert maximum(made, 3) == (4.0, "carried")


def test_rule_2_carries_the_nearest_later_value_where_no_earlier_one_exists() -> None:
    made = life(
        scores(
            9,
            record(3, [control("OneAdmin", 0.0, 0.0)]),
            record(4, [control("OneAdmin", 3.0, 50.0)]),
            record(5, [control("OneAdmin", 4.0, 50.0)]),
        )
    )
    assert maximum(made, 3) == (6.0, "carried")


def test_rule_2_does_not_carry_across_a_change_of_the_captured_maximum() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 9.0)),
        profiles(3, profile("OneAdmin", 5.0)),
        scores(
            9,
            record(2, [control("OneAdmin", 2.0, 50.0)]),
            record(4, [control("OneAdmin", 0.0, 0.0)]),
            record(6, [control("OneAdmin", 3.0, 50.0)]),
        ),
    )
    assert maximum(made, 4) == (6.0, "carried")


def test_rule_2_sees_a_change_that_was_taken_back_between() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 9.0)),
        profiles(3, profile("OneAdmin", 5.0)),
        profiles(4, profile("OneAdmin", 9.0)),
        scores(
            9,
            record(2, [control("OneAdmin", 2.0, 50.0)]),
            record(5, [control("OneAdmin", 0.0, 0.0)]),
        ),
    )
    assert maximum(made, 5) == (9.0, "profile")


def test_rule_2_counts_days_before_the_first_capture_as_the_first_captures() -> None:
    made = life(
        profiles(8, profile("OneAdmin", 9.0)),
        profiles(9, profile("OneAdmin", 9.0, title="Renamed")),
        scores(
            9,
            record(1, [control("OneAdmin", 2.0, 50.0)]),
            record(9, [control("OneAdmin", 0.0, 0.0)]),
        ),
    )
    assert maximum(made, 9) == (4.0, "carried")


def test_rule_3_takes_the_valid_profile_for_a_control_never_above_zero() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 9.0)),
        scores(2, record(2, [control("OneAdmin", 0.0, 0.0)])),
        profiles(3, profile("OneAdmin", 5.0)),
    )
    assert maximum(made, 2) == (9.0, "profile")


def test_rule_3_keeps_a_profile_that_vanished() -> None:
    made = life(
        profiles(1, profile("OneAdmin", 9.0)),
        profiles(2, profile("Other", 5.0)),
        scores(3, record(3, [control("OneAdmin", 0.0, 0.0)])),
    )
    assert maximum(made, 3) == (9.0, "profile")


def test_rule_4_takes_the_first_profile_captured_later() -> None:
    made = life(
        scores(1, record(1, [control("OneAdmin", 0.0, 0.0)])),
        profiles(2, profile("OneAdmin", 9.0)),
        profiles(3, profile("OneAdmin", 5.0)),
    )
    assert maximum(made, 1) == (9.0, "first_profile")


def test_rule_5_gives_the_only_unknown_what_the_reported_maximum_leaves() -> None:
    controls = [control("OneAdmin", 0.0, 0.0), control("RoleOverlap", 1.0, 100.0)]
    made = life(scores(1, record(1, controls, maxScore=4.5)))
    assert maximum(made, 1) == (3.5, "residual")


def test_rule_5_counts_in_cents_not_in_binary_fractions() -> None:
    known = [("A", 6.66), ("B", 8.0), ("C", 5.0), ("D", 5.0), ("E", 5.0), ("F", 2.0)]
    controls = [control(name, points, 100.0) for name, points in known]
    made = life(scores(1, record(1, [*controls, control("OneAdmin", 3.0, None)], maxScore=34.66)))
    assert maximum(made, 1) == (3.0, "residual")


@pytest.mark.parametrize("reported", [1.0, 0.5])
def test_rule_5_gives_nothing_where_nothing_positive_is_left(reported: float) -> None:
    controls = [control("OneAdmin", 0.0, 0.0), control("RoleOverlap", 1.0, 100.0)]
    made = life(scores(1, record(1, controls, maxScore=reported)))
    assert maximum(made, 1) == (None, "unknown")


def test_rule_5_gives_nothing_below_the_score() -> None:
    controls = [control("OneAdmin", 3.0, None), control("RoleOverlap", 1.0, 100.0)]
    made = life(scores(1, record(1, controls, maxScore=3.5)))
    assert maximum(made, 1) == (None, "unknown")


def test_rule_6_leaves_two_unknown_maxima_unknown() -> None:
    controls = [control("OneAdmin", 0.0, 0.0), control("RoleOverlap", 0.0, 0.0)]
    made = life(scores(1, record(1, controls, maxScore=4.5)))
    assert maximum(made, 1) == (None, "unknown")
    assert maximum(made, 1, "RoleOverlap") == (None, "unknown")


def test_without_a_percentage_only_profiles_speak() -> None:
    made = life(
        scores(
            2,
            record(1, [control("OneAdmin", 2.0, 50.0)]),
            record(2, [control("OneAdmin", 0.0, None)]),
        ),
        profiles(2, profile("OneAdmin", 9.0)),
    )
    assert maximum(made, 2) == (9.0, "profile")
