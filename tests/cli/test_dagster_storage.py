"""Dagster's record of runs may be damaged, locked or old: it never costs the day."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import prepare
from pipeline.cli.dagster_storage import prune, set_damaged_aside
from pipeline.home import Home
from pipeline.sandbox import Sandbox
from tests.commands import posture_here

SANDBOX: dict[str, Any] = {
    "tenants": 1,
    "days": 3,
    "users": 12,
    "latency": 0.0,
    "throttling": False,
    "today": date(2026, 6, 30),
}
FILES = ("event_log.db", "history/runs.db", "schedules/schedules.db")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home's Dagster folder as a first run leaves it; nobody writes to it."""
    root = tmp_path_factory.mktemp("left")
    with patch.dict(os.environ):
        made = prepare(Context(home=Home(root / "home"), config=root / "tenants.yaml"))
        with dg.DagsterInstance.from_config(str(made)) as instance:
            record(instance)
    return made


@pytest.fixture
def folder(left: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder like it, of the test's own."""
    home = Home(tmp_path / "home")
    shutil.copytree(left, home.dagster)
    with patch.dict(os.environ):
        yield prepare(Context(home=home, config=tmp_path / "tenants.yaml"))


def record(instance: dg.DagsterInstance, status: str = "SUCCESS") -> str:
    run = dg.DagsterRun(
        job_name="daily_posture", run_id=str(uuid4()), status=dg.DagsterRunStatus(status)
    )
    instance.add_run(run)
    instance.report_engine_event("something happened", run)
    return run.run_id


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])


def scribble(path: Path) -> None:
    """Garbage over most pages, with the header as it was."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


def lose(path: Path) -> None:
    """The main file is gone, and what SQLite kept beside it is not."""
    path.unlink()
    path.with_name(path.name + "-wal").write_bytes(b"left over")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "garbage": lambda path: path.write_bytes(os.urandom(50_000)),
    "text": lambda path: path.write_text("not a database"),
    "cut off": cut,
    "scribbled over": scribble,
    "empty": lambda path: path.write_bytes(b""),
    "main file gone": lose,
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_of_runs_is_set_aside_and_begun_anew(
    folder: Path, name: str, damage: str
) -> None:
    path = folder / name
    # As a checkpoint leaves it: the damage is in the file and not in what lies beside it.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    DAMAGES[damage](path)
    [said] = set_damaged_aside(folder)
    assert said.startswith(f"{path}: Dagster's record of runs cannot be used (")
    assert "\n" not in said
    kept = [one for one in path.parent.iterdir() if ".damaged-" in one.name]
    assert kept
    assert any(one.name in said for one in kept) or damage == "main file gone"
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        run_id = record(instance)
        assert run_id in {run.run_id for run in instance.get_runs()}
        assert instance.all_logs(run_id)
    assert set_damaged_aside(folder) == []


def test_a_record_that_another_process_keeps_locked_is_set_aside(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "event_log.db", isolation_level=None)) as holder:
        holder.execute("begin exclusive")
        [said] = set_damaged_aside(folder, lock_seconds=0.0)
    assert "locked" in said
    assert set_damaged_aside(folder, lock_seconds=0.0) == []


def test_a_sound_record_stays(folder: Path) -> None:
    before = lasting(folder)
    assert set_damaged_aside(folder) == []
    assert lasting(folder) == before
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        assert len(instance.get_runs()) == 1


def lasting(folder: Path) -> set[str]:
    """All names, without what SQLite lays beside a database while it is used."""
    found = {path.name for path in folder.rglob("*")}
    return {name for name in found if not name.endswith(("-wal", "-shm"))}


def test_old_runs_are_forgotten_with_their_events_and_no_others(folder: Path) -> None:
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        [first] = [run.run_id for run in instance.get_runs()]
        recent, under_way = record(instance), record(instance, "STARTED")
        with closing(sqlite3.connect(folder / "history" / "runs.db")) as runs:
            aged = "update runs set create_timestamp = datetime('now', '-31 days')"
            runs.execute(f"{aged} where run_id in (?, ?)", (first, under_way))
            runs.commit()
        assert prune(instance, 40) == 0
        assert prune(instance, 30) == 1
        assert {run.run_id for run in instance.get_runs()} == {recent, under_way}
        assert not instance.all_logs(first)
        assert instance.all_logs(recent)
        assert prune(instance, 30) == 0


def test_a_run_with_every_record_damaged_and_one_that_fails_in_use_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    for name in FILES:
        (home.dagster / name).parent.mkdir(parents=True, exist_ok=True)
        (home.dagster / name).write_bytes(b"garbage" * 1000)
    started = dg.JobDefinition.execute_in_process
    failures = iter([OperationalError("insert", {}, sqlite3.OperationalError("disk I/O error"))])

    def fail_once(self: dg.JobDefinition, **options: object) -> object:
        for failure in failures:
            raise failure
        return started(self, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(dg.JobDefinition, "execute_in_process", fail_once)
    with Sandbox(**SANDBOX) as sandbox, patch.dict(os.environ):
        config = sandbox.write_config(tmp_path / "tenants.yaml")
        ended = posture_here("run", "--config", config, "--home", home.root)
    assert ended.code == 0, ended.err
    assert "published: snapshot" in ended.out
    said = [line for line in ended.err.splitlines() if "Dagster's record of runs" in line]
    assert len([line for line in said if "not a database" in line]) == len(FILES)
    assert len([line for line in said if "disk I/O error" in line]) == len(FILES)
