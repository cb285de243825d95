"""What dbt parses and compiles of the project: once for all homes of tests, kept between runs."""

import os
import shutil
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline.home import Home
from pipeline.warehouse import compiled, dbt
from tests.signs import SIGNS

# Below any signs, so that dbt copes with them as well.
SHARED = Home(Path(__file__).parents[1].joinpath(".pytest_cache", "d", *SIGNS, "statements"))
_compile, _parsed, _ensure_manifest = compiled._compile, dbt._parsed, dbt.ensure_manifest


def share() -> None:
    """From now on every home of this process takes the shared statements, and what dbt parsed."""
    compiled._compile = _taken
    dbt._parsed = _parsed_together
    dbt.ensure_manifest = _manifest_taken


def give(home: Home) -> None:
    """Give a home the statements that a command in a process of its own would have to make."""
    home.dbt_target.mkdir(parents=True, exist_ok=True)
    compiled.compiled_project(home)


def _parsed_together(home: Home) -> Any:
    """dbt itself goes on from its last parse in the same folder."""
    if os.environ.get("POSTURE_DBT_PROJECT_DIR"):
        return _parsed(home)
    SHARED.dbt_target.mkdir(parents=True, exist_ok=True)
    with FileLock(SHARED.root / ".parse.lock"):
        return _parsed(SHARED)


def _manifest_taken(home: Home) -> Path:
    give(home)
    return _ensure_manifest(home)


def _taken(home: Home, folder: Path) -> None:
    made = SHARED.dbt_target / folder.relative_to(home.dbt_target)
    SHARED.dbt_target.mkdir(parents=True, exist_ok=True)
    with FileLock(SHARED.root / ".lock"):
        if not (made / compiled.NODES).exists():
            _compile(SHARED, made)
    # As open or closed as if they were made here.
    folder.mkdir(parents=True, exist_ok=True)
    for path in made.iterdir():
        shutil.copyfile(path, folder / path.name)
    shutil.copyfile(SHARED.dbt_target / "manifest.json", home.dbt_target / "manifest.json")
