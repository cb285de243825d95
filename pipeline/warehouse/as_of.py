"""The lake as it was: only what was read by a moment, so that an old report can be made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipeline.errors import UsageError
from pipeline.lake.parts import Lake
from pipeline.warehouse.lake_parts import reading


@dataclass(frozen=True)
class AsOf:
    """The files of log and configuration that hold anything read by `moment` (UTC).

    A file of the log may hold later rows as well: a run that went on past the moment.
    """

    moment: datetime
    log_files: Sequence[Path]
    config_files: Sequence[Path]

    @classmethod
    def of_lake(cls, root: Path, moment: datetime) -> "AsOf":
        """What the lake holds of that time.

        Raises UsageError where nothing was read by then, or where the moment lies after the day
        of the newest capture: what is still to come would change the facts of that name.
        """
        lake = Lake(root)
        moment = moment.astimezone(UTC)
        log_files = lake.log_files()
        if not log_files:
            raise UsageError(f"--as-of {_in_words(moment)}: nothing was collected yet in {root}")
        spans = _reading_times(log_files)
        first = min(span[0] for span in spans.values())
        newest = max(span[1] for span in spans.values())
        if moment < first:
            raise UsageError(
                f"--as-of {_in_words(moment)}: nothing was read by then; "
                f"the first capture in {root} is of {_in_words(first)}"
            )
        if moment.date() > newest.date():
            raise UsageError(
                f"--as-of {_in_words(moment)}: the newest capture in {root} is of "
                f"{_in_words(newest)}; leave --as-of out, or give a time up to that day"
            )
        counted = [path for path in log_files if spans[str(path)][0] <= moment]
        return cls(moment, counted, _configurations(lake, moment, counted))

    @property
    def sql(self) -> str:
        """The moment as an SQL literal."""
        return f"timestamptz '{self.moment.replace(tzinfo=None).isoformat()}+00'"


def _configurations(lake: Lake, moment: datetime, log_files: Sequence[Path]) -> list[Path]:
    """What was written by then, and what a run wrote before it read a capture that counts.

    The second holds also where this machine's clock, which dates the configuration, is ahead of
    Graph's, which dates the captures.
    """
    files = lake.config_files()
    if not files:
        return []
    rows = duckdb.execute(
        f"""
        select filename, min(collected_at at time zone 'UTC'), min(extract_date)
        from {reading(files)}
        group by filename
        """
    ).fetchall()
    runs = {_run(path) for path in log_files}
    written = {
        filename
        for filename, written_at, day in rows
        if written_at.replace(tzinfo=UTC) <= moment and day <= moment.date()
    }
    return [path for path in files if str(path) in written or _run(path) in runs]


def _reading_times(log_files: Sequence[Path]) -> dict[str, tuple[datetime, datetime]]:
    """When the first and the last feed of each log file were read."""
    rows = duckdb.execute(
        f"""
        select
            filename,
            min(coalesce(collected_at, finished_at) at time zone 'UTC'),
            max(coalesce(collected_at, finished_at) at time zone 'UTC')
        from {reading(log_files)}
        group by filename
        """
    ).fetchall()
    return {
        filename: (first.replace(tzinfo=UTC), last.replace(tzinfo=UTC))
        for filename, first, last in rows
    }


def _run(path: Path) -> str:
    return path.name.rpartition("-")[0]


def _in_words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
