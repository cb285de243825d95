"""What the portfolio says of changes that no tenant can explain alone, told to its shards.

A shard keeps what it was told last (`lake.inferred_changes`) and builds from that. When all shards
are built it is worked out anew over what they observed, which nothing that they are told can
change; where it differs, the shard is built a second time. So every build, also one that goes on
after a kill, ends with what one build from the whole lake would say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.warehouse.compiled import CompiledProject
from pipeline.warehouse.execute import run_nodes
from pipeline.warehouse.nodes import NodeResult
from pipeline.warehouse.resources import Resources
from pipeline.warehouse.shard_build import open_for_building
from pipeline.warehouse.store import attach_shards, view_over_shards

_INFERRED = "intermediate.int_set_changes_inferred"
_OBSERVED = "intermediate.int_set_changes_observed"
# What it is inferred from; a view on every table there is would take most of the time.
_READ = {"int_set_changes_observed", "fct_tenant_score_daily"}
_COLUMNS = "tenant_id, score_date, control_id, kind, tenant_count"


@dataclass(frozen=True)
class Inference:
    """How it ended, and by shard what those are to be told that were told something else."""

    nodes: list[NodeResult]
    untold: Mapping[int, pa.Table] = field(default_factory=dict)


def infer(project: CompiledProject, files: Mapping[int, Path], resources: Resources) -> Inference:
    """Ask all shards, whose files are these, what they observed."""
    connection = open_for_building(":memory:", resources)
    try:
        shards = dict(zip(files, attach_shards(connection, [*files.values()]), strict=True))
        view_over_shards(connection, [*shards.values()], only=_READ)
        connection.execute("create schema if not exists intermediate")
        nodes = run_nodes(connection, project.of_inference(), is_last=True)
        if any(node.is_failure for node in nodes):
            return Inference(nodes)
        return Inference(
            nodes,
            {
                number: connection.execute(_concerning(shard)).to_arrow_table()
                for number, shard in shards.items()
                if _was_told_otherwise(connection, shard)
            },
        )
    finally:
        connection.close()


def _concerning(shard: str) -> str:
    return (
        f"select {_COLUMNS} from warehouse.{_INFERRED} "
        f"semi join {shard}.{_OBSERVED} using (tenant_id, score_date, control_id, kind)"
    )


def _was_told_otherwise(connection: duckdb.DuckDBPyConnection, shard: str) -> bool:
    told = f"select {_COLUMNS} from {shard}.lake.inferred_changes"
    due = _concerning(shard)
    differing = f"(({told}) except ({due})) union all (({due}) except ({told}))"
    return connection.execute(f"{differing} limit 1").fetchone() is not None
