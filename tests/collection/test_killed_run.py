"""kill -9 in the middle of a run: the next run finishes it and repeats nothing."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.lake.history import CommittedDay
from pipeline.lake.parts import Lake

from .conftest import Lab, NewLab, facts


def run_killed(
    lab: Lab, *, path: str = "", page: int = 1, when: Callable[[], bool] = lambda: True
) -> bool:
    """Collect in a process that is killed while it waits for a page: of those whose URL contains
    `path`, the so-manyth from when on something holds. Whether it was killed at work."""
    reached, ended = threading.Event(), threading.Event()
    left = [page]

    def hold(found: dict[str, Any]) -> dict[str, Any]:
        left[0] -= left[0] > 0 and when()
        if left[0] == 0:
            reached.set()
            ended.wait()
        return found

    lab.sandbox.edits.add(path=path, function=hold)
    command = [sys.executable, "-m", "tests.collection.killed_run", str(lab.settings.path)]
    command += [str(lab.home.root), lab.sandbox.today.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while not reached.wait(0.05) and process.poll() is None:
            pass
        process.kill()
        said = process.stdout.read()
    ended.set()
    lab.sandbox.edits.clear()
    return reached.is_set() and "done" not in said


def parts(lab: Lab, number: int) -> Callable[[], bool]:
    """Whether the lake has so many parts."""
    return lambda: len(lab.lake.log_files()) >= number


def test_a_killed_run_is_finished_by_the_next_and_nothing_is_repeated(new_lab: NewLab) -> None:
    chance = random.Random(5)
    with new_lab(tenants=9, days=20) as lab:
        reference = lab.beside("ref")
        assert not reference.surprises(reference.collect().log)
        expected = facts(reference)
        # At the first page of all, while the first feeds are read, and when there are parts.
        kills = [
            run_killed(lab, page=page, when=parts(lab, number))
            for number, page in ((0, 1), (0, chance.randint(2, 40)), (1, 1), (2, 3))
        ]
        assert all(kills), "each was killed while it was still at work"
        assert all(pq.ParquetFile(path) for path in lab.home.lake.rglob("*.parquet"))
        committed = CommittedDay(lab.lake, lab.sandbox.today)
        done = {pair for pair in lab.complete() if pair in committed}
        assert 0 < len(done) < len(lab.complete())
        lab.sandbox.requests.clear()
        finish = lab.collect()
        assert not lab.surprises(finish.log)
        assert {(row.tenant_id, row.feed) for row in finish.log} & done == set()
        assert len(finish.log) + len(done) == len(lab.ids) * len(FEEDS)
        assert len(lab.graph_calls()) == sum(row.requests for row in finish.log)
        assert facts(lab) == expected
        assert {row.outcome for row in lab.collect().log} == {"not_licensed"}


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
