"""What Graph sends that the declared schemas do not know, read from the collection log alone."""

from dataclasses import dataclass
from datetime import date

import duckdb

from pipeline.home import Home
from pipeline.lake.status import damaged_log, log_files

_MEMBERS = """
    with seen as (
        select feed, tenant_id, extract_date, unnest(string_split(unknown_fields, ',')) as name
        from read_parquet($files, hive_partitioning = false)
        where unknown_fields is not null
    )
    select feed, trim(name), null, count(distinct tenant_id), min(extract_date), max(extract_date)
    from seen
    where trim(name) <> ''
    group by feed, trim(name)
"""
_REFUSALS = """
    select feed, null, note, count(distinct tenant_id), min(extract_date), max(extract_date)
    from read_parquet($files, hive_partitioning = false)
    where outcome = 'bad_response'
    group by feed, note
"""
_ORDER = "order by 6 desc, 4 desc, 1, 2, 3"


@dataclass(frozen=True)
class Drift:
    """One thing that the catalogue does not expect, and where and when it was seen.

    `name` is `table.member`, or `table.member=value` for an unknown word of a known member; the
    lake keeps what came. None: the feed was refused for it, and `note` is the evidence.
    """

    feed: str
    name: str | None
    note: str | None
    tenant_count: int
    first_seen: date
    last_seen: date


def drifts(home: Home) -> list[Drift]:
    """Refused feeds and unknown members and words, last seen and most frequent first.

    Raises PostureError naming a log file that is damaged.
    """
    files = log_files(home)
    if not files:
        return []
    try:
        rows = duckdb.execute(
            f"({_REFUSALS}) union all ({_MEMBERS}) {_ORDER}", {"files": files}
        ).fetchall()
    except duckdb.Error as error:
        raise damaged_log(home, error) from error
    return [Drift(*row) for row in rows]
