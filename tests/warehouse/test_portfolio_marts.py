"""A portfolio that changes: tenants join, leave, miss days and change their segment."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from pipeline.home import Home
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built
from tests.warehouse.lake_writer import Records, control, record, tenant, write_run

LAST = date(2026, 3, 31)
STEADY = {tenant(number): float(number) for number in range(1, 6)}
MISSING, MOVING, LEAVING, JOINING, MUTE = (tenant(number) for number in range(6, 11))
SCORES = STEADY | {MISSING: 9.0, MOVING: 8.0, LEAVING: 0.5, JOINING: 9.5}
MISSED = LAST - timedelta(days=5)
MOVED = LAST - timedelta(days=12)
LEFT = LAST - timedelta(days=14)
JOINED = LAST - timedelta(days=20)
FIRST = LAST - timedelta(days=39)


def days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def records(tenant_id: str, first: date, last: date) -> dict[str, Records]:
    """The same score every day: only who is there can move a mean."""
    score = SCORES[tenant_id]
    return {
        "secure_scores": [
            record(tenant_id, day, [control("A", score, score * 10)], maximum=10)
            for day in days(first, last)
            if not (tenant_id == MISSING and day == MISSED)
        ]
    }


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("home"))
    stayed = [*STEADY, MISSING, MOVING]
    before, after = MOVED - timedelta(days=1), {MOVING: "regulated"}
    write_run(
        home.lake,
        LEFT,
        {
            **{one: records(one, FIRST, LEFT) for one in stayed},
            LEAVING: records(LEAVING, FIRST, LEFT),
        },
    )
    write_run(home.lake, before, {one: records(one, LEFT, before) for one in stayed})
    write_run(home.lake, MOVED, {one: records(one, MOVED, MOVED) for one in stayed}, segments=after)
    now = {one: records(one, MOVED, LAST) for one in stayed} | {
        JOINING: records(JOINING, JOINED, LAST)
    }
    write_run(home.lake, LAST, now, segments=after, configured=[*now, MUTE], names={MUTE: "Mute"})
    result = build(home)
    assert result.ok, result.failed
    with open_built(home) as connection:
        connection.execute("set search_path = 'core,marts'")
        yield connection


def line(connection: duckdb.DuckDBPyConnection, column: str, group: str = "all") -> dict[date, Any]:
    rows = connection.execute(
        f"select trend_date, {column} from mart_portfolio_trend where group_name = ? order by 1",
        [group],
    ).fetchall()
    return {day: value for day, value in rows if value is not None}


def test_gotcha_27_the_plain_mean_moves_with_the_members_and_the_cohort_does_not(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    raw = line(connection, "average_ratio")
    assert len(raw) == 40
    for change in (JOINED, LEFT + timedelta(days=1), MISSED):
        assert abs(raw[change] - raw[change - timedelta(days=1)]) > 0.02
    cohort = line(connection, "cohort_30d_ratio")
    members = [*STEADY, MISSING, MOVING]
    mean = sum(SCORES[one] / 10 for one in members) / len(members)
    assert list(cohort) == list(days(LAST - timedelta(days=30), LAST))
    assert {round(ratio, 9) for ratio in cohort.values()} == {round(mean, 9)}
    assert set(line(connection, "cohort_30d_tenant_count").values()) == {len(members)}
    # For who missed a day its last record stands in, and is told.
    carried = line(connection, "cohort_30d_carried_tenant_count")
    assert {day: count for day, count in carried.items() if count} == {MISSED: 1}
    assert line(connection, "cohort_90d_ratio") == {}


def test_who_comes_and_goes_is_told_and_a_missed_day_is_neither(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    joined = line(connection, "joined_tenant_count")
    left = line(connection, "left_tenant_count")
    assert {day: count for day, count in joined.items() if count} == {FIRST: 8, JOINED: 1}
    assert {day: count for day, count in left.items() if count} == {LEFT + timedelta(days=1): 1}
    assert line(connection, "tenant_count")[MISSED] == 7


def test_a_tenant_that_changes_its_segment_tears_no_cohort(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    raw = line(connection, "average_ratio", "mid_size")
    assert raw[MOVED] < raw[MOVED - timedelta(days=1)] - 0.02
    assert list(line(connection, "average_ratio", "regulated")) == list(days(MOVED, LAST))
    regulated = line(connection, "cohort_30d_ratio", "regulated")
    assert list(regulated) == list(days(LAST - timedelta(days=30), LAST))
    assert set(regulated.values()) == {0.8}
    cohort = line(connection, "cohort_30d_ratio", "mid_size")
    assert len({round(ratio, 9) for ratio in cohort.values()}) == 1
    assert line(connection, "joined_tenant_count", "regulated")[MOVED] == 1


def test_tenants_are_compared_with_those_that_can_be(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = connection.execute(
        "select tenant_id, comparison_status, portfolio_rank, portfolio_percentile_ratio, "
        "segment_tenant_count, segment_percentile_ratio from mart_tenant_comparison"
    ).fetchall()
    found = {tenant_id: row for tenant_id, *row in rows}
    active = sorted((one for one in SCORES if one != LEAVING), key=SCORES.__getitem__)
    for below, one in enumerate(active):
        assert found[one][:3] == ["compared", len(active) - below, below / 7], one
    assert LEAVING not in found
    assert found[MOVING][3:] == [1, None]
    assert found[JOINING][3:] == [7, 1.0]
    assert MUTE not in found


def test_data_quality_names_who_left_and_who_was_never_read(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = connection.execute(
        "select finding, tenant_name, first_date, severity from mart_data_quality "
        "where finding in ('never_collected', 'no_longer_configured', 'frozen_score') "
        "and tenant_id in (?, ?) order by finding",
        [LEAVING, MUTE],
    ).fetchall()
    assert rows == [
        ("frozen_score", LEAVING, FIRST, "note"),
        ("never_collected", "Mute", LAST, "warning"),
        ("no_longer_configured", LEAVING, LEFT + timedelta(days=1), "note"),
    ]
