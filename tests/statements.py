"""What dbt parses and compiles of the project: once for all homes of tests, kept between runs."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline.home import Home
from pipeline.warehouse import compiled, dbt
from tests.signs import SIGNS

# Below any signs, so that dbt copes with them as well.
SHARED = Home(Path(__file__).parents[1].joinpath(".pytest_cache", "d", *SIGNS, "statements"))
# The relations and the manifest of a warehouse that did not exist before, beside the statements.
_RELATIONS, _MANIFEST = "first.duckdb", "first.json"
_compile, _make_relations = compiled._compile, compiled.make_relations
_parsed, _ensure_manifest = dbt._parsed, dbt.ensure_manifest


def share() -> None:
    """From now on every home of this process takes the shared statements, and what dbt parsed."""
    compiled._compile = _taken
    compiled.make_relations = _made_and_kept
    dbt._parsed = _parsed_together
    dbt.ensure_manifest = _manifest_taken


def give(home: Home) -> None:
    """Give a home the statements that a command in a process of its own would have to make."""
    home.dbt_target.mkdir(parents=True, exist_ok=True)
    compiled.compiled_project(home)


def first_models() -> Mapping[str, Mapping[str, Any]]:
    """Unique id -> model of dbt's manifest, its `compiled_code` that of a first build."""
    nodes = json.loads((_made(compiled.statements_name()) / _MANIFEST).read_bytes())["nodes"]
    return {key: node for key, node in nodes.items() if node["resource_type"] == "model"}


def copy_relations(warehouse: Path) -> None:
    """Make a file with every relation of the project, without a row but those of the seeds."""
    shutil.copyfile(_made(compiled.statements_name()) / _RELATIONS, warehouse)


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
    made = _made(folder.name)
    # As open or closed as if they were made here.
    folder.mkdir(parents=True, exist_ok=True)
    for name in (compiled.NODES, compiled.WAREHOUSE):
        shutil.copyfile(made / name, folder / name)
    shutil.copyfile(SHARED.dbt_target / "manifest.json", home.dbt_target / "manifest.json")


def _made(name: str) -> Path:
    made = SHARED.dbt_target / "statements" / name
    SHARED.dbt_target.mkdir(parents=True, exist_ok=True)
    with FileLock(SHARED.root / ".lock"):
        if not (made / _MANIFEST).exists():
            _compile(SHARED, made)
    return made


def _made_and_kept(home: Home, warehouse: Path) -> None:
    _make_relations(home, warehouse)
    shutil.copyfile(warehouse, warehouse.with_name(_RELATIONS))
    shutil.copyfile(home.dbt_target / "manifest.json", warehouse.with_name(_MANIFEST))
