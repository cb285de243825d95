"""dbt inside this process, which saves the seconds that its command line takes to start."""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import PostureError
from pipeline.home import Home, dbt_project_dir
from pipeline.warehouse.dbt_errors import could_not_run, in_short, raise_if_stopped
from pipeline.warehouse.nodes import NodeResult

# A file of the dbt project, when it was changed and its size.
Source = tuple[Path, int, int]
_last_parse: list[tuple[tuple[Source, ...], Any]] = []


def invoke_dbt(
    home: Home,
    arguments: Sequence[str],
    *,
    warehouse: Path,
) -> list[NodeResult]:
    """Run one dbt command on `warehouse`; a result per node, in the order they ended.

    Raises PostureError with dbt's own first line when dbt could not run at all.
    """
    from dbt.cli.main import dbtRunner

    manifest = _parsed(home)
    with _environment(warehouse), _no_collection():
        outcome = dbtRunner(manifest).invoke([*arguments, *_folders(home)])
        _close_connections()
    raise_if_stopped(outcome)
    if outcome.exception is not None:
        raise could_not_run(outcome.exception, home.dbt_logs / "dbt.log")
    return [_node_result(result) for result in getattr(outcome.result, "results", None) or []]


def parse_project(home: Home) -> Path:
    """Parse the dbt project into the home; the path of its manifest.json."""
    manifest = home.dbt_target / "manifest.json"
    home.dbt_target.mkdir(parents=True, exist_ok=True)
    _parsed(home).write(str(manifest))
    return manifest


def ensure_manifest(home: Home) -> Path:
    """The manifest of the project as it is now; parses only where it is absent or older."""
    manifest = home.dbt_target / "manifest.json"
    if manifest.exists():
        parsed_at = manifest.stat().st_mtime_ns
        if all(modified_at <= parsed_at for _, modified_at, _ in _sources()):
            return manifest
    return parse_project(home)


def _parsed(home: Home) -> Any:
    """The project as dbt parses it, a copy for every caller; parsed once a process.

    dbt itself would read its parse again from the home's folder, and do it anew in another home.
    """
    sources = _sources()
    if _last_parse and _last_parse[0][0] == sources:
        return _last_parse[0][1].deepcopy()
    from dbt.cli.main import dbtRunner

    with _environment(home.warehouse_dir / "warehouse.next.duckdb"), _no_collection():
        outcome = dbtRunner().invoke(["parse", *_folders(home)])
        raise_if_stopped(outcome)
        if not outcome.success:
            # What the home keeps of an older project can be in the way: of a unit test that moved
            # to another file dbt says that there are two.
            outcome = dbtRunner().invoke(["parse", "--no-partial-parse", *_folders(home)])
        _close_connections()
    if not outcome.success:
        reason = in_short(outcome.exception)
        raise PostureError(f"{dbt_project_dir()}: the dbt project does not parse ({reason})")
    _last_parse[:] = [(sources, outcome.result)]
    return outcome.result.deepcopy()  # type: ignore[union-attr]


def _sources() -> tuple[Source, ...]:
    """Every file that decides what dbt parses."""
    project = dbt_project_dir()
    files = [project / "dbt_project.yml", project / "profiles.yml"]
    for folder in ("models", "macros", "seeds", "tests"):
        files += sorted(path for path in (project / folder).rglob("*") if path.is_file())
    states = ((path, path.stat()) for path in files)
    return tuple((path, state.st_mtime_ns, state.st_size) for path, state in states)


def _folders(home: Home) -> list[str]:
    project = str(dbt_project_dir())
    return [
        "--project-dir", project,
        "--profiles-dir", project,
        "--target-path", str(home.dbt_target.resolve()),
        "--log-path", str(home.dbt_logs.resolve()),
        "--log-level", "none",
        "--no-use-colors",
    ]  # fmt: skip


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        name=result.node.name,
        resource_type=str(result.node.resource_type),
        status=str(result.status),
        message=" ".join(str(result.message or "").split()),
        failures=result.failures,
        seconds=result.execution_time,
    )


@contextmanager
def _environment(warehouse: Path) -> Iterator[None]:
    """Tell the profile where the warehouse is, and keep dbt from asking anyone anything."""
    values = {"POSTURE_WAREHOUSE": str(warehouse.resolve()), "DO_NOT_TRACK": "1"}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare Python's search for cycles, a seventh of a build: dbt's manifest is large and stays."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _close_connections() -> None:
    """dbt-duckdb keeps its database open for the life of the process; the next step needs it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
