"""kill -9 in the middle of a run: the next run finishes it and repeats nothing."""

import random
import subprocess
import sys
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.graph.feeds import FEEDS as ALL_FEEDS
from pipeline.lake import Lake
from pipeline.lake_history import committed

from .conftest import Lab, NewLab
from .killed_run import FEEDS


def run_killed(lab: Lab, seconds: float | None, lines: int | None = None) -> bool:
    """Collect in a process that is killed; whether it was killed before it was done."""
    command = [sys.executable, "-m", "tests.collection.killed_run", str(lab.settings.path)]
    command += [str(lab.home.root), lab.sandbox.today.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(lines or 1):
            process.stdout.readline()
        if seconds:
            time.sleep(seconds)
        process.kill()
        return "done" not in process.stdout.read()


def facts(lab: Lab) -> dict[str, pa.Table]:
    """All rows that count, in order, without the stamps that differ between runs."""
    found = {}
    for feed in FEEDS:
        for name in ALL_FEEDS[feed].tables:
            rows = lab.table(name).drop_columns(["collected_at", "run_id"])
            keys = [
                key
                for key in ("tenant_id", "record_index", "item_index")
                if key in rows.schema.names
            ]
            found[name] = rows.sort_by([(key, "ascending") for key in keys]).combine_chunks()
    return found


def test_a_killed_run_is_finished_by_the_next_and_nothing_is_repeated(new_lab: NewLab) -> None:
    chance = random.Random(5)
    with new_lab(tenants=110, days=3) as lab:
        reference = Lab(lab.sandbox, lab.settings, type(lab.home)(lab.home.root.with_name("ref")))
        reference.collect(feeds=FEEDS)
        expected = facts(reference)
        # Before the first part, about when it is written, and after it.
        kills = [run_killed(lab, chance.uniform(0.0, 0.2), lines) for lines in (1, 150, 210)]
        assert all(kills), "each was killed while it was still at work"
        assert all(pq.ParquetFile(path) for path in lab.home.lake.rglob("*.parquet"))
        done = committed(lab.lake, lab.sandbox.today)
        assert 0 < len(done) < len(lab.ids) * len(FEEDS)
        lab.sandbox.requests.clear()
        finish = lab.collect(feeds=FEEDS)
        assert {(row.tenant_id, row.feed) for row in finish.log} & done == set()
        assert len(finish.log) + len(done) == len(lab.ids) * len(FEEDS)
        complete = {one for one in lab.ids if all((one, feed) in done for feed in FEEDS)}
        assert not complete & {one.tenant_id for one in lab.sandbox.requests}
        assert facts(lab) == expected
        assert lab.collect(feeds=FEEDS).log == []


def test_a_run_that_dies_between_rows_and_log_counts_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Lake.write_tables

    def die(self: Lake, tables: dict[str, pa.Table], **options: Any) -> None:
        if "collection_log" in tables:
            raise KeyboardInterrupt
        original(self, tables, **options)

    monkeypatch.setattr(Lake, "write_tables", die)
    with pytest.raises(KeyboardInterrupt):
        lab.collect(feeds=["secure_scores"])
    assert list((lab.home.lake / "secure_scores").rglob("*.parquet"))
    assert lab.table("secure_scores").num_rows == 0
    monkeypatch.setattr(Lake, "write_tables", original)
    rows = lab.collect(feeds=["secure_scores"]).log
    assert {row.rows for row in rows} == {lab.table("secure_scores").num_rows // 2}
