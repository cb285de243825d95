"""Tenants x feeds -> lake, concurrently, each tenant on its own, with one log row a feed."""

import asyncio
import gc
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from pipeline.collection_log import LogRow
from pipeline.config import Settings, Tenant
from pipeline.errors import PostureError, UsageError
from pipeline.graph.client import Workers
from pipeline.graph.connections import Connections, quiet_loggers
from pipeline.graph.feeds import FEEDS, Feed
from pipeline.graph.privacy import Pseudonyms
from pipeline.graph.retry import RetryPolicy
from pipeline.graph.schemas import TENANT_CONFIG, TENANT_CONFIG_TAGS
from pipeline.lake import Lake, part_name
from pipeline.lake_history import ScoreHistory, committed
from pipeline.part_buffer import PartBuffer
from pipeline.paths import Home
from pipeline.tenant_collection import RunContext, TenantCollection

_TENANTS_AT_ONCE = 16
_SIGN_INS_AT_ONCE = 8


@dataclass(frozen=True)
class CollectProgress:
    """One finished feed of one tenant, as number `done` of `total`."""

    tenant_id: str
    tenant_name: str | None
    feed: str
    outcome: str
    rows: int
    done: int
    total: int


@dataclass(frozen=True)
class CollectResult:
    """What a run read: its log rows, and the (tenant, feed) pairs that were complete before."""

    run_id: str
    log: list[LogRow] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


Todo = Sequence[tuple[Tenant, Sequence[Feed]]]
ProgressCallback = Callable[[CollectProgress], None]


def collect(
    settings: Settings,
    home: Home,
    *,
    run_date: date,
    tenants: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
    progress: ProgressCallback | None = None,
) -> CollectResult:
    """Read the feeds of the tenants for a UTC date into the lake; the caller holds home.lock().

    `tenants` and `feeds` narrow the run; what the lake holds complete for the date is skipped.
    Raises UsageError for an unknown tenant or feed and PostureError where the lake cannot be
    written; whatever goes wrong with a tenant or a feed is an outcome in the log instead.
    """
    chosen = _chosen_tenants(settings, tenants)
    names = _chosen_feeds(feeds)
    policy = RetryPolicy.from_environment()
    key = settings.privacy.key
    pseudonyms = Pseudonyms(key.reveal()) if key else None
    quiet_loggers()
    lake = Lake(home.lake)
    lake.prepare()
    run_id = new_run_id()
    _write_config(lake, settings, run_date=run_date, run_id=run_id)
    done = committed(lake, run_date)
    todo = [
        (tenant, pending)
        for tenant in chosen
        if (pending := [feed for feed in names if (tenant.tenant_id, feed.name) not in done])
    ]
    result = CollectResult(
        run_id,
        skipped=[
            (tenant.tenant_id, feed.name)
            for tenant in chosen
            for feed in names
            if (tenant.tenant_id, feed.name) in done
        ],
    )
    history = ScoreHistory(lake, [tenant.tenant_id for tenant, _ in todo])
    context = RunContext(run_id, run_date, policy, history, pseudonyms)
    # What is loaded by now stays: the collector need not walk it at every page of records.
    gc.freeze()
    try:
        asyncio.run(_run(context, todo, lake, _Reporter(result.log, todo, progress)))
    except* PostureError as group:
        raise next(_leaves(group)) from None
    finally:
        gc.unfreeze()
    return result


async def _run(
    context: RunContext,
    todo: Todo,
    lake: Lake,
    report: "_Reporter",
) -> None:
    """All tenants, a bounded number at a time; parts are written as they fill."""
    buffer = PartBuffer(lake, run_id=context.run_id, extract_date=context.run_date)
    waiting = iter(todo)
    async with _connections(todo) as pools:

        async def worker(workers: Workers) -> None:
            for tenant, feeds in waiting:
                connections = pools[tenant.cloud.ca_bundle]
                collection = TenantCollection(context, tenant, connections, workers)
                await buffer.add(await collection.run(feeds, report))

        with (
            ThreadPoolExecutor(_SIGN_INS_AT_ONCE, "sign-in") as sign_in,
            ThreadPoolExecutor(1, "pages") as pages,
        ):
            async with asyncio.TaskGroup() as group:
                for _ in range(min(_TENANTS_AT_ONCE, len(todo))):
                    group.create_task(worker(Workers(sign_in, pages)))
            await buffer.flush()


class _Reporter:
    """Keeps every log row and tells the caller of it."""

    def __init__(
        self,
        log: list[LogRow],
        todo: Todo,
        progress: ProgressCallback | None,
    ) -> None:
        self._log = log
        self._names = {tenant.tenant_id: tenant.name for tenant, _ in todo}
        self._total = sum(len(feeds) for _, feeds in todo)
        self._progress = progress

    def __call__(self, row: LogRow) -> None:
        self._log.append(row)
        if self._progress:
            name = self._names[row.tenant_id]
            done = len(self._log)
            self._progress(
                CollectProgress(
                    row.tenant_id, name, row.feed, row.outcome, row.rows, done, self._total
                )
            )


@asynccontextmanager
async def _connections(todo: Todo) -> AsyncIterator[dict[Path | None, Connections]]:
    bundles = {tenant.cloud.ca_bundle for tenant, _ in todo}
    pools = {bundle: Connections(bundle) for bundle in bundles}
    try:
        yield pools
    finally:
        for pool in pools.values():
            await pool.close()


def new_run_id() -> str:
    """A name for a run that sorts by its start."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(2)}"


def _chosen_tenants(settings: Settings, wanted: Collection[str] | None) -> list[Tenant]:
    known = {tenant.tenant_id: tenant for tenant in settings.tenants}
    if wanted is None:
        return list(known.values())
    for one in wanted:
        if one.lower() not in known:
            some = ", ".join(list(known)[:5]) + (", …" if len(known) > 5 else "")
            raise UsageError(f"--tenant {one}: not in {settings.path}; known there: {some}")
    ids = {one.lower() for one in wanted}
    return [tenant for tenant in known.values() if tenant.tenant_id in ids]


def _chosen_feeds(wanted: Collection[str] | None) -> list[Feed]:
    if wanted is None:
        return list(FEEDS.values())
    for one in wanted:
        if one not in FEEDS:
            raise UsageError(f"--feed {one}: unknown; known feeds: {', '.join(FEEDS)}")
    return [feed for feed in FEEDS.values() if feed.name in wanted]


def _write_config(lake: Lake, settings: Settings, *, run_date: date, run_id: str) -> None:
    """What models take from the configuration: all tenants, also those not chosen."""
    stamps = {"extract_date": run_date, "collected_at": datetime.now(UTC), "run_id": run_id}
    tenants = sorted(settings.tenants, key=lambda tenant: tenant.tenant_id)
    rows = [
        {
            "tenant_id": tenant.tenant_id,
            "name": tenant.name,
            "segment": tenant.segment,
            "cloud": tenant.cloud.name,
        }
        | stamps
        for tenant in tenants
    ]
    tags = [
        {"tenant_id": tenant.tenant_id, "tag": tag, "value": value} | stamps
        for tenant in tenants
        for tag, value in sorted(tenant.tags.items())
    ]
    tables = {
        "tenant_config_tags": pa.Table.from_pylist(tags, schema=TENANT_CONFIG_TAGS),
        "tenant_config": pa.Table.from_pylist(rows, schema=TENANT_CONFIG),
    }
    lake.write_tables(tables, extract_date=run_date, name=part_name(run_id, 0))


def _leaves(group: BaseExceptionGroup[PostureError]) -> Iterator[PostureError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
