"""How the folders and files of the lake are named."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

_WELL_NAMED = re.compile(r"[0-9A-Za-z-]+-[0-9]{4}\.parquet")


def folder_name(day: date) -> str:
    """The folder of one extract date."""
    return f"extract_date={day.isoformat()}"


def part_name(run_id: str, part: int) -> str:
    """The file name of one part of a run; part 0 holds the run's configuration."""
    return f"{run_id}-{part:04d}.parquet"


def well_named(files: Iterable[Path]) -> list[Path]:
    """The files that have the name of a part."""
    return [path for path in files if _WELL_NAMED.fullmatch(path.name)]
