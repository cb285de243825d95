"""The lake tables as assets: one collection fills them all."""

from collections.abc import Collection, Iterator
from datetime import date

import dagster as dg
import pyarrow.parquet as pq
from pydantic import Field

from pipeline.collection.collect import CollectResult, collect
from pipeline.collection.outcome import described, missing, require_something
from pipeline.config.settings import Settings
from pipeline.defs.partitions import daily, day_by_day
from pipeline.defs.resources import PostureHome, current_clock, current_observer
from pipeline.graph.clock import Clock, ask_clock
from pipeline.graph.feed import Feed
from pipeline.graph.feeds import FEEDS
from pipeline.home import Home

_SCHEDULE = "dagster/schedule_name"
COMPLETE = "every_tenant_is_complete"
OWN_TABLES = {
    "tenant_config": "What tenants.yaml said of each tenant, as of each run.",
    "tenant_config_tags": "The tags of each tenant, as of each run.",
    "control_register": "What register.yaml said of controls, as of each run.",
    "principal_register": "Whom register.yaml declared for what, as of each run.",
    "tenant_access": "Who may see which tenant by tenants.yaml, as of each run.",
    "collection_log": "How each feed of each tenant ended; only what it vouches for counts.",
}


class Selection(dg.Config):
    """Which tenants and feeds to read; empty means all."""

    tenants: list[str] = Field(default_factory=list)
    feeds: list[str] = Field(default_factory=list)


def _spec(table: str, feed: Feed | None) -> dg.AssetSpec:
    if feed is None:
        description, metadata = OWN_TABLES[table], {}
    else:
        description = f"{table}, as Microsoft Graph sent it."
        metadata = {"feed": feed.name, "permission": feed.permission}
    return dg.AssetSpec(
        key=["graph", table],
        description=description,
        group_name="lake",
        kinds={"python", "parquet"},
        metadata=metadata,
    )


SPECS = [_spec(table, feed) for feed in FEEDS.values() for table in feed.tables] + [
    _spec(table, None) for table in OWN_TABLES
]
CHECKS = [
    dg.AssetCheckSpec(
        name=COMPLETE,
        asset=["graph", feed.tables[0]],
        description=f"No tenant of the run lacks {feed.name}.",
    )
    for feed in FEEDS.values()
]


@dg.multi_asset(
    name="lake",
    specs=SPECS,
    check_specs=CHECKS,
    can_subset=True,
    partitions_def=daily,
    backfill_policy=day_by_day,
)
def lake_tables(
    context: dg.AssetExecutionContext, config: Selection, posture: PostureHome
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """One day of every selected tenant and feed, in the lake.

    What is committed for the day is not read again. A feed that fails is a warning and a row of
    the collection log; only when nothing at all could be collected does the asset fail.
    """
    home, settings = posture.paths(), posture.settings()
    clock = _clock(context, settings)
    run_date = clock.today if clock else date.fromisoformat(context.partition_key)
    observer = current_observer.get()
    if observer is not None:
        observer.on_stage("collect")
    result = collect(
        settings,
        home,
        run_date=run_date,
        clock=clock,
        tenants=config.tenants or None,
        feeds=_feeds(config, context.selected_asset_keys),
        progress=observer.on_progress if observer is not None else None,
    )
    if observer is not None:
        observer.on_collected(result)
    require_something(result)
    for key in sorted(context.selected_asset_keys):
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "dagster/row_count": _rows(home, key.path[-1], result.run_id),
                "run": result.run_id,
            },
        )
    for check in sorted(context.selected_asset_check_keys):
        yield _check(check, result)


def _clock(context: dg.AssetExecutionContext, settings: Settings) -> Clock | None:
    """Graph's clock where nobody asked for a day; None where the partition is the day asked for.

    A schedule means today, and its partition is named by this machine's clock, which may be wrong.
    """
    known = current_clock.get()
    if known is None and _SCHEDULE in context.run.tags:
        return ask_clock(settings.tenants)
    return known


def _feeds(config: Selection, keys: Collection[dg.AssetKey]) -> list[str]:
    selected = {key.path[-1] for key in keys}
    return [
        feed.name
        for feed in FEEDS.values()
        if selected & set(feed.tables) and (not config.feeds or feed.name in config.feeds)
    ]


def _rows(home: Home, table: str, run_id: str) -> int:
    parts = (home.lake / table).glob(f"extract_date=*/{run_id}-*.parquet")
    return sum(pq.read_metadata(part).num_rows for part in parts)


def _check(key: dg.AssetCheckKey, result: CollectResult) -> dg.AssetCheckResult:
    absent = {
        row.tenant_id: described(row)
        for row in missing(result)
        if FEEDS[row.feed].tables[0] == key.asset_key.path[-1]
    }
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not absent,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"missing": absent, "tenant_count": len(absent)},
    )
