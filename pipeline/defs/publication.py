"""The published snapshot as an asset."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import dagster as dg

from pipeline.defs.partitions import daily, day_by_day
from pipeline.defs.resources import PostureHome, current_observer
from pipeline.lake.status import newest_day
from pipeline.published.manifest import SCHEMAS


def published_asset(warehouse: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The asset `published`, downstream of every public model of the warehouse.

    Not of the others: seeds and views stand from an earlier build and are reported only by it.
    """
    spec = dg.AssetSpec(
        key="published",
        deps=[key for key in warehouse.keys if key.path[0] in SCHEMAS],
        group_name="published",
        kinds={"parquet", "duckdb"},
    )

    @dg.multi_asset(
        name="publish",
        specs=[spec],
        partitions_def=daily,
        backfill_policy=day_by_day,
    )
    def published(
        context: dg.AssetExecutionContext, posture: PostureHome
    ) -> Iterator[dg.MaterializeResult[None]]:
        """The current snapshot: an immutable folder of Parquet files and posture.duckdb.

        Publishing the same warehouse again gives the same bytes under another snapshot id.
        """
        from pipeline.published.publish import publish

        observer = current_observer.get()
        if observer is not None:
            observer.on_stage("publish")
        run_date = date.fromisoformat(context.partition_key)
        snapshot = publish(
            posture.paths(),
            # A run for a past day adds to a warehouse that stays as new as it was, and one for
            # today belongs to Graph's day, whatever this machine calls its partition.
            run_date=newest_day(posture.paths()) or run_date,
            published_at=datetime.now(UTC),
        )
        rows = {name: model.rows for name, model in snapshot.models.items()}
        yield dg.MaterializeResult(
            metadata={
                "snapshot": snapshot.id,
                "path": dg.MetadataValue.path(str(snapshot.path)),
                "dagster/row_count": sum(rows.values()),
                "rows": rows,
            }
        )
        kept_small = merge_closed_months(posture)
        for line in kept_small:
            context.log.warning(line)
        if observer is not None:
            observer.on_kept_small(kept_small)

    return published


def merge_closed_months(posture: PostureHome) -> Sequence[str]:
    """What the lake gains from once the day is published; a line for what could not be done."""
    if not (posture.merges_months and posture.settings().maintenance.compact):
        return ()
    from pipeline.lake.compact import compact

    return compact(posture.paths()).skipped
