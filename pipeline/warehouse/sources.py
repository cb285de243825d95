"""The dbt sources: views over exactly those lake parts that a build needs.

A build reads what arrived since the last one, all parts of the same days (a day's newest complete
capture wins) and the older captures of the same score records (detail may come from one of them).
Everything else the warehouse already holds, so a build's cost does not grow with the history.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.graph.schemas import SCHEMAS
from pipeline.lake.integrity import Damage, find_damage
from pipeline.lake.parts import Lake
from pipeline.text import quoted
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.lake_parts import LOG, files_of, is_built, open_warehouse, reading
from pipeline.warehouse.slices import Slice

CONFIG_TABLES = ("tenant_config", "tenant_config_tags", "control_register", "tenant_access")
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
    warehouse: Path, lake: Path, slice_: Slice, as_of: AsOf | None = None
) -> list[Damage]:
    """Create the views of schema `lake` over the parts that building `slice_` needs.

    With `as_of`, captures read later stay out of them, also where a part holds both. A log row
    whose part is damaged reads as `bad_response`, so that nothing of it counts; what is damaged
    is returned.
    """
    with open_warehouse(warehouse) as connection:
        connection.execute("create schema if not exists lake")
        same_days = _same_day_parts(connection, slice_.log_parts)
        day_parts = sorted({*slice_.log_parts, *same_days})
        damage = find_damage(Lake(lake), files_of(lake, LOG, day_parts))
        _note_damage(connection, damage)
        unreadable = {one.path for one in damage if one.kind == "unreadable"}
        score_parts = sorted({*day_parts, *_score_parts(connection, lake, slice_.log_parts)})
        for table, schema in SCHEMAS.items():
            if table in CONFIG_TABLES:
                parts: Sequence[str] = slice_.config_parts
            elif table == "secure_scores" or table.startswith("secure_scores_"):
                parts = score_parts
            else:
                parts = day_parts
            extra = {}
            bound = None
            if as_of is not None and table not in CONFIG_TABLES:
                read_at = "coalesce(collected_at, finished_at)" if table == LOG else "collected_at"
                bound = f"{read_at} <= {as_of.sql}"
            if table == LOG:
                new = ", ".join(quoted(part) for part in slice_.log_parts) or "null"
                extra = {"is_new": f"coalesce(part in ({new}), false)"}
            files = [path for path in files_of(lake, table, parts) if path not in unreadable]
            _create_view(connection, files, table, schema, extra, bound)
        return damage


def _note_damage(connection: duckdb.DuckDBPyConnection, damage: Sequence[Damage]) -> None:
    connection.execute(
        "create or replace table lake.damage (part varchar, run_id varchar, tenant_id varchar, "
        "feed varchar, kind varchar, note varchar)"
    )
    rows = [[one.part, one.run_id, one.tenant_id, one.feed, one.kind, one.note] for one in damage]
    if rows:
        connection.executemany("insert into lake.damage values (?, ?, ?, ?, ?, ?)", rows)


def _create_view(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    table: str,
    schema: pa.Schema,
    extra: dict[str, str],
    bound: str | None,
) -> None:
    types = {column.name: DUCKDB_TYPES[column.type] for column in schema}
    if not files:
        columns = [f'cast(null as {kind}) as "{name}"' for name, kind in types.items()]
        columns += ["cast(null as varchar) as part"]
        columns += [f"false as {name}" for name in extra]
        connection.execute(
            f'create or replace view lake."{table}" as select {", ".join(columns)} where false'
        )
        return
    source = reading(files)
    present = {row[0] for row in connection.execute(f"describe select * from {source}").fetchall()}
    columns = [
        f'cast("{name}" as {kind}) as "{name}"'
        if name in present
        else f'cast(null as {kind}) as "{name}"'
        for name, kind in types.items()
    ]
    part = r"regexp_extract(filename, '([^/]+/[^/]+)\.parquet$', 1) as part"
    wrapped = f"select {', '.join(columns)}, {part} from {source}"
    if bound:
        wrapped += f" where {bound}"
    if table == LOG:
        wrapped = _WITHOUT_DAMAGED.format(log=wrapped)
    if extra:
        added = ", ".join(f"{sql} as {name}" for name, sql in extra.items())
        wrapped = f"select *, {added} from ({wrapped})"
    connection.execute(f'create or replace view lake."{table}" as {wrapped}')


def _same_day_parts(connection: duckdb.DuckDBPyConnection, log_parts: Sequence[str]) -> list[str]:
    days = sorted({part.split("/")[0].removeprefix("extract_date=") for part in log_parts})
    if not days or not is_built(connection, "int_captures_processed"):
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
    if not is_built(connection, "int_score_records"):
        return []
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
