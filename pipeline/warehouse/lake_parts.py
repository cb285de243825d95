"""Parts of the lake as DuckDB reads them, and what of them the warehouse already holds."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline.text import one_file, quoted

LOG = "collection_log"


def open_warehouse(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A day is a UTC date, whatever the zone of the machine."""
    connection = duckdb.connect(str(warehouse))
    connection.execute("set TimeZone = 'UTC'")
    return connection


def files_of(lake: Path, table: str, parts: Sequence[str]) -> list[Path]:
    """The files of a table in these parts, `extract_date=D/<run>-<part>`; it has none in some."""
    paths = (lake / table / f"{part}.parquet" for part in parts)
    return [path.resolve() for path in paths if path.exists()]


def reading(files: Sequence[Path]) -> str:
    """The rows of the files as SQL, with the file that each came from."""
    listed = ", ".join(quoted(one_file(path)) for path in files)
    return f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false, filename=true)"


def is_built(connection: duckdb.DuckDBPyConnection, model: str) -> bool:
    """Whether the warehouse holds this intermediate model."""
    row = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'intermediate' and table_name = ?",
        [model],
    ).fetchone()
    return row is not None
