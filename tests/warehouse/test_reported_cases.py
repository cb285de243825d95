"""What people reported of Secure Score in public, each on a tenant of its own, in one build."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from pipeline.home import Home
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built
from tests.warehouse.lake_writer import control, profile, record, tenant, write_run

TODAY = date(2026, 3, 16)
MARKED, UNMARKED, ABOVE, UNSAID, FALLING, LATER = (tenant(number) for number in range(1, 7))
DAYS = [TODAY - timedelta(days=back) for back in (3, 2, 1, 0)]


def unscored(tenant_id: str, *, marked: bool) -> dict[str, Any]:
    """A control of 10 points is listed, and neither sum of the record has it."""
    mark = {"NotScored": "true"} if marked else {}
    controls = [
        control("Admin", 6, 60),
        control("Legacy", 3.5, 50),
        control("Unscored", 0, 0, controlCategory="Device", **mark),
    ]
    return {
        "secure_scores": [record(tenant_id, day, controls, maximum=17) for day in DAYS],
        "secure_score_control_profiles": [
            profile(tenant_id, "Admin", 10),
            profile(tenant_id, "Legacy", 7),
            profile(tenant_id, "Unscored", 10),
        ],
    }


def above(tenant_id: str) -> dict[str, Any]:
    """The newest record has more points than there are."""
    controls = [control("Admin", 6, 60), control("Legacy", 4, 50)]
    records = [record(tenant_id, day, controls, maximum=27) for day in DAYS[:-1]]
    return {
        "secure_scores": [*records, record(tenant_id, TODAY, controls, maximum=27, score=29.5)],
        "secure_score_control_profiles": [
            profile(tenant_id, "Admin", 10),
            profile(tenant_id, "Legacy", 8),
        ],
    }


def falling(tenant_id: str, ratios: list[int]) -> dict[str, Any]:
    """The score of each day in percent."""
    days = [TODAY - timedelta(days=back) for back in range(len(ratios) - 1, -1, -1)]
    return {
        "secure_scores": [
            record(tenant_id, day, [control("Admin", points, points)], maximum=100)
            for day, points in zip(days, ratios, strict=True)
        ],
        "secure_score_control_profiles": [profile(tenant_id, "Admin", 100)],
    }


def unsaid(tenant_id: str) -> dict[str, Any]:
    """Of ten people five are registered, two are not, and three are not spoken of."""
    counts = [
        {"userType": "member", "isMfaRegistered": flag, "count": count}
        for flag, count in ((True, 5), (False, 2), (None, 3))
    ]
    return above(tenant_id) | {
        "secure_scores": [
            record(tenant_id, TODAY, [control("Admin", 6, 60)], maximum=10),
        ],
        "user_registration_details": {"user_registration_counts": counts},
    }


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("home"))
    answers = {
        MARKED: unscored(MARKED, marked=True),
        UNMARKED: unscored(UNMARKED, marked=False),
        ABOVE: above(ABOVE),
        UNSAID: unsaid(UNSAID),
        FALLING: falling(FALLING, [50, 47, 50, 44]),
        LATER: falling(LATER, [50, 47, 44]),
    }
    write_run(home.lake, TODAY, answers)
    result = build(home)
    assert result.ok, result.failed
    with open_built(home) as opened:
        opened.execute("set search_path = 'core,marts,intermediate'")
        yield opened


def rows(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[Any]:
    return connection.execute(query, [*values]).fetchall()


@pytest.mark.parametrize("one", [MARKED, UNMARKED])
def test_a_control_that_is_not_scored_promises_nobody_a_point(
    connection: duckdb.DuckDBPyConnection, one: str
) -> None:
    for model in ("mart_recommended_actions", "mart_roadmap"):
        found = rows(connection, f"select control_id from {model} where tenant_id = ?", one)
        assert {name for (name,) in found} == {"Admin", "Legacy"}, model
    assert (
        rows(
            connection,
            "select distinct scope from fct_tenant_score_daily "
            "where tenant_id = ? and scope = 'category:Device'",
            one,
        )
        == []
    )
    assert rows(
        connection,
        "select distinct unattributed_max_points, control_count from fct_tenant_score_daily "
        "where tenant_id = ? and scope = 'overall'",
        one,
    ) == [(0.0, 2)]
    [(achievable, reached)] = rows(
        connection,
        "select achievable_ratio, (select max(ratio_after) from mart_roadmap where tenant_id = ?) "
        "from fct_identity_posture_daily where tenant_id = ? and snapshot_date = ?",
        one,
        one,
        TODAY,
    )
    assert (achievable, reached) == (1.0, 1.0)


def test_more_points_than_there_are_is_no_fact_and_the_day_before_stands(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    [(day, ratio, change)] = rows(
        connection,
        "select score_date, score_ratio, zone from mart_posture_overview where tenant_id = ?",
        ABOVE,
    )
    assert (day, round(ratio, 6), change) == (DAYS[-2], round(10 / 27, 6), "bad")
    assert rows(
        connection,
        "select subject, finding_count from mart_data_quality "
        "where tenant_id = ? and finding = 'quarantined_rows'",
        ABOVE,
    ) == [("currentScore above maxScore", 1)]
    assert rows(connection, "from mart_alerts where tenant_id = ?", ABOVE) == []


def test_people_of_whom_the_report_does_not_speak_are_in_neither_side_of_the_ratio(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    [found] = rows(
        connection,
        "select mfa_registered_count, mfa_registered_unknown_count, mfa_registered_ratio "
        "from fct_identity_posture_daily where tenant_id = ? and snapshot_date = ?",
        UNSAID,
        TODAY,
    )
    assert found == (5, 3, pytest.approx(5 / 7))
    assert rows(
        connection,
        "select finding_count from mart_data_quality "
        "where tenant_id = ? and finding = 'registration_unknown'",
        UNSAID,
    ) == [(3,)]


def test_a_fall_that_was_made_good_does_not_come_back_with_the_next_one(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    falls = (
        "select subject_id, first_seen_date, last_seen_date, is_open from mart_alerts "
        "where tenant_id = ? and alert_kind = 'score_dropped' order by first_seen_date"
    )
    assert rows(connection, falls, FALLING) == [
        (DAYS[1].isoformat(), DAYS[1], DAYS[1], False),
        (DAYS[3].isoformat(), DAYS[3], DAYS[3], True),
    ]
    # One that falls further before it is back has fallen twice.
    assert rows(connection, falls, LATER) == [
        (DAYS[2].isoformat(), DAYS[2], DAYS[3], True),
        (DAYS[3].isoformat(), DAYS[3], DAYS[3], True),
    ]
