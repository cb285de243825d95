"""Builds one shard of tenants, slice after slice, each committed on its own.

All that a slice changes is one transaction on the shard's file: killed or failed, the file stays
as the slice before left it, and the cost follows what the slice changes, not what the file holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from pipeline.lake.integrity import damage_lines
from pipeline.text import literal, quoted
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.compiled import CompiledProject
from pipeline.warehouse.execute import run_nodes
from pipeline.warehouse.nodes import Node, NodeResult
from pipeline.warehouse.resources import Resources
from pipeline.warehouse.slices import Slice
from pipeline.warehouse.sources import create_source_views
from pipeline.warehouse.store import settle, spill_of


@dataclass(frozen=True)
class ShardTask:
    """What is to be built into `file`, which starts as a copy of the empty warehouse if absent.

    `inferred`, if given, is what the portfolio now says of its tenants' changes.
    """

    shard: int
    file: Path
    project: CompiledProject
    lake: Path
    slices: Sequence[Slice]
    as_of: AsOf | None
    resources: Resources
    inferred: pa.Table | None = None


@dataclass(frozen=True)
class ShardResult:
    """How it ended: the nodes of the last slice, and a line for what is damaged in the lake.

    `has_spilled`: not all fitted the memory that it had.
    """

    shard: int
    nodes: Sequence[NodeResult]
    damage: Sequence[str] = field(default_factory=tuple)
    has_spilled: bool = False

    @property
    def ok(self) -> bool:
        return not any(node.is_failure for node in self.nodes)

    def after(self, first: "ShardResult") -> "ShardResult":
        """The second time, with what only the first one read of the lake."""
        return replace(self, damage=first.damage)


def build_shard(
    task: ShardTask, on_event: Callable[[NodeResult], None] | None = None
) -> ShardResult:
    """Consume the slices; only the last one runs the tests, over everything.

    Raises duckdb.Error and OSError where the lake or the disk cannot be used.
    """
    damage: list[str] = []
    nodes: list[NodeResult] = []
    models = task.project.of_shards()
    connection = open_for_building(task.file, task.resources)
    try:
        for number, slice_ in enumerate(task.slices, start=1):
            is_last = number == len(task.slices)
            connection.begin()
            found = create_source_views(connection, task.lake, slice_, task.as_of)
            _tell(connection, task.inferred)
            damage += [line for line in damage_lines(found) if line not in damage]
            nodes = run_nodes(
                connection, models, is_last=is_last, on_event=on_event if is_last else None
            )
            if any(node.is_failure for node in nodes):
                connection.rollback()
                break
            _drop_passing(connection, models)
            _note_build(connection, slice_)
            connection.commit()
        # DuckDB makes the folder when it first spills, and removes it with the connection.
        has_spilled = spill_of(task.resources, task.file.stem).exists()
    finally:
        connection.close()
    return ShardResult(task.shard, nodes, damage, has_spilled)


def open_for_building(path: Path | str, resources: Resources) -> duckdb.DuckDBPyConnection:
    """A connection whose database `warehouse` is the file, as the compiled statements say."""
    connection = duckdb.connect()
    settle(connection, resources, Path(path).stem)
    connection.execute(f"attach {quoted(str(path))} as warehouse; use warehouse")
    return connection


def _tell(connection: duckdb.DuckDBPyConnection, inferred: pa.Table | None) -> None:
    if inferred is not None:
        connection.execute("delete from lake.inferred_changes")
        connection.register("told", inferred)
        connection.execute("insert into lake.inferred_changes select * from told")
        connection.unregister("told")


def _drop_passing(connection: duckdb.DuckDBPyConnection, models: Sequence[Node]) -> None:
    """What is only on the way to what is kept is made anew by every slice."""
    for node in models:
        if node.resource_type == "model" and not node.is_kept:
            connection.execute(f"drop table if exists {node.schema}.{node.name}")


def _note_build(connection: duckdb.DuckDBPyConnection, slice_: Slice) -> None:
    connection.execute("delete from ops.build")
    connection.execute(f"insert into ops.build values ('{uuid4().hex}')")
    if slice_.seen_parts:
        seen = literal(slice_.seen_parts)
        connection.execute(f"insert into ops.parts_seen select unnest({seen})")
