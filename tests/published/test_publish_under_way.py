"""Readers and kills while a publish is under way."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import duckdb

from pipeline import open_published
from pipeline.home import Home
from tests.forks import forks
from tests.small_warehouse import VERSIONS, Warehouse

PUBLISHES = 20
READERS = 10


def test_ten_readers_see_whole_snapshots_during_twenty_publishes(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.publish()
    stop_file = tmp_path / "stop"
    words = ["-m", "tests.published.reader", warehouse.home.root, stop_file, READERS]
    readers = subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for stamp in range(2, 2 + PUBLISHES):
        warehouse.write(stamp, versions=dict.fromkeys(VERSIONS, stamp))
        warehouse.publish()
    stop_file.touch()
    out, error = readers.communicate(timeout=600)
    assert readers.returncode == 0, error
    counted = [tuple(map(int, line.split())) for line in out.splitlines()]
    assert len(counted) == READERS
    assert min(reads for reads, _ in counted) >= 3
    assert max(stamps_seen for _, stamps_seen in counted) > 1


def stamps(home: Home) -> tuple[set[int], set[int]]:
    """The stamps that a reader of the manifest sees, and one of posture.duckdb."""
    query = "select stamp from fct_control_score_daily union select stamp from dim_tenant"
    with open_published(home) as connection:
        by_manifest = {stamp for (stamp,) in connection.sql(query).fetchall()}
    with duckdb.connect(str(home.published / "posture.duckdb"), read_only=True) as connection:
        connection.execute("set search_path = 'core'")
        return by_manifest, {stamp for (stamp,) in connection.sql(query).fetchall()}


def test_a_publish_killed_at_any_step_leaves_a_whole_snapshot_and_the_next_one_heals(
    warehouse: Warehouse,
) -> None:
    home, kills = warehouse.home, 0
    with forks("tests.published.killed_publish") as publish_killed_at:
        while True:
            before, after = {2 * kills + 1}, {2 * kills + 2}
            warehouse.write(min(before), versions=dict.fromkeys(VERSIONS, min(before)))
            healed = warehouse.publish()
            assert stamps(home) == (before, before)
            assert not (home.published / ".staging").exists()
            kept = json.loads((home.published / "manifest.json").read_text())["kept_snapshots"]
            assert kept[0] == healed.id
            assert {path.name for path in (home.published / "snapshots").iterdir()} == set(kept)
            warehouse.write(min(after), versions=dict.fromkeys(VERSIONS, min(after)))
            ended = publish_killed_at(home.root, kills + 1)
            by_manifest, by_database = stamps(home)
            assert by_manifest in (before, after)
            assert by_database in (before, after)
            if ended.code == 0:
                break
            assert ended.code == -signal.SIGKILL, ended.err
            kills += 1
    assert by_manifest == by_database == after
    assert kills > 15
