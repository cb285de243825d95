"""Closed months in few files: every part as it was, whatever happens meanwhile."""

import shutil
import signal
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline.cli.display import Display
from pipeline.config.settings import load_config
from pipeline.defs.publication import merge_closed_months, published_asset
from pipeline.defs.resources import PostureHome, current_observer
from pipeline.defs.warehouse import warehouse_assets
from pipeline.errors import PostureError, UsageError
from pipeline.home import Home
from pipeline.lake.compact import compact
from pipeline.lake.history import CommittedDay, ReadingHistory
from pipeline.lake.integrity import damage_lines, find_damage
from pipeline.lake.parts import Lake
from pipeline.text import one_of
from pipeline.warehouse.build import build
from pipeline.warehouse.lake_parts import day_of, files_of, reading
from tests.commands import posture_here
from tests.lake import killed_compaction
from tests.warehouse.lake_writer import control, record, tenant, write_run

KILLS = 8
A, B = tenant(1), tenant(2)
DAYS = [date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2), date(2026, 3, 1)]
TABLES = (
    "collection_log",
    "tenant_config",
    "users",
    "secure_scores",
    "secure_scores_control_scores",
)


def answers(day: date) -> dict[str, Any]:
    people = [{"id": f"p{number}", "displayName": str(day)} for number in range(day.day % 3 + 1)]
    return {
        one: {
            "users": people,
            "secure_scores": [record(one, day, [control("A", 5, 50)], maximum=10)],
        }
        for one in (A, B)
    }


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Three months of which two are closed; a part that lost its log counts for nothing."""
    home = Home(tmp_path / "home")
    for day in DAYS:
        write_run(home.lake, day, answers(day))
    lost = write_run(home.lake, DAYS[0], answers(DAYS[0]))
    next(home.lake.glob(f"collection_log/*/{lost}-*.parquet")).unlink()
    return home


def rows(home: Home) -> dict[str, Counter[str]]:
    """Every row of every part that counts, with the part, as a build reads them."""
    found = {}
    lake = Lake(home.lake)
    for table in TABLES:
        files = lake.config_files() if table == "tenant_config" else lake.log_files()
        parts = [f"{path.parent.name}/{path.stem}" for path in files]
        query = (
            r"select regexp_extract(filename, '([^/]+/[^/]+)\.parquet$', 1) as part, * "
            f"exclude (filename) from {reading(files_of(home.lake, table, parts))}"
        )
        found[table] = Counter(map(str, duckdb.sql(query).fetchall()))
    return found


def count(home: Home, pattern: str = "*") -> int:
    return len([path for path in home.lake.rglob("*.parquet") if path.match(pattern)])


def test_every_row_stays_in_its_part_and_the_small_files_go(home: Home) -> None:
    before, small = rows(home), count(home)
    assert all(before.values())
    said = posture_here("compact", "--home", home.root)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1].endswith(": 2026-01, 2026-02")
    assert rows(home) == before
    # The open month, and what no log vouches for, are as they were.
    assert count(home, "*/extract_date=*/*") < small - 20
    assert {path.parent.name for path in home.lake.glob("users/extract_date*/*")} == {
        f"extract_date={DAYS[0]}",
        f"extract_date={DAYS[-1]}",
    }
    once = sorted(home.lake.rglob("*"))
    assert posture_here("compact", "--home", home.root).out == "nothing to merge\n"
    assert sorted(home.lake.rglob("*")) == once
    # A run for a past day comes beside what was merged, and is merged beside it.
    write_run(home.lake, DAYS[1], answers(DAYS[3]))
    before = rows(home)
    assert len(before["collection_log"]) == 24
    assert compact(home).months == ("2026-01",)
    assert rows(home) == before
    assert len(list(home.lake.glob("users/extract_month=2026-01/*"))) == 2


def test_many_parts_or_tenants_are_asked_for_without_a_join(tmp_path: Path) -> None:
    """Each join would hold tens of megabytes, and one statement of a build reads thirty tables."""
    home = Home(tmp_path / "home")
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(32)]
    for day in days:
        write_run(home.lake, day, answers(day))
    assert compact(home).months == ("2026-01",)
    parts = [f"{path.parent.name}/{path.stem}" for path in Lake(home.lake).log_files()]
    wanted = [part for part in parts if date(2026, 1, 3) <= day_of(part) <= date(2026, 1, 28)]
    tenants = [tenant(number) for number in range(60)]
    query = (
        f"from {reading(files_of(home.lake, 'users', wanted))} where {one_of('tenant_id', tenants)}"
    )
    plan = str(duckdb.sql(f"explain {query}").fetchall())
    assert "READ_PARQUET" in plan
    assert "JOIN" not in plan
    assert len(set(duckdb.sql(f"select filename {query}").fetchall())) == len(wanted) == 26


def test_a_collection_finds_what_it_found(home: Home) -> None:
    def known() -> Any:
        committed = CommittedDay(Lake(home.lake), DAYS[1])
        history = ReadingHistory(Lake(home.lake), [A, B])
        return (
            committed.outcome(A, "users"),
            {name: table.num_rows for name, table in committed.tables(A, "users").items()},
            history.captured,
            history.known(A, DAYS[0] - timedelta(days=9)),
        )

    before = known()
    assert before[0] == "ok"
    assert len(before[3]) == len(DAYS)
    compact(home)
    assert known() == before


def test_a_kill_at_any_step_changes_no_row_and_the_next_one_goes_on(
    home: Home, tmp_path: Path
) -> None:
    before = rows(home)
    done, killed = Home(tmp_path / "done"), Home(tmp_path / "killed")
    shutil.copytree(home.root, done.root)
    steps = killed_compaction.steps(done.root)
    states = set()
    for fatal in range(1, steps + 1, max(steps // KILLS, 1)):
        shutil.rmtree(killed.root, ignore_errors=True)
        shutil.copytree(home.root, killed.root)
        assert killed_compaction.exit_code(killed.root, fatal) == -signal.SIGKILL
        states.add((len(list(killed.lake.glob("compacted/*.json"))), count(killed)))
        assert rows(killed) == before, fatal
        compact(killed)
        assert rows(killed) == before, fatal
        assert count(killed) == count(done), fatal
    # Before a month counts, after it does, and while its small files go.
    assert {manifests for manifests, _ in states} == {0, 1, 2}
    assert len(states) > KILLS // 2


def test_what_is_lost_of_a_merged_file_is_found_and_named(home: Home) -> None:
    compact(home)
    lake = Lake(home.lake)
    [users] = home.lake.glob("users/extract_month=2026-01/*")
    whole = users.read_bytes()
    assert find_damage(lake, lake.log_files()) == []
    pq.write_table(pq.read_table(users, partitioning=None).slice(1), users)
    [short] = find_damage(lake, lake.log_files())
    assert (short.kind, short.part.split("/")[0]) == ("short", f"extract_date={DAYS[0]}")
    users.write_bytes(whole[:-40])
    damage = find_damage(lake, lake.log_files())
    assert {one.kind for one in damage} == {"unreadable"}
    # A build leaves out what it cannot read by the path that a part was written to.
    parts = [one.part for one in damage]
    assert {one.path for one in damage} == {*files_of(home.lake, "users", parts)}
    users.unlink()
    [line] = damage_lines(find_damage(lake, lake.log_files()))
    assert str(home.lake / "users" / f"extract_date={DAYS[0]}") in line or str(users) in line
    assert "is not there" in line
    assert "posture build --full" in line
    manifest = home.lake / "compacted" / "2026-01.json"
    content = manifest.read_text()
    for change in (manifest.unlink, lambda: manifest.write_text(content[:50])):
        change()
        with pytest.raises(PostureError, match=r"compacted/2026-01\.json: is .*backup"):
            lake.log_files()


def test_no_row_of_a_large_part_is_taken_for_lost(tmp_path: Path) -> None:
    home = Home(tmp_path)
    many = {tenant(number): {"users": [{"id": "p"}] * (number % 4)} for number in range(50)}
    for number in range(5):
        write_run(home.lake, DAYS[0] - timedelta(days=number), many)
    compact(home, today=DAYS[-1])
    assert find_damage(Lake(home.lake), Lake(home.lake).log_files()) == []


def test_a_month_with_a_damaged_file_stays_as_it_is(home: Home) -> None:
    [path] = home.lake.glob(f"users/extract_date={DAYS[2]}/*")
    path.write_bytes(path.read_bytes()[:-40])
    said = posture_here("compact", "--home", home.root)
    assert said.code == 3
    assert [line for line in said.out.splitlines() if str(path) in line]
    assert path.exists()
    assert not list(home.lake.glob("*/extract_month=2026-02"))
    assert list(home.lake.glob("*/extract_month=2026-01"))
    assert not list((home.lake / ".unfinished").iterdir())


CONFIG = """
credential: {kind: default}
tenants: [{id: 11111111-1111-1111-1111-111111111111}]
"""


@pytest.mark.parametrize(
    ("written", "months"),
    [("", 2), ("maintenance: {compact: true}", 2), ("maintenance: {compact: false}", 0)],
)
def test_a_run_merges_at_its_end_unless_tenants_yaml_says_no(
    home: Home, tmp_path: Path, written: str, months: int
) -> None:
    config = tmp_path / "tenants.yaml"
    config.write_text(CONFIG + written)
    posture = PostureHome(home=str(home.root), config=str(config))
    assert merge_closed_months(posture) == ()
    assert len(list(home.lake.glob("compacted/*.json"))) == months


@pytest.mark.parametrize("merges", [True, False])
def test_whoever_starts_it_a_run_in_dagster_merges_what_it_may_and_says_what_it_kept(
    home: Home, tmp_path: Path, merges: bool
) -> None:
    """Only the demo asks for none."""
    config, display = tmp_path / "tenants.yaml", Display()
    config.write_text(CONFIG)
    assert build(home).ok
    [damaged] = home.lake.glob(f"users/extract_date={DAYS[2]}/*")
    damaged.write_bytes(damaged.read_bytes()[:-40])
    posture = PostureHome(home=str(home.root), config=str(config), merges_months=merges)
    token = current_observer.set(display)
    try:
        ended = dg.materialize(
            [published_asset(warehouse_assets(home))],
            resources={"posture": posture},
            tags={"dagster/partition": str(DAYS[-1])},
        )
    finally:
        current_observer.reset(token)
    assert ended.success
    assert (home.published / "manifest.json").exists()
    assert len(list(home.lake.glob("compacted/*.json"))) == int(merges)
    assert [str(damaged) in line for line in display.kept_small] == [True] * merges


def test_what_is_no_yes_and_no_no_is_wrong_use(tmp_path: Path) -> None:
    config = tmp_path / "tenants.yaml"
    config.write_text(CONFIG + "maintenance: {compact: monthly}")
    with pytest.raises(
        UsageError, match=r"tenants\.yaml:4: maintenance\.compact: must be true or false"
    ):
        load_config(config)
