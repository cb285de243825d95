"""The comparison itself: it must see every kind of difference."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from tests.oracle.compare import differences

EXPECTED = pd.DataFrame(
    [
        {"id": "a", "day": date(2026, 3, 1), "points": 1.5, "known": True, "at": None},
        {
            "id": "b",
            "day": date(2026, 3, 1),
            "points": None,
            "known": False,
            "at": datetime(2026, 3, 1, 6, tzinfo=UTC),
        },
    ]
)


def found(**changes: object) -> list[str]:
    actual = EXPECTED.astype(object)
    for column, value in changes.items():
        actual.at[1, column] = value
    return differences(EXPECTED, actual, key=["id", "day"])


def test_equal_values_in_another_spelling_agree() -> None:
    actual = pd.DataFrame(
        [
            {
                "id": "b",
                "day": pd.Timestamp("2026-03-01"),
                "points": float("nan"),
                "known": False,
                "at": pd.Timestamp("2026-03-01T06:00:00"),
            },
            {
                "id": "a",
                "day": pd.Timestamp("2026-03-01"),
                "points": Decimal("1.5000000001"),
                "known": True,
                "at": pd.NaT,
            },
        ]
    )
    assert differences(EXPECTED, actual, key=["id", "day"]) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("points", 0.0), ("known", None), ("known", True), ("at", None), ("at", datetime(2026, 3, 1))],
)
def test_a_changed_value_is_one_difference(column: str, value: object) -> None:
    assert len(found(**{column: value})) == 1


def test_a_number_off_by_more_than_the_tolerance_differs() -> None:
    actual = EXPECTED.assign(points=[1.50001, None])
    assert differences(EXPECTED, actual, key=["id"])[0].startswith("a: points is 1.50001")


def test_missing_superfluous_and_double_rows_are_differences() -> None:
    twice = pd.concat([EXPECTED, EXPECTED.iloc[:1]])
    other = EXPECTED.assign(id=["a", "c"])
    assert differences(EXPECTED, twice, key=["id"]) == ["published twice a"]
    assert differences(EXPECTED, other, key=["id"]) == ["missing b", "too many c"]


def test_a_missing_column_is_a_difference() -> None:
    assert differences(EXPECTED, EXPECTED.drop(columns="at"), key=["id"]) == ["no column at"]
