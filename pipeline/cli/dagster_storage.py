"""What Dagster keeps of runs: looked through before a run, and never worth a day."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import PostureError

if TYPE_CHECKING:
    import dagster as dg

# Each with what SQLite keeps beside it.
_FILES = ("event_log.db", "history/runs.db", "schedules/schedules.db")
_BESIDE = ("", "-wal", "-shm", "-journal")
_LOCK_SECONDS = 10.0
# So that the first run after a year of keeping everything does not take an hour.
_PRUNED_AT_ONCE = 100


def set_damaged_aside(folder: Path, *, lock_seconds: float = _LOCK_SECONDS) -> list[str]:
    """Rename each database that cannot be used, so that Dagster begins it anew.

    One line for each. Nothing else depends on them: what counts is in the lake and its log.
    """
    said = []
    for name in _FILES:
        problem = _problem(folder / name, lock_seconds)
        if problem:
            said.append(_set_aside(folder / name, problem))
    return said


def set_all_aside(folder: Path, problem: str) -> list[str]:
    """Rename them all: one of them fails in use, and which one the error does not say."""
    return [_set_aside(folder / name, problem) for name in _FILES if (folder / name).exists()]


def prune(instance: "dg.DagsterInstance", days: int) -> int:
    """Forget the finished runs that are older than so many days, some at a time; how many."""
    import dagster as dg

    finished = [
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.CANCELED,
    ]
    before = datetime.now(UTC) - timedelta(days=days)
    old = dg.RunsFilter(statuses=finished, created_before=before)
    runs = instance.get_run_records(old, limit=_PRUNED_AT_ONCE, ascending=True)
    for record in runs:
        instance.delete_run(record.dagster_run.run_id)
    return len(runs)


def _problem(path: Path, lock_seconds: float) -> str | None:
    """Why a database cannot be used; None for a good one, and for one that is not there yet."""
    if not path.exists():
        leftovers = [end for end in _BESIDE if path.with_name(path.name + end).exists()]
        return "its main file is gone" if leftovers else None
    try:
        connection = sqlite3.connect(path, timeout=lock_seconds, isolation_level=None)
        try:
            # Taken and given back: a lock that somebody keeps would hold up every event.
            connection.execute("begin immediate")
            connection.execute("rollback")
            [found] = connection.execute("pragma quick_check(1)").fetchone()
            tables = {name for (name,) in connection.execute("select name from sqlite_master")}
        finally:
            connection.close()
    except sqlite3.Error as error:
        return str(error)
    if found != "ok":
        return "its pages are damaged"
    return None if "alembic_version" in tables else "it is empty"


def _set_aside(path: Path, problem: str) -> str:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    kept = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    try:
        for end in _BESIDE:
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(kept.with_name(kept.name + end))
    except OSError as error:
        raise PostureError(
            f"{path}: cannot be used ({problem}) nor set aside ({error.strerror}); remove it, "
            "Dagster begins it anew"
        ) from error
    return (
        f"{path}: Dagster's record of runs cannot be used ({problem}); it was set aside as "
        f"{kept.name} and begun anew"
    )
