"""What dbt compiles of the project: once for all homes that tests make, and kept between runs."""

import shutil
from pathlib import Path

from filelock import FileLock

from pipeline.home import Home
from pipeline.warehouse import compiled

SHARED = Home(Path(__file__).parents[1] / ".pytest_cache" / "d" / "statements")
_compile = compiled._compile


def share() -> None:
    """From now on every home of this process takes the shared statements."""
    compiled._compile = _taken


def give(home: Home) -> None:
    """Give a home the statements that a command in a process of its own would have to make."""
    home.dbt_target.mkdir(parents=True, exist_ok=True)
    compiled.compiled_project(home)


def _taken(home: Home, folder: Path) -> None:
    made = SHARED.dbt_target / folder.relative_to(home.dbt_target)
    SHARED.dbt_target.mkdir(parents=True, exist_ok=True)
    with FileLock(SHARED.root / ".lock"):
        if not (made / compiled.NODES).exists():
            _compile(SHARED, made)
    shutil.copytree(made, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    shutil.copy(SHARED.dbt_target / "manifest.json", home.dbt_target)
