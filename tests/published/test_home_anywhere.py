"""Where data lies says nothing: a folder named like a column is a folder."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline import open_published
from pipeline.home import Home
from tests.commands import posture
from tests.small_warehouse import Warehouse

ROOT = Path(__file__).parents[2]
FACT = "fct_control_score_daily"
# Each of them is a column of the facts, or could be one.
FOLDERS = ("env=prod", "tenant_id=tenant-3", "score_date=2026-01-01/control_id=x")
# What reads Parquet and takes folders for columns unless told not to, and how it is told.
READERS = r"(?:read_parquet|parquet_scan|read_table|ParquetDataset|dataset)\("
TOLD = ("hive_partitioning = false", "hive_partitioning=false", "partitioning=None")


def tenants(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    rows = connection.execute(
        f"select tenant_id, count(*), max(score_date)::varchar from core.{FACT} group by tenant_id"
    ).fetchall()
    return {tenant: (count, day) for tenant, count, day in rows}


def columns(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    return connection.execute(f"describe core.{FACT}").fetchall()


@pytest.mark.parametrize("folder", FOLDERS)
def test_readers_see_the_same_rows_below_a_folder_named_like_a_column(
    warehouse: Warehouse, tmp_path: Path, folder: str
) -> None:
    warehouse.publish()
    with open_published(warehouse.home) as connection:
        expected = tenants(connection), columns(connection)
    assert len(expected[0]) == 10
    there = Warehouse(Home(tmp_path / folder / "home"))
    shutil.copytree(warehouse.home.root, there.home.root)
    shutil.rmtree(there.home.published)
    there.publish()
    with open_published(there.home) as connection:
        assert (tenants(connection), columns(connection)) == expected
    database = there.home.published / "posture.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        assert (tenants(connection), columns(connection)) == expected
    query = f"select count(distinct tenant_id) as n from {FACT}"
    ended = posture("sql", query, "--format", "csv", "--home", there.home.root)
    assert (ended.code, ended.out.split()) == (0, ["n", "10"])


def test_no_reader_of_parquet_takes_folders_for_columns() -> None:
    untold = []
    for pattern in ("pipeline/**/*.py", "notebooks/*.py", "dbt_project/**/*.sql", "docs/*.md"):
        for path in ROOT.glob(pattern):
            text = path.read_text()
            for found in re.finditer(READERS, text):
                if not any(told in text[found.start() : found.start() + 200] for told in TOLD):
                    line = text.count("\n", 0, found.start()) + 1
                    untold.append(f"{path.relative_to(ROOT)}:{line}")
    assert untold == []
