"""The warehouse is a cache of the lake: however it was built, the facts are the same."""

import os
import random
import shutil
import signal
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.home import Home
from pipeline.lake.compact import compact
from pipeline.published.manifest import read_manifest
from pipeline.published.publish import publish
from pipeline.warehouse import slices
from pipeline.warehouse.build import build
from pipeline.warehouse.compiled import models_fingerprint
from pipeline.warehouse.public_models import public_models
from pipeline.warehouse.slices import LakeParts
from pipeline.warehouse.store import open_built, shard_file, shard_files, shard_state
from tests.commands import begun, posture
from tests.processes import all_ended, wait_until, workers_of
from tests.warehouse.random_history import write_history

UNSTABLE = {"collected_at", "run_id", "last_collected_at"}


def facts(home: Home) -> dict[str, list[tuple]]:
    """Every public model but fct_collection, sorted, without what a rerun may change."""
    found = {}
    with open_built(home) as connection:
        tables = connection.execute(
            "select schema_name, view_name from duckdb_views() where database_name = 'memory' "
            "and schema_name in ('core', 'marts') and view_name <> 'fct_collection'"
        ).fetchall()
        for schema, table in tables:
            columns = [
                row[0]
                for row in connection.execute(f"describe {schema}.{table}").fetchall()
                if row[0] not in UNSTABLE
            ]
            listed = ", ".join(f'"{column}"' for column in columns)
            rows = connection.execute(f"select {listed} from {schema}.{table}").fetchall()
            found[table] = sorted(rows, key=repr)
    return found


def differences(left: dict[str, list[tuple]], right: dict[str, list[tuple]]) -> str:
    lines = []
    for table in sorted(left.keys() | right.keys()):
        one, other = set(map(repr, left.get(table, []))), set(map(repr, right.get(table, [])))
        lines += [f"{table}: only daily {row}" for row in sorted(one - other)[:3]]
        lines += [f"{table}: only full {row}" for row in sorted(other - one)[:3]]
    return "\n".join(lines)


@dataclass(frozen=True)
class Lived:
    """A home that was built day by day, with its facts and what was published in the end."""

    home: Home
    facts: dict[str, list[tuple]]
    checksums: dict[str, str]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    daily = Home(tmp_path_factory.mktemp("daily"))

    def build_day(_: object) -> None:
        before = daily.root / "before.duckdb"
        if shard_file(daily, 0).exists():
            shutil.copyfile(shard_file(daily, 0), before)
        result = build(daily)
        assert result.ok, result.failed
        if before.exists():
            assert_changes_are_recorded(daily, before)
        # Month after month linked from the snapshot before: a stale one would show at the end.
        published_checksums(daily)

    write_history(daily.lake, seed=11, tenants=10, days=3, on_day=build_day)
    return Lived(daily, facts(daily), published_checksums(daily))


def test_daily_builds_give_the_same_facts_as_one_build_from_the_lake(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lived.facts["fct_control_score_daily"]
    assert len(lived.checksums) > 15
    # A long history is built slice by slice, here each day is one, and stands in few files by now.
    assert compact(lived.home, today=date(2026, 12, 31)).months
    monkeypatch.setattr(slices, "SLICE_DAYS", 1)
    again = build(lived.home, full=True)
    assert (again.ok, again.damage) == (True, [])
    assert differences(lived.facts, facts(lived.home)) == ""
    assert published_checksums(lived.home) == lived.checksums

    # What other models made does not mix with what these make: it is made anew.
    made = lived.home.warehouse_dir / "generation.json"
    made.write_text(made.read_text().replace(models_fingerprint(), "of another version"))
    with duckdb.connect(str(shard_file(lived.home, 0))) as connection:
        connection.execute("delete from core.dim_principal")
        connection.execute("delete from core.fct_tenant_score_daily")
    assert build(lived.home).ok
    assert differences(lived.facts, facts(lived.home)) == ""


@pytest.mark.parametrize(("shards", "workers"), [(2, 1), (7, 2)])
def test_facts_are_the_same_whatever_the_number_of_shards_and_workers(
    lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shards: int, workers: int
) -> None:
    home = sharded(lived, tmp_path, shards)
    monkeypatch.setenv("POSTURE_WORKERS", str(workers))
    notes: list[str] = []
    assert build(home, on_note=notes.append).ok
    assert notes[0] == f"{shards} shards of tenants in {workers} processes"
    assert len(shard_files(home)) == shards
    assert differences(lived.facts, facts(home)) == ""
    assert published_checksums(home) == lived.checksums


def test_kills_of_two_workers_and_their_parent_lose_nothing(lived: Lived, tmp_path: Path) -> None:
    chance = random.Random(7)
    home = sharded(lived, tmp_path, 4)
    done: set[Path] = set()
    for kill in range(3):
        process = begun("build", "--home", home.root, POSTURE_WORKERS="2")
        workers = workers_of(process, at_least=2)
        time.sleep(chance.uniform(0.2, 2.5))
        if kill % 2:
            os.kill(workers[-1], signal.SIGKILL)
            assert process.wait(timeout=60) == 1
            assert "`posture build` goes on where it stopped" in process.communicate()[1]
        else:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            wait_until(partial(all_ended, workers))
        assert not home.warehouse.exists()
        finished = {path for path in shard_files(home, are_next=True) if is_whole(path, lived)}
        assert finished >= done, "a shard that was done was begun again"
        done = finished
    ended = posture("build", "--home", home.root, POSTURE_WORKERS="2")
    assert ended.code == 0, ended.err
    assert differences(lived.facts, facts(home)) == ""
    assert published_checksums(home) == lived.checksums


def sharded(lived: Lived, root: Path, shards: int) -> Home:
    """A home with the same lake, whose tenants are assigned to so many shards."""
    home = Home(root)
    shutil.copytree(lived.home.lake, home.lake)
    for path in home.lake.glob("tenant_config/*/*.parquet"):
        rows = pq.ParquetFile(path).read()
        number = pa.array([int(one[:8]) % shards for one in rows["tenant_id"].to_pylist()])
        place = rows.column_names.index("shard")
        pq.write_table(rows.set_column(place, "shard", number.cast(pa.int32())), path)
    return home


def is_whole(path: Path, lived: Lived) -> bool:
    state = shard_state(path)
    return state is not None and state.parts_seen == LakeParts.of_lake(lived.home.lake).all


def assert_changes_are_recorded(home: Home, before: Path) -> None:
    """What `ops` says that the last build changed is what it changed, by fact, tenant and day."""
    with open_built(home) as connection:
        connection.execute(f"attach '{before}' as before (read_only)")
        found: set[tuple] = set()
        for model in public_models(home):
            if model.is_monthly:
                now, then = f"core.{model.name}", f"before.core.{model.name}"
                rows = f"((from {now} except from {then}) union (from {then} except from {now}))"
                days = f"select distinct '{model.name}', tenant_id, {model.date_column} from {rows}"
                found.update(connection.execute(days).fetchall())
        recorded = connection.execute("from ops.changed_days").fetchall()
        assert sorted(recorded) == sorted(found)
        risen = connection.execute(
            """
            select model, month
            from ops.touched_months
            anti join before.ops.touched_months as earlier using (model, month, version)
            """
        ).fetchall()
        assert set(risen) == {(model, f"{day:%Y-%m}") for model, _, day in found}


def published_checksums(home: Home) -> dict[str, str]:
    """Model and month -> checksum of its Parquet, after publishing the warehouse as it is."""
    publish(home, run_date=date(2026, 3, 3), published_at=datetime(2026, 3, 3, 12, tzinfo=UTC))
    manifest = read_manifest(home.published)
    assert manifest is not None
    return {
        f"{name} {file.month}": file.sha256
        for name, model in manifest.models.items()
        for file in model.files
    }
