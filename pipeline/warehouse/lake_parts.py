"""Parts of the lake as DuckDB reads them, and what of them the warehouse already holds."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline.lake.merged import is_held
from pipeline.lake.part_reading import rows_in_sql

LOG = "collection_log"


def open_warehouse(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A day is a UTC date, whatever the zone of the machine."""
    connection = duckdb.connect(str(warehouse))
    connection.execute("set TimeZone = 'UTC'")
    return connection


def files_of(lake: Path, table: str, parts: Sequence[str]) -> list[Path]:
    """Where rows of a table were written to in these parts, `extract_date=D/<run>-<part>`.

    A part that was merged since keeps that path as its name; there are no rows in some parts.
    """
    root = lake.resolve()
    return [path for part in parts if is_held(path := root / table / f"{part}.parquet")]


def reading(files: Sequence[Path]) -> str:
    """The rows of the files as SQL, with the path that each was written to as `filename`."""
    return rows_in_sql(files)


def is_built(connection: duckdb.DuckDBPyConnection, model: str) -> bool:
    """Whether the warehouse holds this intermediate model."""
    row = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'intermediate' and table_name = ?",
        [model],
    ).fetchone()
    return row is not None
