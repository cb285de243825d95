"""How far each tenant and feed has come, read from the collection log alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from pipeline.errors import PostureError
from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import COMMITTED, COMPLETE, Outcome
from pipeline.home import Home
from pipeline.lake.parts import Lake
from pipeline.text import one_file

# Days that one good collection covers: Graph hands out this many days of dated records.
DAYS_COVERED_BY_DATED_FEED = 90
NOTHING_TO_COLLECT = COMPLETE - COMMITTED - {Outcome.NOT_FOR_THIS_DATE}


@dataclass(frozen=True)
class Gap:
    """Days without data, first and last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True)
class FeedStatus:
    """Where one feed of one tenant stands; `outcome` and `note` are of its last collection."""

    tenant_id: str
    feed: str
    outcome: str
    note: str | None
    last_date: date
    last_good_date: date | None
    gaps: tuple[Gap, ...]

    @property
    def needs_attention(self) -> bool:
        return self.outcome not in COMPLETE


def feed_states(home: Home) -> list[FeedStatus]:
    """One entry a tenant and feed in the lake, by tenant and in the order of the catalogue.

    Raises PostureError naming a log file that is damaged.
    """
    files = log_files(home)
    if not files:
        return []
    try:
        rows = duckdb.execute(
            """
            select tenant_id, feed, extract_date, outcome, note
            from read_parquet(?, hive_partitioning = false)
            order by tenant_id, feed, extract_date, run_id
            """,
            [files],
        ).fetchall()
    except duckdb.Error as error:
        raise damaged_log(home, error) from error
    newest = max(row[2] for row in rows)
    collected: dict[tuple[str, str], list[tuple[date, str, str | None]]] = {}
    for tenant_id, feed, *entry in rows:
        collected.setdefault((tenant_id, feed), []).append((entry[0], entry[1], entry[2]))
    order = {name: position for position, name in enumerate(FEEDS)}
    return [
        _state(tenant_id, feed, collected[tenant_id, feed], newest)
        for tenant_id, feed in sorted(collected, key=lambda key: (key[0], order.get(key[1], 99)))
    ]


def log_files(home: Home) -> list[str]:
    """The files of the collection log, as DuckDB reads them."""
    return [one_file(path) for path in Lake(home.lake).log_files()]


def damaged_log(home: Home, error: duckdb.Error) -> PostureError:
    """The error for a log that cannot be read; DuckDB's own text names the file."""
    return PostureError(
        f"{home.lake / 'collection_log'}: a file is damaged ({str(error).splitlines()[0]}); "
        "restore it from a backup"
    )


def _state(
    tenant_id: str, feed: str, entries: list[tuple[date, str, str | None]], newest: date
) -> FeedStatus:
    days: dict[date, tuple[str, str | None]] = {}
    for day, outcome, note in entries:
        # What a day once has, a later run that failed does not take away.
        if day not in days or days[day][0] not in COMMITTED:
            days[day] = (outcome, note)
    last_date = max(days)
    good = [day for day, (outcome, _) in days.items() if outcome in COMMITTED]
    no_need = [day for day, (outcome, _) in days.items() if outcome in NOTHING_TO_COLLECT]
    return FeedStatus(
        tenant_id=tenant_id,
        feed=feed,
        outcome=days[last_date][0],
        note=days[last_date][1],
        last_date=last_date,
        last_good_date=max(good, default=None),
        gaps=_gaps(good, no_need, newest=newest, reach=_reach(feed)),
    )


def _reach(feed: str) -> int:
    known = FEEDS.get(feed)
    return DAYS_COVERED_BY_DATED_FEED if known is not None and known.dated else 1


def _gaps(
    good: Iterable[date], no_need: Iterable[date], *, newest: date, reach: int
) -> tuple[Gap, ...]:
    """Days after the first good one that no collection covers."""
    covered = sorted({*good, *no_need})
    if not covered:
        return ()
    gaps = []
    for before, after in zip(covered, [*covered[1:], newest + timedelta(days=reach)], strict=True):
        first, last = before + timedelta(days=1), after - timedelta(days=reach)
        if first <= last:
            gaps.append(Gap(first, last))
    return tuple(gaps)


def newest_day(home: Home) -> date | None:
    """The latest day that any run was for."""
    folders = home.lake.glob("collection_log/extract_date=*")
    days = (date.fromisoformat(path.name.removeprefix("extract_date=")) for path in folders)
    return max(days, default=None)


def tenant_names(home: Home) -> Mapping[str, str]:
    """The configured name of every tenant of the newest run; tenants without one are absent."""
    folders = sorted(home.lake.glob("tenant_config/extract_date=*"))
    files = sorted(folders[-1].glob("*.parquet")) if folders else []
    if not files:
        return {}
    rows = duckdb.execute(
        "select tenant_id, name from read_parquet(?, hive_partitioning = false)",
        [one_file(files[-1])],
    ).fetchall()
    return {tenant_id: name or tenant_id for tenant_id, name in rows}
