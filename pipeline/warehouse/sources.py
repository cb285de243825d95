"""The dbt sources: views over exactly those lake parts that a build needs.

A build reads what arrived since the last one, all parts of the same days (a day's newest complete
capture wins) and the older captures of the same score records (detail may come from one of them).
Everything else the warehouse already holds, so a build's cost does not grow with the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.graph.schemas import SCHEMAS
from pipeline.lake.parts import Lake
from pipeline.warehouse.as_of import ReadBy

LOG = "collection_log"
CONFIG_TABLES = ("tenant_config", "tenant_config_tags", "control_register", "tenant_access")
# A build over more days than this goes month by month, which bounds its memory.
SLICE_DAYS = 45
DUCKDB_TYPES = {
    pa.string(): "VARCHAR",
    pa.float64(): "DOUBLE",
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


@dataclass(frozen=True)
class Slice:
    """Parts to process together, as `extract_date=D/<run>-<part>`."""

    log_parts: Sequence[str]
    config_parts: Sequence[str]


def pending_slices(
    warehouse: Path, lake: Path, read_by: ReadBy | None = None
) -> list[Slice] | None:
    """What no finished build has processed, oldest first; never empty, since dbt runs regardless.

    None where a capture of today's state arrived for a day before the newest one processed: the
    histories derived from such captures grow only forwards, so the warehouse must be made anew.
    """
    with _connect(warehouse) as connection:
        files = Lake(lake)
        log_files = read_by.log_files if read_by else files.log_files()
        config_files = read_by.config_files if read_by else files.config_files()
        log_parts = _unprocessed(connection, log_files, "int_captures_processed")
        config_parts = _unprocessed(connection, config_files, "int_tenant_configs")
        if _arrived_late(connection, lake, log_parts):
            return None
    days = sorted({_day(part) for part in (*log_parts, *config_parts)})
    if not days or (days[-1] - days[0]).days <= SLICE_DAYS:
        return [Slice(log_parts, config_parts)]
    months = sorted({(day.year, day.month) for day in days})
    return [
        Slice(
            [part for part in log_parts if (_day(part).year, _day(part).month) == month],
            [part for part in config_parts if (_day(part).year, _day(part).month) == month],
        )
        for month in months
    ]


def lay_sources(warehouse: Path, lake: Path, piece: Slice, read_by: ReadBy | None = None) -> None:
    """Lay the views of schema `lake` over the parts that building `piece` needs.

    With `read_by`, captures read later stay out of them, also where a part holds both.
    """
    with _connect(warehouse) as connection:
        connection.execute("create schema if not exists lake")
        same_days = _same_day_parts(connection, piece.log_parts)
        day_parts = sorted({*piece.log_parts, *same_days})
        score_parts = sorted({*day_parts, *_score_parts(connection, lake, piece.log_parts)})
        for table, schema in SCHEMAS.items():
            if table in CONFIG_TABLES:
                parts: Sequence[str] = piece.config_parts
            elif table == "secure_scores" or table.startswith("secure_scores_"):
                parts = score_parts
            else:
                parts = day_parts
            extra = {}
            bound = None
            if read_by is not None and table not in CONFIG_TABLES:
                read_at = "coalesce(collected_at, finished_at)" if table == LOG else "collected_at"
                bound = f"{read_at} <= {read_by.sql}"
            if table == LOG:
                arrived = ", ".join(_quote(part) for part in piece.log_parts) or "null"
                extra = {"is_new": f"coalesce(part in ({arrived}), false)"}
            _create_view(connection, lake, table, schema, parts, extra, bound)


def _connect(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A day is a UTC date, whatever the zone of the machine."""
    connection = duckdb.connect(str(warehouse))
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _create_view(
    connection: duckdb.DuckDBPyConnection,
    lake: Path,
    table: str,
    schema: pa.Schema,
    parts: Sequence[str],
    extra: dict[str, str],
    bound: str | None,
) -> None:
    types = {column.name: DUCKDB_TYPES[column.type] for column in schema}
    files = _files(lake, table, parts)
    if not files:
        columns = [f'cast(null as {kind}) as "{name}"' for name, kind in types.items()]
        columns += ["cast(null as varchar) as part"]
        columns += [f"false as {name}" for name in extra]
        connection.execute(
            f'create or replace view lake."{table}" as select {", ".join(columns)} where false'
        )
        return
    source = _read(files)
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
    if extra:
        added = ", ".join(f"{sql} as {name}" for name, sql in extra.items())
        wrapped = f"select *, {added} from ({wrapped})"
    connection.execute(f'create or replace view lake."{table}" as {wrapped}')


def _unprocessed(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], ledger: str
) -> list[str]:
    parts = {f"{path.parent.name}/{path.stem}" for path in files}
    if _exists(connection, ledger):
        rows = connection.execute(f"select distinct part from intermediate.{ledger}").fetchall()
        parts -= {row[0] for row in rows}
    return sorted(parts)


def _arrived_late(
    connection: duckdb.DuckDBPyConnection, lake: Path, log_parts: Sequence[str]
) -> bool:
    if not log_parts or not _exists(connection, "int_captures_processed"):
        return False
    arrived = _read(_files(lake, LOG, log_parts))
    row = connection.execute(
        f"""
        select 1
        from {arrived} as arrived
        inner join core.fct_collection as processed
            on arrived.tenant_id = processed.tenant_id and arrived.feed = processed.feed
        where
            arrived.feed <> 'secure_scores'
            and arrived.outcome in ('ok', 'empty')
            and processed.outcome in ('ok', 'empty')
            and arrived.extract_date < processed.extract_date
        limit 1
        """
    ).fetchone()
    return row is not None


def _same_day_parts(connection: duckdb.DuckDBPyConnection, log_parts: Sequence[str]) -> list[str]:
    days = sorted({part.split("/")[0].removeprefix("extract_date=") for part in log_parts})
    if not days or not _exists(connection, "int_captures_processed"):
        return []
    wanted = ", ".join(f"date {_quote(day)}" for day in days)
    rows = connection.execute(
        "select distinct part from intermediate.int_captures_processed "
        f"where extract_date in ({wanted})"
    ).fetchall()
    return [row[0] for row in rows]


def _score_parts(
    connection: duckdb.DuckDBPyConnection, lake: Path, log_parts: Sequence[str]
) -> list[str]:
    """Parts with older captures of the arrived records, or records that wait for their day."""
    if not _exists(connection, "int_score_records"):
        return []
    rows = connection.execute(
        """
        select distinct part from intermediate.int_score_records
        where score_date > (select max(as_of_date) from intermediate.int_captures_processed)
        """
    ).fetchall()
    files = _files(lake, "secure_scores", log_parts)
    if files:
        rows += connection.execute(
            f"""
            select distinct records.part
            from intermediate.int_score_records as records
            semi join (
                select tenant_id, cast(created_date_time as date) as score_date
                from {_read(files)}
            ) as arrived
                on
                    records.tenant_id = arrived.tenant_id
                    and records.score_date = arrived.score_date
            """
        ).fetchall()
    return [row[0] for row in rows]


def _files(lake: Path, table: str, parts: Sequence[str]) -> list[Path]:
    paths = (lake / table / f"{part}.parquet" for part in parts)
    return [path.resolve() for path in paths if path.exists()]


def _read(files: Sequence[Path]) -> str:
    listed = ", ".join(_quote(str(path)) for path in files)
    return f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false, filename=true)"


def _exists(connection: duckdb.DuckDBPyConnection, model: str) -> bool:
    row = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'intermediate' and table_name = ?",
        [model],
    ).fetchone()
    return row is not None


def _day(part: str) -> date:
    return date.fromisoformat(part.split("/")[0].removeprefix("extract_date="))


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
