"""No value that Graph can send, in any column, stops a build or reaches a fact as a number."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built
from tests.warehouse.absurd_tenants import absurd_lake, absurdities, ordinary_lake


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root: Path = tmp_path_factory.mktemp("absurd")
    home = Home(root / "estate")
    absurd_lake(ordinary_lake(root / "ordinary"), home.lake)
    with home.lock():
        result = build(home)
    assert result.ok, [f"{node.name}: {node.message}" for node in result.nodes if node.is_failure]
    return home


def columns(connection: duckdb.DuckDBPyConnection, ending: str) -> list[tuple[str, str, str]]:
    return connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('core', 'marts') and column_name like ? escape '!'",
        [f"%!_{ending}"],
    ).fetchall()


def _least(table: str, column: str) -> int:
    """-1 for what moved, or for how far it is from another; else 0."""
    is_signed = table == "mart_score_movement" or any(
        word in column for word in ("change", "gap", "moved", "delta")
    )
    return -1 if is_signed else 0


def test_one_tenants_absurd_number_or_date_stops_nobody(home: Home) -> None:
    with open_built(home) as connection:
        built = connection.execute("select count(*) from core.dim_tenant").fetchone()
    assert built == (1 + len(list(absurdities())),)


def beyond(home: Home, ending: str, least: Callable[[str, str], float], most: float) -> str:
    """The columns of this ending that hold anything else, a line each."""
    with open_built(home) as connection:
        return "\n".join(
            f"{table}.{column}: {rows} rows, {lowest} to {highest}"
            for schema, table, column in columns(connection, ending)
            for rows, lowest, highest in connection.execute(
                f"select count(*), min({column}), max({column}) from {schema}.{table} "
                f"where not {column} between {least(table, column)} - 1e-9 and {most} + 1e-9"
            ).fetchall()
            if rows
        )


def test_no_ratio_of_any_model_is_below_0_or_above_1(home: Home) -> None:
    assert beyond(home, "ratio", _least, 1) == ""


@pytest.mark.parametrize(("ending", "bound"), [("points", 1e9), ("count", 1e10)])
def test_no_points_and_no_count_of_any_model_are_beyond_any_tenant(
    home: Home, ending: str, bound: float
) -> None:
    assert beyond(home, ending, lambda *_: -bound, bound) == ""


def test_the_calendar_has_the_years_of_the_scores_that_are_plausible(home: Home) -> None:
    with open_built(home) as connection:
        years = connection.execute("select distinct year_number from core.dim_date").fetchall()
    assert years == [(2026,)]
