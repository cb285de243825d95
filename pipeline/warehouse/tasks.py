"""What is to be built in which shard's file."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.home import Home
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.compiled import CompiledProject
from pipeline.warehouse.generation import Generation
from pipeline.warehouse.resources import Machine
from pipeline.warehouse.shard_build import ShardTask
from pipeline.warehouse.slices import OwnedParts, arrived_late
from pipeline.warehouse.store import (
    ShardState,
    remove_database,
    shard_file,
    shard_files,
    shard_state,
    stamp_generation,
)


@dataclass(frozen=True)
class Plan:
    """What is built of which lake, where, with what."""

    home: Home
    project: CompiledProject
    generation: Generation
    owned: OwnedParts
    as_of: AsOf | None
    machine: Machine

    def anew(self) -> dict[int, Path]:
        """By shard the file that is to take the place of its own, where there is one."""
        return {one: shard_file(self.home, one, is_next=True) for one in self.owned.shard_numbers}

    def files(self) -> dict[int, Path]:
        """By shard the file that holds what this build makes of it."""
        return {
            one: path if path.exists() else shard_file(self.home, one)
            for one, path in self.anew().items()
        }


def known_to_all(home: Home, generation: Generation) -> frozenset[str]:
    """The parts of the lake that every shard of the generation has seen."""
    seen = [state.parts_seen for _, state in _begun(home, generation)]
    return frozenset.intersection(*seen) if seen else frozenset()


def has_late_arrivals(home: Home, generation: Generation, owned: OwnedParts) -> bool:
    """Whether some shard is past the day of a capture that it has not seen.

    The histories grow only forwards, and what was configured on that day is of all shards: the
    warehouse must be made anew.
    """
    for path, state in _begun(home, generation):
        new = owned.of_shard(int(path.name[:4]), state.parts_seen)
        with duckdb.connect(str(path), read_only=True) as connection:
            if arrived_late(connection, home.lake, new):
                return True
    return False


def _begun(home: Home, generation: Generation) -> Iterator[tuple[Path, ShardState]]:
    """The files that hold anything of the generation."""
    for path in (*shard_files(home), *shard_files(home, are_next=True)):
        state = shard_state(path)
        if state is not None and state.generation == generation.id:
            yield path, state


def shard_tasks(plan: Plan) -> list[ShardTask]:
    """A task for every shard that has not seen all parts of the lake, or was never built."""
    tasks = []
    for shard in plan.owned.shard_numbers:
        path, state = _file_of(plan, shard)
        if not (state.is_built and state.parts_seen >= plan.owned.parts.all):
            tasks.append(_task(plan, shard, path, state, None))
    return tasks


def telling_tasks(plan: Plan, untold: Mapping[int, pa.Table]) -> list[ShardTask]:
    """A task for every shard that is built, and of which the portfolio says something else."""
    return [
        _task(plan, shard, *_file_of(plan, shard), inferred) for shard, inferred in untold.items()
    ]


def _task(
    plan: Plan, shard: int, path: Path, state: ShardState, inferred: pa.Table | None
) -> ShardTask:
    slices = plan.owned.slices(shard, state.parts_seen)
    # What is inferred may be of any day.
    is_large = len(slices) > 1 or inferred is not None
    resources = plan.machine.large_share if is_large else plan.machine.share
    return ShardTask(
        shard, path, plan.project, plan.home.lake, slices, plan.as_of, resources, inferred
    )


def _file_of(plan: Plan, shard: int) -> tuple[Path, ShardState]:
    """The file to work on: the shard's own, or one beside it that is to take its place."""
    home, generation = plan.home, plan.generation
    for is_next in (False, True):
        path = shard_file(home, shard, is_next=is_next)
        state = shard_state(path)
        if state is not None and state.generation == generation.id:
            return path, state
    remove_database(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(plan.project.empty_warehouse, path)
    return path, stamp_generation(path, generation)
