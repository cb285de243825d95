"""Parts of the lake as DuckDB reads them, and what of them the warehouse already holds."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.text import one_file, quoted

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
    """The files of a table in these parts, `extract_date=D/<run>-<part>`; it has none in some."""
    paths = (lake / table / f"{part}.parquet" for part in parts)
    return [path.resolve() for path in paths if path.exists()]


def reading(files: Sequence[Path]) -> str:
    """The rows of the files as SQL, with the file that each came from."""
    listed = ", ".join(quoted(one_file(path)) for path in files)
    return f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false, filename=true)"
