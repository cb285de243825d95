"""What is to be built in which shard's file."""

import shutil
from pathlib import Path

import duckdb

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


def known_to_all(home: Home, generation: Generation) -> frozenset[str]:
    """The parts of the lake that every shard of the generation has seen."""
    states = [
        shard_state(path)
        for is_next in (False, True)
        for path in shard_files(home, are_next=is_next)
    ]
    seen = [one.parts_seen for one in states if one and one.generation == generation.id]
    return frozenset.intersection(*seen) if seen else frozenset()


def shard_tasks(
    home: Home,
    project: CompiledProject,
    generation: Generation,
    owned: OwnedParts,
    as_of: AsOf | None,
    machine: Machine,
) -> list[ShardTask]:
    """A task for every shard that has not seen all parts of the lake."""
    tasks = []
    for shard in owned.shard_numbers:
        path, state = _file_of(home, project, generation, owned, shard)
        if not state.parts_seen >= owned.parts.all:
            slices = owned.slices(shard, state.parts_seen)
            resources = machine.large_share if len(slices) > 1 else machine.share
            tasks.append(ShardTask(shard, path, project, home.lake, slices, as_of, resources))
    return tasks


def _file_of(
    home: Home, project: CompiledProject, generation: Generation, owned: OwnedParts, shard: int
) -> tuple[Path, ShardState]:
    """The file to work on: the shard's own, or one beside it that is to take its place."""
    path = shard_file(home, shard)
    state = shard_state(path)
    if state is not None and state.generation == generation.id:
        new = owned.of_shard(shard, state.parts_seen)
        with duckdb.connect(str(path), read_only=True) as connection:
            is_late = arrived_late(connection, home.lake, new)
        if not is_late:
            return path, state
    path = shard_file(home, shard, is_next=True)
    state = shard_state(path)
    if state is None or state.generation != generation.id:
        remove_database(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.empty_warehouse, path)
        state = stamp_generation(path, generation)
    return path, state
