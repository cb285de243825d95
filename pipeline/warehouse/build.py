"""Lake to warehouse: one dbt build over the captures that no finished build has processed.

A build works on a copy of the warehouse that replaces the old one only when every model and every
error-level test went well. Killed or failed, it leaves the last good warehouse as it was, and the
next build starts from there.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import duckdb

from pipeline.errors import PostureError
from pipeline.home import Home, dbt_project_dir
from pipeline.lake.integrity import damage_lines, strays
from pipeline.lake.parts import Lake
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.dbt import NodeResult, invoke_dbt
from pipeline.warehouse.slices import Slice, pending_slices
from pipeline.warehouse.sources import create_source_views

NEXT_NAME = "warehouse.next.duckdb"
FAILED_NAME = "warehouse.failed.duckdb"
# So many of what failed are named in one line.
NAMED = 3
OPS = """
    create schema ops;
    create table ops.generation (generation varchar, models varchar, as_of timestamp);
    create table ops.changed_days (model varchar, tenant_id varchar, day date);
    create table ops.touched_months (
        model varchar, month varchar, version bigint, primary key (model, month)
    );
"""


@dataclass(frozen=True)
class BuildResult:
    """How a build ended: one entry in `nodes` a dbt node, the names of failed ones in `failed`.

    `damage` is one line a file of the lake that is not as its log says; what the feed says of
    that day is `bad_response` in the facts.
    """

    ok: bool
    nodes: Sequence[NodeResult]
    failed: Sequence[str] = field(default_factory=tuple)
    damage: Sequence[str] = field(default_factory=tuple)


def build(
    home: Home,
    *,
    full: bool = False,
    as_of: datetime | None = None,
    on_event: Callable[[NodeResult], None] | None = None,
) -> BuildResult:
    """Bring the warehouse up to the lake; with `full`, make it anew from the lake alone.

    With `as_of` (aware) it is made anew from only what was read by then, and the next build
    without it starts from the whole lake again. The caller holds `home.lock()`. A warehouse that
    other models made is made anew as well.
    Raises PostureError when the lake or the disk cannot be used, or holds nothing of that time; a
    model or test that fails is reported in the result, and the last good warehouse stays.
    """
    if not (home.lake / "collection_log").is_dir():
        raise PostureError(f"{home.lake}: nothing was collected yet; run `posture collect` first")
    next_path = home.warehouse_dir / NEXT_NAME
    try:
        lake_as_of = None if as_of is None else AsOf.of_lake(home.lake, as_of)
        goes_on = _start_copy(home, next_path, full=full, as_of=lake_as_of)
        lake = Lake(home.lake)
        slices = pending_slices(next_path, home.lake, lake_as_of)
        if slices is None:
            goes_on = _start_copy(home, next_path, full=True, as_of=None)
            slices = pending_slices(next_path, home.lake) or []
        damage = [f"{path}: no run wrote this; nobody reads it, remove it" for path in strays(lake)]
        nodes = _build_slices(
            home, next_path, slices, lake_as_of, on_event, damage, goes_on=goes_on
        )
        failed = [node.name for node in nodes if node.is_failure]
        if failed:
            _remove_database(home.warehouse_dir / FAILED_NAME)
            next_path.replace(home.warehouse_dir / FAILED_NAME)
            return BuildResult(ok=False, nodes=nodes, failed=failed, damage=damage)
        _remove_database(home.warehouse, only_wal=True)
        next_path.replace(home.warehouse)
        return BuildResult(ok=True, nodes=nodes, damage=damage)
    except (OSError, duckdb.Error) as error:
        line = str(error).splitlines()[0]
        raise PostureError(
            f"{home.warehouse_dir}: the build stopped ({line}); the last published snapshot stays. "
            "A damaged warehouse is made again by `posture build --full`; "
            "a damaged lake file must come from a backup"
        ) from error


def failure_message(result: BuildResult) -> str:
    """One line: which models or tests failed, with the first reason, and what stays."""
    failed = [node for node in result.nodes if node.is_failure]
    names = ", ".join(node.name for node in failed[:NAMED])
    more = f" and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    return (
        f"the warehouse was not built: {names}{more} failed ({failed[0].message}); "
        "the last snapshot stays published"
    )


def _start_copy(home: Home, next_path: Path, *, full: bool, as_of: AsOf | None) -> bool:
    """The file to build on, and whether it goes on with what the last build made.

    Rows that other models made, or from a part of the lake, stay out of it: they would not fit
    those that are made now. `ops.generation` tells publishing that month versions start anew. The
    models write the other two of `ops`: the days that the last build of each found different, and
    how often a month of it did.
    """
    home.warehouse_dir.mkdir(parents=True, exist_ok=True)
    _remove_database(next_path)
    models = models_fingerprint()
    if home.warehouse.exists() and not full and as_of is None:
        shutil.copyfile(home.warehouse, next_path)
        with duckdb.connect(str(next_path)) as connection:
            if _made_by(connection) == (models, None):
                return True
        _remove_database(next_path)
    with duckdb.connect(str(next_path)) as connection:
        connection.execute(OPS)
        moment = None if as_of is None else as_of.moment.replace(tzinfo=None)
        connection.execute(
            "insert into ops.generation values (?, ?, ?)", [uuid4().hex, models, moment]
        )
    return False


def models_fingerprint() -> str:
    """sha256 of what decides the facts: another one means that old and new rows do not mix."""
    project = dbt_project_dir()
    files = [project / "dbt_project.yml"]
    for folder in ("models", "macros", "seeds"):
        files += [path for kind in ("sql", "csv") for path in (project / folder).rglob(f"*.{kind}")]
    digest = sha256()
    for path in sorted(files):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _made_by(connection: duckdb.DuckDBPyConnection) -> tuple[object, ...] | None:
    """The models that made the warehouse, and up to when it knows the lake (None: all of it)."""
    try:
        return connection.execute("select models, as_of from ops.generation").fetchone()
    except duckdb.Error:
        return None


def _remove_database(path: Path, *, only_wal: bool = False) -> None:
    if not only_wal:
        path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _build_slices(
    home: Home,
    next_path: Path,
    slices: Sequence[Slice],
    as_of: AsOf | None,
    on_event: Callable[[NodeResult], None] | None,
    damage: list[str],
    *,
    goes_on: bool,
) -> list[NodeResult]:
    """Build slice after slice; only the last one runs the tests, over everything.

    What is damaged in the lake is added to `damage`, a line a file with those whom it concerns.
    Seeds and views stand from the first build of the same models: they are made once.
    """
    nodes: list[NodeResult] = []
    for number, slice_ in enumerate(slices, start=1):
        found = create_source_views(next_path, home.lake, slice_, as_of)
        damage += [line for line in damage_lines(found) if line not in damage]
        is_first, is_last = number == 1 and not goes_on, number == len(slices)
        skipped = ["--exclude-resource-type", "unit_test"]
        if not is_last:
            skipped += ["--exclude-resource-type", "test"]
        if not is_first:
            skipped += ["--exclude-resource-type", "seed", "--exclude", "config.materialized:view"]
        nodes = invoke_dbt(
            home,
            ["build", *skipped],
            warehouse=next_path,
            on_event=on_event if is_last else None,
        )
        if any(node.is_failure for node in nodes):
            break
    return nodes
