"""The dbt sources: views over exactly those lake parts that a build needs.

A build reads what arrived since the last one, all parts of the same days (a day's newest complete
capture wins) and the older captures of the same score records (detail may come from one of them).
Everything else the warehouse already holds, so a build's cost does not grow with the history.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.graph.schemas import CONFIG_TABLES, SCHEMAS
from pipeline.lake.integrity import Damage, find_damage
from pipeline.lake.merged import file_of
from pipeline.lake.parts import Lake
from pipeline.text import literal, one_of, quoted
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.lake_parts import LOG, day_of, files_of, reading, run_of
from pipeline.warehouse.slices import Slice

# A log row with a damaged part says so; one that another file says too is not said twice.
_WITHOUT_DAMAGED = """
select
    log.* replace (
        case when damage.kind is null then log.outcome else 'bad_response' end as outcome,
        case when damage.kind is null then log.rows else 0 end as rows,
        coalesce('lake_part_' || damage.kind, log.error_code) as error_code,
        coalesce(damage.note, log.note) as note
    )
from ({log}) as log
left join lake.damage as damage using (part, run_id, tenant_id, feed)
where damage.kind is distinct from 'copy'
"""
DUCKDB_TYPES = {
    pa.string(): "VARCHAR",
    pa.float64(): "DOUBLE",
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


def create_source_views(
    connection: duckdb.DuckDBPyConnection, lake: Path, slice_: Slice, as_of: AsOf | None = None
) -> list[Damage]:
    """Create the views of schema `lake` over the parts that building `slice_` needs.

    With `as_of`, captures read later stay out of them, also where a part holds both. A log row
    whose part is damaged reads as `bad_response`, so that nothing of it counts; what is damaged
    is returned.
    """
    # Also of a day whose configuration alone is new: who is declared in it decides its facts.
    same_days = _same_day_parts(connection, [*slice_.log_parts, *slice_.config_parts])
    day_parts = sorted({*slice_.log_parts, *same_days})
    damage = find_damage(Lake(lake), files_of(lake, LOG, day_parts))
    _note_damage(connection, damage)
    _note_runs(connection, slice_)
    unreadable = {one.path for one in damage if one.kind == "unreadable"}
    score_parts = sorted({*day_parts, *_score_parts(connection, lake, slice_.log_parts)})
    for table, schema in SCHEMAS.items():
        if table in CONFIG_TABLES:
            parts: Sequence[str] = slice_.config_parts
        elif table == "secure_scores" or table.startswith("secure_scores_"):
            parts = score_parts
        else:
            parts = day_parts
        bounds = []
        if as_of is not None and table not in CONFIG_TABLES:
            read_at = "coalesce(collected_at, finished_at)" if table == LOG else "collected_at"
            bounds.append(f"{read_at} <= {as_of.sql}")
        if slice_.tenants is not None:
            bounds.append(one_of("tenant_id", slice_.tenants))
        files = [path for path in files_of(lake, table, parts) if path not in unreadable]
        new = slice_.log_parts if table == LOG else None
        _create_view(connection, files, table, schema, new, " and ".join(bounds))
    return damage


def create_empty_views(connection: duckdb.DuckDBPyConnection) -> None:
    """The schema `lake` of a lake without a part."""
    connection.execute("create schema lake")
    _note_damage(connection, [])
    _note_runs(connection, Slice((), (), (), None))
    for table, schema in SCHEMAS.items():
        _create_view(connection, [], table, schema, () if table == LOG else None, "")


def _note_runs(connection: duckdb.DuckDBPyConnection, slice_: Slice) -> None:
    """What every shard must know of the whole lake."""
    connection.execute(
        """
        create or replace table lake.build_clock (as_of_date date);
        create or replace table lake.config_runs (run_id varchar, extract_date date);
        """
    )
    if slice_.as_of_date is not None:
        connection.execute(f"insert into lake.build_clock values ({literal(slice_.as_of_date)})")
    runs = [f"({quoted(run_of(part))}, date '{day_of(part)}')" for part in slice_.run_parts]
    if runs:
        connection.execute(f"insert into lake.config_runs values {', '.join(runs)}")


def _note_damage(connection: duckdb.DuckDBPyConnection, damage: Sequence[Damage]) -> None:
    connection.execute(
        "create or replace table lake.damage (part varchar, run_id varchar, tenant_id varchar, "
        "feed varchar, kind varchar, note varchar)"
    )
    for one in damage:
        told = (one.part, one.run_id, one.tenant_id, one.feed, one.kind, one.note)
        values = ", ".join(map(literal, told))
        connection.execute(f"insert into lake.damage values ({values})")


def _create_view(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    table: str,
    schema: pa.Schema,
    new: Sequence[str] | None,
    bounds: str,
) -> None:
    types = {column.name: DUCKDB_TYPES[column.type] for column in schema}
    if not files:
        columns = [f'cast(null as {kind}) as "{name}"' for name, kind in types.items()]
        columns += ["cast(null as varchar) as part"]
        columns += ["false as is_new"] if new is not None else []
        connection.execute(
            f'create or replace view lake."{table}" as select {", ".join(columns)} where false'
        )
        return
    source = reading(files)
    present = _columns(files)
    columns = [
        f'cast("{name}" as {kind}) as "{name}"'
        if name in present
        else f'cast(null as {kind}) as "{name}"'
        for name, kind in types.items()
    ]
    part = r"regexp_extract(filename, '([^/]+/[^/]+)\.parquet$', 1) as part"
    wrapped = f"select {', '.join(columns)}, {part} from {source}"
    if bounds:
        wrapped += f" where {bounds}"
    if table == LOG:
        wrapped = _WITHOUT_DAMAGED.format(log=wrapped)
    if new is not None:
        wrapped = f"select *, coalesce({one_of('part', new)}, false) as is_new from ({wrapped})"
    connection.execute(f'create or replace view lake."{table}" as {wrapped}')


def _columns(files: Sequence[Path]) -> set[str]:
    """The columns that any of the files has; an older one lacks what was declared later."""
    found = {file_of(path) for path in files}
    return {name for file in found for name in pq.read_schema(file).names}


def _same_day_parts(connection: duckdb.DuckDBPyConnection, log_parts: Sequence[str]) -> list[str]:
    days = sorted({part.split("/")[0].removeprefix("extract_date=") for part in log_parts})
    if not days:
        return []
    wanted = ", ".join(f"date {quoted(day)}" for day in days)
    rows = connection.execute(
        "select distinct part from intermediate.int_captures_processed "
        f"where extract_date in ({wanted})"
    ).fetchall()
    return [row[0] for row in rows]


def _score_parts(
    connection: duckdb.DuckDBPyConnection, lake: Path, log_parts: Sequence[str]
) -> list[str]:
    """Parts with older captures of the arrived records, or records that wait for their day."""
    rows = connection.execute(
        """
        select distinct part from intermediate.int_score_records
        where score_date > (select max(as_of_date) from intermediate.int_captures_processed)
        """
    ).fetchall()
    files = files_of(lake, "secure_scores", log_parts)
    if files:
        rows += connection.execute(
            f"""
            select distinct records.part
            from intermediate.int_score_records as records
            semi join (
                select tenant_id, cast(created_date_time as date) as score_date
                from {reading(files)}
            ) as arrived
                on
                    records.tenant_id = arrived.tenant_id
                    and records.score_date = arrived.score_date
            """
        ).fetchall()
    return [row[0] for row in rows]
