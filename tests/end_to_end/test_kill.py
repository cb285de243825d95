"""kill -9 at ten random moments of a run, then a rerun: the facts of a run never killed."""

import os
import random
import signal
import time
from datetime import date
from pathlib import Path

from pipeline.home import Home
from pipeline.lake.history import CommittedDay
from pipeline.lake.log import read_columns
from pipeline.lake.parts import Lake
from pipeline.sandbox import Sandbox
from tests import statements
from tests.end_to_end.forked_run import start
from tests.warehouse.test_rebuild import differences, facts

TODAY = date(2026, 6, 30)
KILLS = 10
# Of every kind one: history, what is held, what is asked of each holder. The others would only
# wait for their turn, as Microsoft's limits have it.
FEEDS = (
    "secure_scores",
    "secure_score_control_profiles",
    "role_assignments",
    "role_definitions",
    "users",
    "organization",
)


def test_ten_kills_and_a_rerun_give_the_facts_of_a_run_never_killed(tmp_path: Path) -> None:
    chance = random.Random(20260630)
    whole, killed = Home(tmp_path / "whole"), Home(tmp_path / "killed")
    with Sandbox(tenants=2, days=30, seed=9, today=TODAY, shapes=("free",)) as sandbox:
        config = sandbox.write_config(tmp_path / "tenants.yaml")
        feeds = [word for feed in FEEDS for word in ("--feed", feed)]
        words = ("run", "--config", config, "--date", TODAY, *feeds)
        # The first command waits for what all that follow find done.
        start(["status", "--home", tmp_path]).join()
        length = _length([*words, "--home", whole.root], whole)
        statements.give(killed)
        landed = 0
        for _ in range(3 * KILLS):
            if landed == KILLS:
                break
            started = time.monotonic()
            if _kill([*words, "--home", killed.root], after=chance.uniform(1, length)):
                landed += 1
            else:
                # It came through in time: the next kills come sooner, and in a home of their own.
                length = time.monotonic() - started
                killed = Home(tmp_path / f"killed-{landed}")
                statements.give(killed)
        committed = CommittedDay(Lake(killed.lake), TODAY)
        _length([*words, "--home", killed.root], killed)
    assert landed == KILLS, "the kills did not land in a run"
    assert [pair for pair in _read_last(killed) if pair in committed] == [], "asked again"
    assert differences(facts(whole), facts(killed)) == ""


def _length(words: list[object], home: Home) -> float:
    """Run the command to its end; the seconds that it took."""
    statements.give(home)
    started = time.monotonic()
    process = start(words)
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - started


def _read_last(home: Home) -> list[tuple[str, str]]:
    """The (tenant, feed) pairs that the newest run of a home asked for."""
    newest = max(Lake(home.lake).config_files(), key=lambda path: path.name)
    run_id = newest.name.rpartition("-")[0]
    found = [path for path in Lake(home.lake).log_files() if path.name.startswith(run_id)]
    rows = [read_columns(path, ("tenant_id", "feed")).to_pylist() for path in found]
    return [(row["tenant_id"], row["feed"]) for part in rows for row in part]


def _kill(words: list[object], *, after: float) -> bool:
    """Start the command and kill it; whether it was still running."""
    process = start(words)
    process.join(timeout=after)
    if process.is_alive():
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        return True
    return False
