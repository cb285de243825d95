"""docs/cookbook.md: every question has its answer, wherever its SQL is pasted."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from pipeline.cli import main
from pipeline.published.manifest import Manifest, read_manifest
from pipeline.published.reader import open_published, recipes
from tests.estate import Estate

PAGE = (Path(__file__).parents[2] / "docs" / "cookbook.md").read_text()
SECTION = re.compile(r"^### (\d+)\. (.+?)\n\n```sql\n(.+?)```\n\n(.+?)(?=\n##|\Z)", re.M | re.S)


class Recipe(NamedTuple):
    number: str
    question: str
    sql: str
    reading: str


RECIPES = [Recipe(*found) for found in SECTION.findall(PAGE)]


@pytest.fixture(scope="module")
def published(estate: Estate) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database as any DuckDB client opens it: no search path, read-only."""
    path = estate.home.published / "posture.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def manifest(estate: Estate) -> Manifest:
    found = read_manifest(estate.home.published)
    assert found is not None
    return found


def test_the_page_is_read_whole() -> None:
    assert len(RECIPES) == PAGE.count("```sql") == PAGE.count("\n### ") >= 20
    assert [int(recipe.number) for recipe in RECIPES] == list(range(1, len(RECIPES) + 1))
    assert all(len(recipe.reading.split()) >= 15 for recipe in RECIPES)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.number)
def test_every_question_has_an_answer(
    recipe: Recipe, published: duckdb.DuckDBPyConnection, estate: Estate
) -> None:
    answer = published.execute(recipe.sql)
    names = [column[0] for column in answer.description or ()]
    rows = answer.fetchall()
    assert rows
    assert len(set(names)) == len(names)
    assert len(set(rows)) == len(rows), "two rows that nobody can tell apart"
    with open_published(estate.home) as connection:
        assert connection.execute(recipe.sql).fetchall() == rows


def test_nothing_collected_is_no_rows_and_no_error(manifest: Manifest) -> None:
    with duckdb.connect() as empty:
        empty.execute("create schema core; create schema marts")
        for name, model in manifest.models.items():
            columns = ", ".join(f'"{column}" {kind}' for column, kind in model.columns.items())
            empty.execute(f"create table {model.schema}.{name} ({columns})")
        for statement in recipes(manifest):
            empty.execute(statement)
        for recipe in RECIPES:
            assert empty.execute(recipe.sql).fetchall() == [], recipe.question


def test_a_question_is_a_query_for_the_command(
    estate: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for recipe in (RECIPES[0], RECIPES[-1]):
        file = tmp_path / f"{recipe.number}.sql"
        file.write_text(recipe.sql)
        words = ["sql", "-f", str(file), "--home", str(estate.home.root), "--format", "csv"]
        assert main(words) == 0
        assert capsys.readouterr().out.count("\n") > 1


def test_the_parts_of_a_move_sum_to_it(published: duckdb.DuckDBPyConnection) -> None:
    parts = "earned + regressed + microsoft + exceptions + licences + people_came_or_went"
    off = published.execute(
        f"select tenant_name from ({RECIPES[1].sql}) "
        f"where abs({parts} + unexplained - (end_percent - start_percent)) > 0.05"
    ).fetchall()
    assert off == []


def test_who_gained_privilege_did_not_hold_it_before(
    published: duckdb.DuckDBPyConnection, estate: Estate
) -> None:
    held = (
        "select distinct snapshot_date, principal_id, role_template_id, tenant_id"
        " from core.fct_role_assignment_daily where is_privileged"
    )
    ends = {"first": "2026-06-02", "last": "2026-06-30"}
    first, last = (
        set(
            published.execute(
                f"select tenant_id, principal_id, role_template_id from ({held})"
                f" where snapshot_date = date '{day}'"
            ).fetchall()
        )
        for day in ends.values()
    )
    moves = published.execute(
        f"select what, count(*) from ({RECIPES[18].sql}) group by what order by what"
    ).fetchall()
    assert moves == [("gained", len(last - first)), ("lost", len(first - last))]
