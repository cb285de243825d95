"""What `posture status` reads does not grow with the age of the lake."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline.home import Home
from pipeline.lake import standing as standing_room
from pipeline.lake.compact import compact
from pipeline.lake.drift import drifts
from pipeline.lake.log import LogRow, log_table
from pipeline.lake.parts import Lake
from pipeline.lake.standing import standing
from pipeline.lake.status import feed_states
from tests.commands import posture_here

LAST = date(2026, 6, 30)
PARTS = 2
OUTCOMES = ("ok", "ok", "ok", "empty", "not_licensed", "throttled", "bad_response")


def home_of(root: Path, days: int) -> Home:
    """A log of so many days up to the last, of two parts a day and outcomes by chance."""
    home = Home(root)
    chance = Random(days)
    for back in range(days):
        day = LAST - timedelta(days=back)
        at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
        for part in range(1, PARTS + 1):
            rows = [
                row(f"tenant-{part}", feed, day, at, chance.choice(OUTCOMES), chance.random())
                for feed in ("users", "secure_scores")
                if feed == "users" or chance.random() < 0.9
            ]
            name = f"{at:%Y%m%dT%H%M%S}000000Z-0000-{part:04d}.parquet"
            write(home, day, name, rows)
    return home


def write(home: Home, day: date, name: str, rows: list[LogRow]) -> None:
    """As the lake does, but for the wait until it is on disk."""
    folder = home.lake / "collection_log" / f"extract_date={day}"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(log_table(rows), folder / name)


def row(tenant: str, feed: str, day: date, at: datetime, outcome: str, luck: float) -> LogRow:
    unknown = f"{feed}.new, {feed}.newer" if luck < 0.1 else None
    note = None if outcome == "ok" else f"because of {luck:.1f}"
    counts = (1, 0, 1, 1, 1)
    return LogRow(
        tenant,
        day,
        at,
        f"{at:%Y%m%d}",
        feed,
        outcome,
        None,
        None,
        None,
        *counts,
        at,
        at,
        unknown,
        note,
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Every file that DuckDB is told to read."""
    found: set[str] = set()
    connect = duckdb.connect

    class Spy:
        def __init__(self) -> None:
            self._connection = connect()

        def execute(self, query: str) -> Any:
            found.update(re.findall(r"'([^']+\.parquet)'", query))
            return self._connection.execute(query)

        def __enter__(self) -> "Spy":
            return self

        def __exit__(self, *_: object) -> None:
            self._connection.close()

    monkeypatch.setattr(duckdb, "connect", Spy)
    return found


def said(home: Home) -> Any:
    with standing(home) as connection:
        return feed_states(connection), drifts(connection)


def test_an_old_lake_is_told_from_as_few_files_as_a_young_one(
    tmp_path: Path, opened: set[str]
) -> None:
    young, old = home_of(tmp_path / "young", 30), home_of(tmp_path / "old", 400)
    told = said(young)
    few = len(opened)
    assert few == 30 * PARTS
    before = said(old)
    assert len(compact(old).months) == 13
    opened.clear()
    # To the last gap, note and tenant that saw a member nobody knows.
    assert said(old) == before != told
    manifests = len(list(old.lake.glob("compacted/*.json")))
    assert len(opened) + manifests <= 1.5 * few
    assert len(list(old.lake.rglob("*.parquet"))) <= 1.5 * few
    # A run for a day of long ago counts, and so does its month as a whole.
    late = datetime(2026, 2, 28, 9, tzinfo=UTC)
    rows = [row("tenant-9", "users", late.date(), late, "ok", 1)]
    write(old, late.date(), "late-0001.parquet", rows)
    assert {one.tenant_id for one in said(old)[0]} == {"tenant-1", "tenant-2", "tenant-9"}


def test_a_month_that_is_merged_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_of(tmp_path, 40)
    before = said(home)

    class Overtaken(Lake):
        def log_files(self, *dates: Any) -> list[Path]:
            files = super().log_files(*dates)
            compact(home)
            return files

    monkeypatch.setattr(standing_room, "Lake", Overtaken)
    assert said(home) == before
    assert not list(home.lake.glob("collection_log/extract_date=2026-05-*"))


def test_neither_status_nor_doctor_looks_into_more_than_the_log(
    tmp_path: Path, opened: set[str]
) -> None:
    home = home_of(tmp_path, 1)
    assert posture_here("status", "--home", home.root).code == 0
    assert {Path(path).parents[1].name for path in opened} == {"collection_log"}
