"""Several processes for one run: the same lake, whatever becomes of one of them or of all."""

import os
import pickle
import re
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import machine
from pipeline.cli.summary import collection_exit_code
from pipeline.collection.groups import grouped
from pipeline.collection.messages import Work
from pipeline.collection.share import Share
from pipeline.collection.worker_count import worker_count
from pipeline.config.bounds import Bounds
from pipeline.config.settings import load_config
from pipeline.errors import PostureError, UsageError
from pipeline.graph.feeds import FEEDS
from pipeline.lake.history import CommittedDay
from pipeline.workers import worker
from pipeline.workers.worker import Worker
from tests.processes import all_ended, children, wait_until

from .conftest import Lab, NewLab, facts

# Those for which Microsoft does not have a tenant wait a second a request.
NAMES = (
    "secure_scores",
    "secure_score_control_profiles",
    "organization",
    "subscribed_skus",
    "role_definitions",
)
TENANTS = 5
SHARDS = defaultdict[str, int](int)


def pair(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTURE_WORKERS", str(workers))


def started(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The workers of the runs that follow."""
    found: list[Worker] = []
    made = Worker.__init__

    def note(self: Worker, *arguments: Any) -> None:
        made(self, *arguments)
        found.append(self)

    monkeypatch.setattr(Worker, "__init__", note)
    return found


def test_two_workers_leave_what_one_process_leaves_and_hold_the_limits(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_lab(tenants=TENANTS, days=40, throttling=True) as lab:
        alone = lab.beside("alone")
        expected = alone.collect(feeds=NAMES)
        calls = Counter((one.tenant_id, one.path) for one in lab.graph_calls())
        lab.sandbox.requests.clear()
        lab.sandbox.set_today(lab.sandbox.today)
        workers = started(monkeypatch)
        pair(2, monkeypatch)
        seen: list[tuple[int, int]] = []
        result = lab.collect(feeds=NAMES, progress=lambda one: seen.append((one.done, one.total)))
        assert len(workers) == 2
        assert Counter((one.tenant_id, one.path) for one in lab.graph_calls()) == calls
        assert [one for one in lab.graph_calls() if one.status == 429] == []
    assert seen == [(number, len(result.log)) for number in range(1, len(result.log) + 1)]
    outcomes = [
        sorted((r.tenant_id, r.feed, r.outcome, r.rows) for r in one.log)
        for one in (expected, result)
    ]
    assert outcomes[0] == outcomes[1]
    wanted, found = facts(alone), facts(lab)
    assert [name for name in wanted if not wanted[name].equals(found[name])] == []
    groups = [set(one) for one in parts_of(lab)]
    assert sorted(map(len, groups)) == [2, 3]
    assert set.union(*groups) == set(lab.ids)
    assert result.fallen == []


def parts_of(lab: Lab) -> list[list[str]]:
    """The tenants of each part of the log."""
    files = lab.lake.log_files()
    return [
        pq.read_table(one, partitioning=None)["tenant_id"].unique().to_pylist() for one in files
    ]


def test_a_killed_worker_loses_what_it_had_not_written_and_says_so(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_lab(tenants=TENANTS, days=20) as lab:
        reference = lab.beside("reference")
        reference.collect(feeds=NAMES)
        workers = started(monkeypatch)
        pair(2, monkeypatch)
        first, second = (
            [one for one, _ in group]
            for group in grouped([(one, []) for one in lab.settings.tenants], SHARDS, workers=2)
        )

        def kill(page: dict[str, Any]) -> dict[str, Any]:
            workers[1]._process.kill()
            return page

        lab.sandbox.edits.add(path="roleDefinitions", tenant_id=second[-1].tenant_id, function=kill)
        result = lab.collect(feeds=NAMES)
        lab.sandbox.edits.clear()
        [line] = result.fallen
        assert "was ended by SIGKILL" in line
        assert f"read {len(second)} tenants" in line
        lost = [row for row in result.log if row.error_code == "worker_ended"]
        assert {row.tenant_id for row in lost} <= {one.tenant_id for one in second}
        assert (second[-1].tenant_id, "role_definitions") in {(r.tenant_id, r.feed) for r in lost}
        assert len(result.log) == len({(r.tenant_id, r.feed) for r in result.log})
        assert len(result.log) == TENANTS * len(NAMES)
        assert collection_exit_code(result) == 3
        rows = [row for one in lab.ids for row in lab.log_of(one)]
        assert {(r.tenant_id, r.feed, r.outcome) for r in rows} == {
            (r.tenant_id, r.feed, r.outcome) for r in result.log
        }
        committed = CommittedDay(lab.lake, lab.sandbox.today)
        complete = {pair for pair in lab.complete() if pair[1] in NAMES}
        unharmed = {one.tenant_id for one in first}
        assert [p for p in complete if p[0] in unharmed and p not in committed] == []
        again = lab.collect(feeds=NAMES)
    assert {(row.tenant_id, row.feed) for row in again.log} & complete == {
        (row.tenant_id, row.feed) for row in lost
    } & complete
    wanted, found = facts(reference), facts(lab)
    assert [name for name in wanted if not wanted[name].equals(found[name])] == []


def test_where_no_worker_comes_through_the_run_fails(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_BEGIN", "raise SystemExit(9)")
    pair(2, monkeypatch)
    with new_lab(days=5) as lab, pytest.raises(PostureError, match="ended with exit code 9"):
        lab.collect(feeds=NAMES)


def test_what_a_worker_cannot_write_is_told_as_ever(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(2, monkeypatch)
    with new_lab(days=5) as lab:
        lab.home.lake.mkdir(parents=True)
        (lab.home.lake / "organization").write_text("in the way")
        with pytest.raises(PostureError, match=r"organization.*cannot be written"):
            lab.collect(feeds=NAMES)
    assert not any((lab.home.lake / ".unfinished").iterdir())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_process_above_them(new_lab: NewLab, number: signal.Signals) -> None:
    reached, ended = threading.Event(), threading.Event()

    def hold(page: dict[str, Any]) -> dict[str, Any]:
        reached.set()
        ended.wait(60)
        return page

    with new_lab(days=5) as lab:
        lab.sandbox.edits.add(path="roleDefinitions", function=hold)
        command = [sys.executable, "-m", "pipeline.cli", "collect"]
        command += ["--config", str(lab.settings.path), "--home", str(lab.home.root)]
        command += ["--date", lab.sandbox.today.isoformat()]
        command += [word for name in NAMES for word in ("--feed", name)]
        with subprocess.Popen(
            command,
            env=os.environ | {"POSTURE_WORKERS": "2"},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            assert reached.wait(60)
            below = children(process.pid)
            assert len(below) == 2
            assert not any("secret" in Path(f"/proc/{one}/cmdline").read_text() for one in below)
            os.killpg(process.pid, number) if number == signal.SIGINT else process.kill()
            _, said = process.communicate(timeout=60)
        wait_until(partial(all_ended, below))
        ended.set()
        lab.sandbox.edits.clear()
        if number == signal.SIGINT:
            assert (process.returncode, said.splitlines()[-1]) == (130, "posture: stopped")
            assert not any((lab.home.lake / ".unfinished").iterdir())
        with lab.home.lock():
            assert {row.outcome for row in lab.collect(feeds=NAMES).log} <= {"ok", "empty"}


def test_a_secret_goes_to_a_worker_as_where_it_is_found(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = lab.settings.path.read_text()
    path = lab.settings.path.with_name("by-variable.yaml")
    path.write_text(re.sub(r"client_secret:\n\s+file: \S+", "client_secret: {env: HIDDEN}", text))
    monkeypatch.setenv("HIDDEN", "hunter2-" * 4)
    tenant = load_config(path).tenants[0]
    sent = pickle.dumps(Work.of([(tenant, [FEEDS["organization"]])]))
    assert b"hunter2" not in sent
    monkeypatch.setenv("HIDDEN", "another")
    [(received, _)] = pickle.loads(sent).group
    assert received == tenant
    assert received.credential.client_secret.reveal() == "another"


def test_groups_are_shards_or_pieces_of_them_as_workers_need(lab: Lab) -> None:
    one = lab.settings.tenants[0]
    for number, workers, sizes in (
        (0, 1, []),
        (1, 1, [1]),
        (120, 1, [50, 50, 20]),
        (120, 2, [50, 50, 20]),
        (60, 2, [25, 25, 10]),
        (51, 2, [25, 25, 1]),
        (5, 2, [2, 3]),
        (3, 3, [1, 1, 1]),
    ):
        todo = [(replace(one, tenant_id=str(place)), []) for place in range(number)]
        shards = {str(place): place // 50 for place in range(number)}
        groups = grouped(todo, shards, workers=workers)
        assert [pair for group in groups for pair in group] == todo
        assert [len(group) for group in groups] == sizes


def test_as_many_workers_as_cores_memory_and_tenants_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 4)
    monkeypatch.setattr(machine, "memory", lambda: 16 * 2**30)
    plain, none = Bounds(), dict[str, str]()
    counts = [worker_count(plain, number, none) for number in (0, 1, 50, 51, 101, 999)]
    assert counts == [1, 1, 1, 2, 3, 4]
    assert worker_count(Bounds(workers=7), 999, none) == 7
    assert worker_count(Bounds(workers=7), 3, none) == 3
    assert worker_count(Bounds(workers=7), 999, {"POSTURE_WORKERS": "1"}) == 1
    monkeypatch.setattr(machine, "memory", lambda: 2**30)
    assert worker_count(plain, 999, none) == 2
    for text in ("0", "-1", "two", "1.5", "257", "9" * 400):
        with pytest.raises(UsageError, match="POSTURE_WORKERS"):
            worker_count(plain, 999, {"POSTURE_WORKERS": text})


def test_no_two_processes_of_a_run_give_a_part_the_same_number() -> None:
    shares = [Share(place, 3) for place in range(4)]
    given = [number for one in shares for number, _ in zip(one.parts, range(50), strict=False)]
    assert len(set(given)) == len(given)
    assert [number for number, _ in zip(Share().parts, range(3), strict=False)] == [1, 2, 3]
