"""Builds what reads across tenants, once, over the facts of all shards."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from uuid import uuid4

import duckdb

from pipeline.home import Home
from pipeline.text import literal, quoted
from pipeline.warehouse.compiled import CompiledProject
from pipeline.warehouse.execute import run_nodes
from pipeline.warehouse.generation import Generation
from pipeline.warehouse.nodes import NodeResult
from pipeline.warehouse.resources import Resources
from pipeline.warehouse.shard_build import open_for_building
from pipeline.warehouse.store import attach_shards, remove_database, view_over_shards


def build_portfolio(
    home: Home,
    project: CompiledProject,
    files: Sequence[Path],
    generation: Generation,
    as_of_date: date | None,
    resources: Resources,
    on_event: Callable[[NodeResult], None] | None = None,
) -> tuple[list[NodeResult], Path]:
    """Build beside the warehouse from these files of shards; how it ended, and the new file."""
    next_path = home.warehouse_dir / "warehouse.next.duckdb"
    remove_database(next_path)
    connection = open_for_building(":memory:", resources)
    try:
        shards = attach_shards(connection, files)
        view_over_shards(connection, shards)
        connection.execute("create schema if not exists staging")
        connection.execute("create table staging.stg_graph__build_clock (as_of_date date)")
        connection.execute(
            f"insert into staging.stg_graph__build_clock values ({literal(as_of_date)})"
        )
        nodes = project.of_portfolio()
        results = run_nodes(connection, nodes, is_last=True, on_event=on_event)
        if not any(result.is_failure for result in results):
            _write(connection, next_path, project, shards, generation)
        return results, next_path
    finally:
        connection.close()


def _write(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    project: CompiledProject,
    shards: Sequence[str],
    generation: Generation,
) -> None:
    connection.execute(f"attach {quoted(str(path))} as portfolio")
    for schema in ("core", "marts", "ops"):
        connection.execute(f"create schema portfolio.{schema}")
    for node in project.of_portfolio():
        if node.is_kept and node.resource_type == "model":
            table = f"{node.schema}.{node.name}"
            connection.execute(f"create table portfolio.{table} as from warehouse.{table}")
    connection.execute(
        "create table portfolio.ops.generation as "
        f"select '{generation.id}' as generation, {literal(generation.as_of)}::varchar as as_of"
    )
    stamps = " union all ".join(
        f"select '{name}' as shard, stamp from {name}.ops.build" for name in shards
    )
    connection.execute(f"create table portfolio.ops.shards as {stamps}")
    connection.execute(f"create table portfolio.ops.build as select '{uuid4().hex}' as stamp")
    connection.execute("detach portfolio")
