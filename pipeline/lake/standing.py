"""How each tenant and feed stood in each month, one row each: all that `posture status` tells.

A month is read from its log, or from the summary that was written when it was merged, so that an
old lake takes no longer than a young one. Everything is put together in SQL: the log of a thousand
tenants has a million rows a month.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import PostureError
from pipeline.graph.outcomes import COMMITTED, COMPLETE, Outcome
from pipeline.home import Home
from pipeline.lake.merged import MANIFESTS, Month, months_of
from pipeline.lake.part_reading import rows_in_sql
from pipeline.lake.parts import Lake
from pipeline.text import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOTHING_TO_COLLECT = COMPLETE - COMMITTED - {Outcome.NOT_FOR_THIS_DATE}
# What a day once has, a later run that failed does not take away. `covered` are the days that need
# no other collection, as stretches (only where days are missing has each to be looked at); `seen`
# is what the catalogue does not know.
_QUERY = """
with log as (
    select tenant_id, feed, extract_date, run_id, outcome, note, unknown_fields from {log}
),
days as (
    select tenant_id, feed, extract_date,
        bool_or(outcome in {committed}) as is_committed,
        bool_or(outcome in {committed}) or arg_max(outcome in {needless}, run_id) as is_covered
    from log
    group by all
),
spans as (
    select tenant_id, feed, max(extract_date) as last_date,
        max(extract_date) filter (is_committed) as last_good_date,
        min(extract_date) filter (is_covered) as first_covered,
        max(extract_date) filter (is_covered) as last_covered,
        count(*) filter (is_covered) as covered_count
    from days
    group by all
),
last_days as (
    select tenant_id, feed,
        coalesce(
            arg_min({{outcome: outcome, note: note}}, run_id) filter (outcome in {committed}),
            arg_max({{outcome: outcome, note: note}}, run_id)
        ) as last
    from log
    inner join spans using (tenant_id, feed)
    where extract_date = last_date
    group by all
),
stretches as (
    select tenant_id, feed, first_covered as first, last_covered as last
    from spans
    where covered_count = last_covered - first_covered + 1
    union all
    select tenant_id, feed, min(extract_date), max(extract_date)
    from (
        select days.tenant_id, days.feed, extract_date,
            extract_date - cast(
                row_number() over (
                    partition by days.tenant_id, days.feed order by extract_date
                ) as int
            ) as stretch
        from days
        inner join spans using (tenant_id, feed)
        where is_covered and covered_count <= last_covered - first_covered
    )
    group by tenant_id, feed, stretch
),
covered as (
    select tenant_id, feed, list({{first: first, last: last}} order by first) as covered
    from stretches
    group by all
),
unknown as (
    select tenant_id, feed, extract_date, trim(name) as name, null::varchar as note
    from (
        select tenant_id, feed, extract_date, unnest(string_split(unknown_fields, ',')) as name
        from log
        where unknown_fields is not null
    )
    where trim(name) <> ''
    union all
    select tenant_id, feed, extract_date, null, note from log where outcome = 'bad_response'
),
seen as (
    select tenant_id, feed, list({{name: name, note: note, first: first, last: last}}) as seen
    from (
        select tenant_id, feed, name, note, min(extract_date) as first, max(extract_date) as last
        from unknown
        group by all
    )
    group by all
)
select spans.tenant_id, spans.feed, last_date, last.outcome, last.note, last_good_date,
    covered.covered, seen.seen
from spans
inner join last_days using (tenant_id, feed)
left join covered using (tenant_id, feed)
left join seen using (tenant_id, feed)
"""


@contextmanager
def standing(home: Home) -> "Iterator[DuckDBPyConnection]":
    """A connection with the table `standing`: a row a month, tenant and feed of the lake.

    Raises PostureError naming a log file that is damaged.
    """
    import duckdb

    try:
        connection = _read(Lake(home.lake))
    except duckdb.IOException:
        # The month may have been merged since its files were listed.
        try:
            connection = _read(Lake(home.lake))
        except duckdb.Error as error:
            raise _damaged(home, error) from error
    except duckdb.Error as error:
        raise _damaged(home, error) from error
    with connection:
        yield connection


def standing_query(log_files: Sequence[Path]) -> str:
    """How each tenant and feed stood over these log files of one month, as SQL."""
    return _QUERY.format(
        log=rows_in_sql(log_files),
        committed=f"({literal(sorted(COMMITTED))[1:-1]})",
        needless=f"({literal(sorted(NOTHING_TO_COLLECT))[1:-1]})",
    )


def _read(lake: Lake) -> "DuckDBPyConnection":
    import duckdb

    months: dict[str, list[Path]] = defaultdict(list)
    merged = months_of(lake.root)
    for path in lake.log_files():
        months[path.parent.name.removeprefix("extract_date=")[:7]].append(path)
    queries = [
        f"from read_parquet({literal(summary)}, hive_partitioning = false)"
        if (summary := _summary(lake, merged.get(month), files))
        else standing_query(files)
        for month, files in sorted(months.items())
    ]
    connection = duckdb.connect()
    connection.execute(
        "create table standing (tenant_id varchar, feed varchar, last_date date, outcome varchar, "
        "note varchar, last_good_date date, covered struct(first date, last date)[], "
        "seen struct(name varchar, note varchar, first date, last date)[])"
    )
    for query in queries:
        # One after the other, which bounds the memory.
        connection.execute(f"insert into standing {query}")
    return connection


def _summary(lake: Lake, month: Month | None, files: Sequence[Path]) -> Path | None:
    """The summary of a month; None where there is none, or a run came for it since."""
    if month is None:
        return None
    path = lake.root / MANIFESTS / month.standing
    parts = (f"{file.parent.name}/{file.stem}" for file in files)
    return path if path.is_file() and all(map(month.holds, parts)) else None


def _damaged(home: Home, error: Exception) -> PostureError:
    """The error for a log that cannot be read; DuckDB's own text names the file."""
    return PostureError(
        f"{home.lake / 'collection_log'}: a file is damaged ({str(error).splitlines()[0]}); "
        "restore it from a backup"
    )
