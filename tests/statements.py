"""What dbt compiles of the project, once for all the homes that tests make."""

import shutil
from pathlib import Path

from filelock import FileLock

from pipeline.home import Home
from pipeline.warehouse import compiled

_compile = compiled._compile
_folders: list[Path] = []


def share(folder: Path) -> None:
    """From now on every home of this process takes the statements that lie in the folder."""
    _folders[:] = [folder]
    compiled._compile = _taken


def give(home: Home) -> None:
    """The statements for a command in a process of its own."""
    compiled.compiled_project(home)


def _taken(home: Home, folder: Path) -> None:
    shared = Home(_folders[0])
    made = shared.dbt_target / folder.relative_to(home.dbt_target)
    with FileLock(_folders[0] / ".lock"):
        if not (made / compiled.NODES).exists():
            _compile(shared, made)
    shutil.copytree(made, folder, copy_function=shutil.copyfile)
    shutil.copy(shared.dbt_target / "manifest.json", home.dbt_target)
