"""Lists of Microsoft's that the project carries with their sources, and that no rule derives."""

import csv
from pathlib import Path

from pipeline.home import dbt_project_dir


def seed(name: str) -> list[dict[str, str]]:
    with (Path(dbt_project_dir()) / "seeds" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))
