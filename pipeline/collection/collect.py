"""Tenants x feeds -> lake, concurrently, each tenant on its own, with one log row a feed."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pipeline.collection.groups import grouped
from pipeline.collection.line import Group
from pipeline.collection.losses import told, write_losses
from pipeline.collection.processes import read_groups
from pipeline.collection.run_context import RunContext
from pipeline.collection.selection import checked_feeds, checked_tenants
from pipeline.collection.tenant_config import is_written, write_tenant_config
from pipeline.collection.worker_count import worker_count
from pipeline.config.settings import Settings, Tenant
from pipeline.graph.checkpoints import Checkpoints
from pipeline.graph.clock import Clock
from pipeline.graph.connections import quiet_loggers
from pipeline.graph.feed import Feed
from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import COMPLETE
from pipeline.graph.privacy import Pseudonyms
from pipeline.graph.retry import RetryPolicy
from pipeline.home import Home
from pipeline.lake.history import CommittedDay, ReadingHistory
from pipeline.lake.log import LogRow
from pipeline.lake.parts import Lake


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
    """What a run read: its log rows, and the (tenant, feed) pairs that were complete before.

    `clock` is Graph's where the run was for no date that was asked for; `fallen` tells of each
    worker process that ended before its work, a line each.
    """

    run_id: str
    log: list[LogRow] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    clock: Clock | None = None
    fallen: list[str] = field(default_factory=list)


ProgressCallback = Callable[[CollectProgress], None]


def collect(
    settings: Settings,
    home: Home,
    *,
    run_date: date,
    clock: Clock | None = None,
    tenants: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
    progress: ProgressCallback | None = None,
) -> CollectResult:
    """Read the feeds of the tenants for a UTC date into the lake; the caller holds home.lock().

    With Graph's `clock` the run is for no date that was asked for: each feed is stored under
    Graph's date of its own first response, also where midnight comes between two of them.
    `tenants` and `feeds` narrow the run; what the lake holds complete for the date is skipped.
    Raises UsageError for an unknown tenant or feed and PostureError where the lake cannot be
    written; whatever goes wrong with a tenant or a feed is an outcome in the log instead.
    """
    chosen = _chosen(settings, tenants, feeds)
    policy, pseudonyms = RetryPolicy.from_environment(), _pseudonyms(settings)
    quiet_loggers()
    lake = Lake(home.lake)
    lake.prepare()
    now = clock.now() if clock else datetime.now(UTC)
    result = CollectResult(new_run_id(now), clock=clock)
    committed = CommittedDay(lake, run_date)
    todo = _without_committed(chosen, committed, result.skipped)
    if not todo and is_written(lake, settings, run_date=run_date, pseudonyms=pseudonyms):
        return result
    shards = write_tenant_config(
        lake, settings, run_date=run_date, run_id=result.run_id, now=now, pseudonyms=pseudonyms
    )
    context = RunContext(
        run_id=result.run_id,
        run_date=run_date,
        policy=policy,
        history=ReadingHistory(lake, [tenant.tenant_id for tenant, _ in todo]),
        committed=committed,
        checkpoints=Checkpoints.of(lake.root, run_date),
        pseudonyms=pseudonyms,
        bounds=settings.bounds,
        clock=clock,
    )
    report = _reporter(result.log, todo, progress)
    workers = worker_count(settings.bounds, len(todo))
    groups = grouped(todo, shards, workers=workers)
    fallen = read_groups(context, groups, lake, report, workers=workers)
    if fallen:
        result.fallen.extend(told(fallen))
        lost = write_losses(context, fallen, lake, workers=workers)
        pairs = {(row.tenant_id, row.feed) for row in lost}
        result.log[:] = [row for row in result.log if (row.tenant_id, row.feed) not in pairs]
        for row in lost:
            report(row)
    return result


def has_all(
    settings: Settings,
    home: Home,
    *,
    run_date: date,
    tenants: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
) -> bool:
    """Whether nothing of the date is missing, and tenants.yaml is as the date's newest run had it.

    What a tenant has no licence for is not missing; `collect` itself asks for it once more.
    """
    lake = Lake(home.lake)
    settled = CommittedDay(lake, run_date, counted=COMPLETE)
    return not _without_committed(_chosen(settings, tenants, feeds), settled, []) and is_written(
        lake, settings, run_date=run_date, pseudonyms=_pseudonyms(settings)
    )


def _pseudonyms(settings: Settings) -> Pseudonyms | None:
    key = settings.privacy.key
    return Pseudonyms(key.reveal()) if key else None


def _chosen(
    settings: Settings, tenants: Collection[str] | None, feeds: Collection[str] | None
) -> Group:
    return [(one, _chosen_feeds(feeds)) for one in _chosen_tenants(settings, tenants)]


def _without_committed(chosen: Group, done: CommittedDay, skipped: list[tuple[str, str]]) -> Group:
    """What is left to read; the pairs that are complete go to `skipped`."""
    todo = []
    for tenant, feeds in chosen:
        left = [feed for feed in feeds if (tenant.tenant_id, feed.name) not in done]
        skipped += [(tenant.tenant_id, feed.name) for feed in feeds if feed not in left]
        if left:
            todo.append((tenant, left))
    return todo


def _reporter(
    log: list[LogRow], todo: Group, progress: ProgressCallback | None
) -> Callable[[LogRow], None]:
    """Keeps every log row and tells the caller of it."""
    names = {tenant.tenant_id: tenant.name for tenant, _ in todo}
    total = sum(len(feeds) for _, feeds in todo)

    def report(row: LogRow) -> None:
        log.append(row)
        if progress:
            reported = (row.tenant_id, names[row.tenant_id], row.feed, row.outcome, row.rows)
            progress(CollectProgress(*reported, done=len(log), total=total))

    return report


def new_run_id(now: datetime) -> str:
    """A name for a run that sorts by its start."""
    return f"{now:%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(2)}"


def _chosen_tenants(settings: Settings, wanted: Collection[str] | None) -> list[Tenant]:
    if wanted is None:
        return list(settings.tenants)
    ids = set(checked_tenants(settings, wanted))
    return [tenant for tenant in settings.tenants if tenant.tenant_id in ids]


def _chosen_feeds(wanted: Collection[str] | None) -> list[Feed]:
    """The feeds asked for, with those that name what they ask for."""
    if wanted is None:
        return list(FEEDS.values())
    names, left = set[str](), set(checked_feeds(wanted))
    while left:
        names |= left
        left = {need for name in left for need in FEEDS[name].needs} - names
    return [feed for feed in FEEDS.values() if feed.name in names]
