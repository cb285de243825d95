"""Lake to warehouse: the captures that no finished build has processed, shard by shard of tenants.

A shard's slice is one transaction on its file, and what is made anew is made beside and takes its
place when all of it is there. Killed or failed, a build leaves shards that are whole, and the next
one goes on with those that are left; what readers see changes when the result is published.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.lake.integrity import strays
from pipeline.lake.parts import Lake
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.compiled import compiled_project, models_fingerprint
from pipeline.warehouse.execute import merged
from pipeline.warehouse.generation import Generation
from pipeline.warehouse.nodes import NodeResult
from pipeline.warehouse.portfolio import build_portfolio
from pipeline.warehouse.resources import Machine
from pipeline.warehouse.rounds import build_rounds
from pipeline.warehouse.slices import LakeParts, OwnedParts
from pipeline.warehouse.store import build_stamp, remove_database, shard_file, shard_files
from pipeline.warehouse.tasks import Plan, has_late_arrivals, known_to_all

# So many of what failed are named in one line.
NAMED = 3


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
    on_note: Callable[[str], None] | None = None,
) -> BuildResult:
    """Bring the warehouse up to the lake; with `full`, make it anew from the lake alone.

    With `as_of` (aware) it is made anew from only what was read by then, and the next build
    without it starts from the whole lake again. The caller holds `home.lock()`. A warehouse that
    other models made is made anew as well; one that is being made anew is gone on with.
    Raises PostureError when the lake or the disk cannot be used, or holds nothing of that time; a
    model or test that fails is reported in the result, and the last published snapshot stays.
    """
    if not (home.lake / "collection_log").is_dir():
        raise PostureError(f"{home.lake}: nothing was collected yet; run `posture collect` first")
    try:
        lake_as_of = None if as_of is None else AsOf.of_lake(home.lake, as_of)
        generation = Generation.of_home(
            home,
            models=models_fingerprint(),
            as_of=None if as_of is None else as_of.isoformat(),
            is_new=full,
        )
        return _build(home, generation, lake_as_of, on_event, on_note)
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


def finished_build(home: Home) -> str | None:
    """The build that stands; None where the lake has news for it, or models or lake are others."""
    generation = Generation.of_home(home, models=models_fingerprint(), as_of=None, is_new=False)
    return _standing(home, generation, LakeParts.of_lake(home.lake))


def _standing(home: Home, generation: Generation, parts: LakeParts) -> str | None:
    is_known = generation.is_complete and known_to_all(home, generation) >= parts.all
    return build_stamp(home) if is_known else None


def _build(
    home: Home,
    generation: Generation,
    as_of: AsOf | None,
    on_event: Callable[[NodeResult], None] | None,
    on_note: Callable[[str], None] | None,
) -> BuildResult:
    damage = [
        f"{path}: no run wrote this; nobody reads it, remove it" for path in strays(Lake(home.lake))
    ]
    parts = LakeParts.of_lake(home.lake, as_of)
    if _standing(home, generation, parts) is not None:
        return BuildResult(ok=True, nodes=(), damage=damage)
    owned = OwnedParts.of_lake(home.lake, parts)
    if has_late_arrivals(home, generation, owned):
        generation = generation.anew()
    generation.begin(home)
    machine = Machine.of_home(home)
    plan = Plan(home, compiled_project(home), generation, owned, as_of, machine)
    # What a killed build spilled is of no use to anybody.
    shutil.rmtree(machine.share.spill, ignore_errors=True)
    results, across = build_rounds(plan, on_event, on_note)
    for result in results:
        damage += [line for line in result.damage if line not in damage]
    nodes = merged([result.nodes for result in results]) + across
    if not any(node.is_failure for node in nodes):
        nodes += _finish(plan, on_event)
    failed = [node.name for node in nodes if node.is_failure]
    return BuildResult(ok=not failed, nodes=nodes, failed=failed, damage=damage)


def _finish(plan: Plan, on_event: Callable[[NodeResult], None] | None) -> list[NodeResult]:
    """Build what reads across shards, and let what was made anew take its place."""
    home, anew = plan.home, plan.anew()
    nodes, portfolio = build_portfolio(
        home,
        plan.project,
        [*plan.files().values()],
        plan.generation,
        plan.owned.parts.as_of_date,
        plan.machine.whole,
        on_event,
    )
    if any(node.is_failure for node in nodes):
        return nodes
    for number, path in anew.items():
        if path.exists():
            remove_database(shard_file(home, number))
            path.replace(shard_file(home, number))
    for path in set(shard_files(home)) - {shard_file(home, one) for one in anew}:
        remove_database(path)
    remove_database(home.warehouse)
    portfolio.replace(home.warehouse)
    plan.generation.complete(home)
    return nodes
