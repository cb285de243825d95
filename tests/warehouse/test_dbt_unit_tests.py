"""The business rules that stand beside the models as dbt unit tests, and the calendar."""

import calendar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import open_published
from pipeline.home import Home
from pipeline.published.publish import publish
from pipeline.warehouse.build import build
from pipeline.warehouse.dbt import invoke_dbt
from pipeline.warehouse.store import open_built
from tests.examples import unusable
from tests.quick_dbt import settled_relations
from tests.statements import copy_relations
from tests.warehouse.lake_writer import control, profile, record, tenant, write_run

DAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the smallest warehouse: dbt types the rows of a unit test by its relations."""
    home = Home(tmp_path_factory.mktemp("home"))
    answers = {
        "secure_scores": [record(tenant(1), DAY, [control("A", 5, 50)], maximum=10)],
        "secure_score_control_profiles": [profile(tenant(1), "A", 10)],
    }
    write_run(home.lake, DAY, {tenant(1): answers})
    result = build(home)
    assert result.ok, result.failed
    return home


def test_every_business_rule_holds(home: Home, tmp_path: Path) -> None:
    relations = tmp_path / "warehouse.duckdb"
    copy_relations(relations)
    with settled_relations():
        results = invoke_dbt(home, ["test", "--select", "test_type:unit"], warehouse=relations)
    failing = [f"{result.name}: {result.message}" for result in results if result.is_failure]
    assert results
    assert not failing, "\n".join(failing)


def test_every_example_question_runs_also_where_there_is_hardly_a_row(home: Home) -> None:
    publish(home, run_date=DAY, published_at=datetime(2026, 3, 10, 12, tzinfo=UTC))
    with open_published(home) as connection:
        assert unusable(connection) == []


def test_the_calendar_covers_whole_years_as_python_counts_them(home: Home) -> None:
    with open_built(home) as connection:
        rows = connection.execute("from core.dim_date order by calendar_date").fetchall()
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert rows == [
        (
            day,
            day.year,
            (day.month + 2) // 3,
            day.month,
            calendar.month_name[day.month],
            f"{day:%Y-%m}",
            day.isocalendar().week,
            day.day,
            day.isoweekday(),
            calendar.day_name[day.weekday()],
            day.isoweekday() > 5,
            (day + timedelta(days=1)).month != day.month,
        )
        for day in days
    ]
