"""What a build has to consume, in slices that bound its memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipeline.lake.parts import Lake
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.lake_parts import LOG, files_of, is_built, open_warehouse, reading

# A build over more days than this goes month by month, which bounds its memory.
SLICE_DAYS = 45


@dataclass(frozen=True)
class Slice:
    """Parts to consume together, as `extract_date=D/<run>-<part>`."""

    log_parts: Sequence[str]
    config_parts: Sequence[str]


def pending_slices(warehouse: Path, lake: Path, as_of: AsOf | None = None) -> list[Slice] | None:
    """What no finished build has processed, oldest first; never empty, since dbt runs regardless.

    None where a capture of today's state arrived for a day before the newest one processed: the
    histories derived from such captures grow only forwards, so the warehouse must be made anew.
    """
    with open_warehouse(warehouse) as connection:
        files = Lake(lake)
        log_files = as_of.log_files if as_of else files.log_files()
        config_files = as_of.config_files if as_of else files.config_files()
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


def _unprocessed(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], ledger: str
) -> list[str]:
    parts = {f"{path.parent.name}/{path.stem}" for path in files}
    if is_built(connection, ledger):
        rows = connection.execute(f"select distinct part from intermediate.{ledger}").fetchall()
        parts -= {row[0] for row in rows}
    return sorted(parts)


def _arrived_late(
    connection: duckdb.DuckDBPyConnection, lake: Path, log_parts: Sequence[str]
) -> bool:
    if not log_parts or not is_built(connection, "int_captures_processed"):
        return False
    arrived = reading(files_of(lake, LOG, log_parts))
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


def _day(part: str) -> date:
    return date.fromisoformat(part.split("/")[0].removeprefix("extract_date="))
