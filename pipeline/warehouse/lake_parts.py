"""Parts of the lake: how they are named, and their rows as DuckDB reads them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.lake.merged import is_held
from pipeline.lake.part_reading import rows_in_sql

LOG = "collection_log"


def day_of(part: str) -> date:
    """The extract date of a part, `extract_date=D/<run>-<part>`."""
    return date.fromisoformat(part.split("/")[0].removeprefix("extract_date="))


def run_of(part: str) -> str:
    """The run that wrote a part."""
    return part.split("/")[1].rpartition("-")[0]


def part_of(path: Path) -> str:
    """The part that a file of the log or of the configurations stands for."""
    return f"{path.parent.name}/{path.stem}"


def files_of(lake: Path, table: str, parts: Sequence[str]) -> list[Path]:
    """Where rows of a table were written to in these parts, `extract_date=D/<run>-<part>`.

    A part that was merged since keeps that path as its name; there are no rows in some parts.
    """
    root = lake.resolve()
    return [path for part in parts if is_held(path := root / table / f"{part}.parquet")]


def reading(files: Sequence[Path]) -> str:
    """The rows of the files as SQL, with the path that each was written to as `filename`."""
    return rows_in_sql(files)
