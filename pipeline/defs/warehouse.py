"""The public dbt models as assets, and their tests as checks."""

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

import dagster as dg
from dagster_dbt import dbt_assets

from pipeline.defs.partitions import daily, day_by_day
from pipeline.defs.resources import PostureHome, current_observer
from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.warehouse.build import BuildResult, build, failure_message
from pipeline.warehouse.dbt import ensure_manifest
from pipeline.warehouse.manifest import manifest_of_assets
from pipeline.warehouse.nodes import NodeResult
from pipeline.warehouse.store import open_built

UNIQUE_ID = "dagster_dbt/unique_id"


def warehouse_assets(home: Home) -> dg.AssetsDefinition:
    """Every public model of the dbt manifest, built by one step in the order that dbt gave them."""

    @dbt_assets(
        manifest=manifest_of_assets(ensure_manifest(home)),
        name="warehouse",
        partitions_def=daily,
        backfill_policy=day_by_day,
    )
    def warehouse(
        context: dg.AssetExecutionContext, posture: PostureHome
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        observer = current_observer.get()
        if observer is not None:
            observer.on_stage("build")
        result = build(
            posture.paths(),
            on_event=None if observer is None else observer.on_node,
            on_note=context.log.info if observer is None else observer.on_note,
        )
        for line in result.damage:
            context.log.warning(line)
        if observer is not None:
            observer.on_damage(result.damage)
        yield from _events(context, posture.paths(), result)
        if not result.ok:
            raise PostureError(failure_message(result))

    return warehouse


def _events(
    context: dg.AssetExecutionContext, home: Home, result: BuildResult
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """What dbt reports of each model and test, as far as this run selected them."""
    nodes = {node.unique_id: node for node in result.nodes}
    rows = _row_counts(home, context.assets_def.specs) if result.ok else {}
    for spec in _upstream_first(context.assets_def.specs):
        node = nodes.get(spec.metadata[UNIQUE_ID])
        # Where nothing was new no node was run: the model stands as the last build left it.
        is_whole = (result.ok and not nodes) or (node is not None and node.status == "success")
        if spec.key in context.selected_asset_keys and is_whole:
            metadata: dict[str, float] = {} if node is None else {"seconds": node.seconds}
            if tuple(spec.key.path) in rows:
                metadata["dagster/row_count"] = rows[tuple(spec.key.path)]
            yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)
    for check in context.assets_def.check_specs:
        node = nodes.get((check.metadata or {})[UNIQUE_ID])
        if check.key in context.selected_asset_check_keys and node:
            yield _check_result(check, node)


def _row_counts(home: Home, specs: Iterable[dg.AssetSpec]) -> dict[tuple[str, ...], int]:
    names = [tuple(spec.key.path) for spec in specs]
    with open_built(home) as connection:
        counts = " union all ".join(
            f"select '{schema}', '{name}', count(*) from {schema}.{name}" for schema, name in names
        )
        rows = connection.execute(counts).fetchall()
    return {(schema, name): count for schema, name, count in rows}


def _upstream_first(specs: Iterable[dg.AssetSpec]) -> list[dg.AssetSpec]:
    # Dagster refuses an asset that is reported before one it depends on.
    by_key = {spec.key: spec for spec in specs}
    order = TopologicalSorter(
        {key: [dep.asset_key for dep in spec.deps] for key, spec in by_key.items()}
    )
    return [by_key[key] for key in order.static_order() if key in by_key]


def _check_result(check: dg.AssetCheckSpec, node: NodeResult) -> dg.AssetCheckResult:
    is_warning = node.status == "warn"
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=node.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
        metadata={"failures": node.failures or 0, "message": node.message},
    )
