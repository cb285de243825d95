"""How far each tenant and feed has come, read from the collection log alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import COMPLETE
from pipeline.home import Home
from pipeline.lake.part_reading import rows_in_sql
from pipeline.lake.parts import Lake
from pipeline.text import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Days that one good collection covers: Graph hands out this many days of dated records.
DAYS_COVERED_BY_DATED_FEED = 90
# A gap is what lies after the first good day and no collection covers.
_STATES = """
with stood as (
    select tenant_id, feed, arg_max({{outcome: outcome, note: note}}, last_date) as last,
        max(last_date) as last_date, max(last_good_date) as last_good_date
    from standing
    group by all
),
stretches as (
    select tenant_id, feed, stretch.last + 1 as first,
        coalesce(
            lead(stretch.first) over (partition by tenant_id, feed order by stretch.first),
            (select max(last_date) from standing) + {reach}
        ) - {reach} as last
    from (select tenant_id, feed, unnest(covered) as stretch from standing)
),
missed as (
    select tenant_id, feed, list({{first: first, last: last}} order by first) as gaps
    from stretches
    where first <= last
    group by all
)
select tenant_id, feed, last.outcome, last.note, last_date, last_good_date, gaps
from stood
left join missed using (tenant_id, feed)
"""


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


def feed_states(connection: "DuckDBPyConnection") -> list[FeedStatus]:
    """One entry a tenant and feed in `standing`, by tenant and in the order of the catalogue."""
    far = [feed.name for feed in FEEDS.values() if feed.dated]
    reach = f"case when feed in ({literal(far)[1:-1]}) then {DAYS_COVERED_BY_DATED_FEED} else 1 end"
    rows = connection.execute(_STATES.format(reach=reach)).fetchall()
    order = {name: position for position, name in enumerate(FEEDS)}
    rows.sort(key=lambda row: (row[0], order.get(row[1], len(order)), row[1]))
    return [_state(*row) for row in rows]


def _state(tenant_id: str, feed: str, *found: Any) -> FeedStatus:
    outcome, note, last_date, last_good_date, gaps = found
    stretches = tuple(Gap(one["first"], one["last"]) for one in gaps or ())
    return FeedStatus(tenant_id, feed, outcome, note, last_date, last_good_date, stretches)


def newest_day(home: Home) -> date | None:
    """The latest day that any run was for."""
    folders = home.lake.glob("collection_log/extract_date=*")
    days = (date.fromisoformat(path.name.removeprefix("extract_date=")) for path in folders)
    return max(days, default=None)


def tenant_names(home: Home) -> Mapping[str, str]:
    """The configured name of every tenant of the newest run; tenants without one are absent."""
    import duckdb

    files = Lake(home.lake).config_files()
    if not files:
        return {}
    query = f"select tenant_id, name from {rows_in_sql(files[-1:])}"
    with duckdb.connect() as connection:
        rows = connection.execute(query).fetchall()
    return {tenant_id: name or tenant_id for tenant_id, name in rows}
