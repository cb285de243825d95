"""Whatever happens between two records, the rows that explain it sum to what moved."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.warehouse.compiled_models import CompiledModels
from tests.warehouse.random_scores import INPUTS, TENANT, History, histories

MODELS = [
    "fct_tenant_score_daily",
    "int_score_changes_to_rebuild",
    "int_score_days_paired",
    "int_controls_compared",
    "int_control_changes_explained",
    "int_control_changes_scoped",
    "int_control_changes_classified",
    "int_score_changes_attributed",
    "fct_score_change",
    "int_score_changes_across_gaps",
    "int_movement_parts_summed",
    "int_movement_scopes_compared",
    "int_movement_cohorts_compared",
    "mart_score_movement",
]
PARTS = ["earned", "regressed", "population", "exception", "licence", "microsoft", "unexplained"]
NEAR = 1e-9
Row = dict[str, Any]
NOTHING: Row = {"score_points": 0.0, "max_points": 0.0, "score_ratio": None}


@pytest.fixture(scope="module")
def models() -> CompiledModels:
    return CompiledModels(MODELS, INPUTS)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(history=histories())
def test_rows_and_parts_sum_to_the_change_in_every_scope(
    models: CompiledModels, history: History
) -> None:
    models.run(history.rows())
    scores = {
        (row["scope"], row["score_date"]): row for row in models.rows("core.fct_tenant_score_daily")
    }
    changes = models.rows("core.fct_score_change")
    movements = models.rows("marts.mart_score_movement")
    hold_sums_of_records(scores, sorted(history.totals), changes)
    hold_sums_of_periods(scores, movements)
    hold_form(changes)
    assert_no_negative_zero([*changes, *movements])


def hold_sums_of_records(
    scores: dict[tuple[str, date], Row], days: list[date], changes: list[Row]
) -> None:
    rows: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for row in changes:
        rows[row["scope"], row["score_date"]].append(row)
    for earlier, later in pairwise(days):
        for scope in {scope for scope, _ in scores}:
            before = scores.get((scope, earlier), NOTHING)
            after = scores.get((scope, later), NOTHING)
            found = rows.pop((scope, later), [])
            assert all(row["previous_date"] == earlier for row in found)
            assert_sums(before, after, found, "{}_delta")
    assert not rows


def hold_sums_of_periods(scores: dict[tuple[str, date], Row], movements: list[Row]) -> None:
    for row in movements:
        before = scores.get((row["scope"], row["start_date"]), NOTHING)
        after = scores.get((row["scope"], row["end_date"]), NOTHING)
        parts = [
            {
                f"{kind}_delta": row.get(f"{part}_{kind}", 0.0)
                for kind in ("points", "max_points", "ratio")
            }
            for part in PARTS
        ]
        assert_sums(before, after, parts, "{}_delta")
        assert_sums(before, after, [row], "{}_delta")
    reported = {(row["scope"], row["start_date"], row["end_date"]) for row in movements}
    assert len(reported) == len(movements)


def assert_sums(before: Row, after: Row, rows: Iterable[Row], name: str) -> None:
    """What is known at both ends is explained to the last bit that counts; else it is null."""
    for kind, column in (
        ("points", "score_points"),
        ("max_points", "max_points"),
        ("ratio", "score_ratio"),
    ):
        deltas = [row[name.format(kind)] for row in rows]
        if before[column] is not None and after[column] is not None:
            moved = after[column] - before[column]
            assert math.fsum(delta or 0.0 for delta in deltas) == pytest.approx(moved, abs=NEAR)
        elif kind == "ratio":
            assert all(delta is None for delta in deltas)


def hold_form(changes: list[Row]) -> None:
    keys = [
        tuple(row[k] for k in ("score_date", "scope", "control_id", "cause")) for row in changes
    ]
    assert len(set(keys)) == len(keys)
    for row in changes:
        assert row["tenant_id"] == TENANT
        if row["cause"] != "exception_changed":
            assert row["points_delta"] or row["max_points_delta"] != 0.0
            assert row["state_changed_at"] is None
        elif not row["points_delta"] and not row["max_points_delta"]:
            assert row["state_changed_at"] is not None
        assert (row["control_id"] == "(none)") == (row["cause"] == "unattributed")


def assert_no_negative_zero(rows: list[Row]) -> None:
    numbers = [value for row in rows for value in row.values() if isinstance(value, float)]
    assert all(value or math.copysign(1.0, value) > 0 for value in numbers)
