"""What a publish leaves for readers."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline import open_published
from pipeline.errors import PostureError
from pipeline.published import ordered
from tests.small_warehouse import VERSIONS, Warehouse

FACT = "fct_control_score_daily"


def manifest(warehouse: Warehouse) -> dict:
    return json.loads((warehouse.home.published / "manifest.json").read_text())


def parquet_bytes(snapshot: Path) -> dict[str, str]:
    return {
        str(path.relative_to(snapshot)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(snapshot.rglob("*.parquet"))
    }


def test_manifest_names_every_file_with_its_rows_bytes_and_checksum(warehouse):
    snapshot = warehouse.publish()
    document = manifest(warehouse)
    assert document["snapshot"] == snapshot.id
    assert document["as_of"] == "2026-06-30"
    assert document["published_at"].endswith("Z")
    assert set(document["models"]) == {"dim_tenant", FACT, "mart_posture_overview"}
    assert document["models"][FACT]["schema"] == "core"
    named = set()
    for model in document["models"].values():
        assert model["rows"] == sum(file["rows"] for file in model["files"])
        for file in model["files"]:
            path = warehouse.home.published / file["path"]
            content = path.read_bytes()
            assert len(content) == file["bytes"]
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            assert pq.read_metadata(path).num_rows == file["rows"]
            named.add(path)
    assert named == set(snapshot.path.rglob("*.parquet"))
    assert [f["month"] for f in document["models"][FACT]["files"]] == list(VERSIONS)


def test_files_are_snappy_and_ordered_by_key(warehouse):
    snapshot = warehouse.publish()
    path = snapshot.path / FACT / "2026-04.parquet"
    assert pq.read_metadata(path).row_group(0).column(0).compression == "SNAPPY"
    rows = pq.read_table(path).to_pylist()
    keys = [(row["tenant_id"], row["control_id"], row["score_date"]) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == 10 * 30 * 5


def test_same_warehouse_content_gives_the_same_bytes(warehouse):
    first = parquet_bytes(warehouse.publish().path)
    # The same rows, stored in another order by another build, on another number of threads.
    warehouse.write(1, versions=VERSIONS, generation="g2")
    warehouse.execute(
        f"create or replace table core.{FACT} as"
        f" select * from core.{FACT} order by hash(control_id)"
    )
    assert parquet_bytes(warehouse.publish().path) == first


def test_rows_are_the_same_bytes_however_many_are_sorted_at_once(warehouse, monkeypatch):
    first = parquet_bytes(warehouse.publish().path)
    warehouse.write(1, versions=VERSIONS, generation="g2")
    monkeypatch.setattr(ordered, "PIECE_ROWS", 400)
    assert parquet_bytes(warehouse.publish().path) == first


def test_unchanged_months_are_linked_and_changed_ones_rewritten(warehouse):
    before = warehouse.publish().path / FACT
    warehouse.write(2, versions=VERSIONS | {"2026-06": 2})
    after = warehouse.publish().path / FACT
    assert (before / "2026-04.parquet").samefile(after / "2026-04.parquet")
    assert (before / "2026-05.parquet").samefile(after / "2026-05.parquet")
    assert not (before / "2026-06.parquet").samefile(after / "2026-06.parquet")
    assert set(pq.read_table(after / "2026-06.parquet")["stamp"].to_pylist()) == {2}
    files = {file["month"]: file for file in manifest(warehouse)["models"][FACT]["files"]}
    assert len({file["version"] for file in files.values()}) == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("update ops.generation set generation = 'g2'", id="full rebuild"),
        pytest.param(f"alter table core.{FACT} add column note varchar", id="new column"),
        pytest.param("delete from ops.touched_months", id="versions unknown"),
    ],
)
def test_no_month_is_linked_after(warehouse, change):
    before = warehouse.publish().path / FACT
    warehouse.execute(change, on_portfolio="g2" in change)
    after = warehouse.publish().path / FACT
    for month in VERSIONS:
        name = f"{month}.parquet"
        assert not (before / name).samefile(after / name), month


def test_a_month_with_other_rows_or_a_lost_file_is_written_again(warehouse):
    before = warehouse.publish().path / FACT
    (before / "2026-05.parquet").unlink()
    warehouse.execute(f"delete from core.{FACT} where score_date = date '2026-04-07'")
    after = warehouse.publish().path / FACT
    assert pq.read_metadata(after / "2026-05.parquet").num_rows == 31 * 50
    assert pq.read_metadata(after / "2026-04.parquet").num_rows == 29 * 50


def test_an_emptied_month_disappears_and_an_empty_fact_stays_readable(warehouse):
    warehouse.publish()
    warehouse.execute(f"delete from core.{FACT} where score_date < date '2026-05-01'")
    assert not (warehouse.publish().path / FACT / "2026-04.parquet").exists()
    warehouse.execute(f"delete from core.{FACT}")
    warehouse.publish()
    with open_published(warehouse.home) as connection:
        assert connection.sql(f"select count(*) from {FACT}").fetchone() == (0,)


@pytest.mark.parametrize(
    "expression",
    [
        "sum(1::bigint)",
        "1::decimal(20, 2)",
        "1::decimal(18, 5)",
        "now()",
        "[1]",
        "uuid()",
        "1::utinyint",
        "'{}'::json",
        "time '10:00'",
        "timestamp_ns '2026-01-01'",
    ],
)
def test_a_type_that_not_all_readers_share_is_refused(warehouse, expression):
    first = warehouse.publish()
    warehouse.execute(
        "create or replace table marts.mart_posture_overview as"
        f" select 'a' as tenant_id, {expression} as odd"
    )
    with pytest.raises(PostureError, match=r"marts\.mart_posture_overview: column odd is "):
        warehouse.publish()
    assert manifest(warehouse)["snapshot"] == first.id


def test_the_last_three_and_all_of_the_last_day_stay(warehouse):
    hourly = [warehouse.publish(after=timedelta(hours=1)).id for _ in range(5)]
    folder = warehouse.home.published / "snapshots"
    assert {path.name for path in folder.iterdir()} == set(hourly)
    late = warehouse.publish(after=timedelta(hours=22)).id
    assert {path.name for path in folder.iterdir()} == {*hourly[2:], late}
    for _ in range(3):
        last = warehouse.publish(after=timedelta(days=3)).id
    assert len(list(folder.iterdir())) == 3
    assert manifest(warehouse)["kept_snapshots"][0] == last


def test_posture_database_holds_tables_views_and_descriptions(warehouse):
    snapshot = warehouse.publish()
    path = warehouse.home.published / "posture.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.sql("select count(*) from core.dim_tenant").fetchone() == (10,)
        assert connection.sql(f"select count(*) from core.{FACT}").fetchone() == (10 * 91 * 5 - 50,)
        kinds = dict(
            connection.sql(
                "select table_name, table_type from information_schema.tables"
            ).fetchall()
        )
        assert kinds == {
            "dim_tenant": "BASE TABLE",
            FACT: "VIEW",
            f"latest_{FACT}": "VIEW",
            "mart_posture_overview": "BASE TABLE",
        }
        [(view,)] = connection.sql(
            f"select sql from duckdb_views() where view_name = '{FACT}'"
        ).fetchall()
        assert snapshot.id in view
        [(comment,)] = connection.sql(
            "select comment from duckdb_tables() where table_name = 'dim_tenant'"
        ).fetchall()
        assert comment == "One row per key of dim_tenant, the owner's words."
        comments = connection.sql(
            "select comment from duckdb_columns() where column_name = 'tenant_id'"
        ).fetchall()
        assert set(comments) == {("The tenant's id.",)}
    # Bytes 12 to 20 of the header: storage version 64, which every client since 1.0 reads.
    assert int.from_bytes(path.read_bytes()[12:20], "little") == 64
    assert not path.with_name("posture.duckdb.wal").exists()


def test_an_open_reader_keeps_its_snapshot(warehouse):
    warehouse.publish()
    with open_published(warehouse.home) as connection:
        warehouse.write(2, versions=dict.fromkeys(VERSIONS, 2))
        warehouse.publish()
        for model in ("dim_tenant", FACT, "mart_posture_overview"):
            assert connection.sql(f"select distinct stamp from {model}").fetchall() == [(1,)]
    with open_published(str(warehouse.home.root)) as connection:
        assert connection.sql(f"select distinct stamp from core.{FACT}").fetchall() == [(2,)]


def test_leftovers_of_a_killed_publish_are_swept(warehouse):
    first = warehouse.publish()
    published = warehouse.home.published
    (published / ".staging" / "half").mkdir(parents=True)
    (published / ".staging" / "posture.duckdb").write_text("half")
    (published / "snapshots" / "20260630T060500000000Z-dead").mkdir()
    second = warehouse.publish()
    assert {path.name for path in published.iterdir()} == {
        "manifest.json",
        "posture.duckdb",
        "snapshots",
    }
    assert {path.name for path in (published / "snapshots").iterdir()} == {first.id, second.id}


def test_nothing_built_and_nothing_published_are_said_in_one_line(warehouse, tmp_path):
    with pytest.raises(PostureError, match="nothing is published yet; run `posture run`"):
        open_published(tmp_path / "elsewhere")
    warehouse.home.warehouse.unlink()
    with pytest.raises(PostureError, match="nothing is built yet; run `posture build`"):
        warehouse.publish()
    (warehouse.home.published / "manifest.json").write_text("{")
    with pytest.raises(PostureError, match=r"manifest\.json: is damaged"):
        open_published(warehouse.home)
