"""What stands in SQL beside the models: each tenant's newest day, and which snapshot this is."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline import open_published
from pipeline.cli import main
from pipeline.warehouse.public_models import public_models
from tests.small_warehouse import VERSIONS, Warehouse, node

FACT = "fct_control_score_daily"
LATEST = f"latest_{FACT}"
# One tenant stopped reporting in May; the others have all 90 days.
LATE = "delete from core.fct_control_score_daily where {0}"
STOPPED = LATE.format("tenant_id = 'tenant-3' and score_date > date '2026-05-20'")


@pytest.fixture
def published(warehouse: Warehouse) -> Warehouse:
    warehouse.execute(STOPPED)
    warehouse.publish()
    return warehouse


def newest_days(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[date, int]]:
    rows = connection.sql(
        "select tenant_id, min(score_date), max(score_date), count(*) "
        f"from core.{LATEST} group by tenant_id"
    ).fetchall()
    assert all(first == last for _, first, last, _ in rows)
    return {tenant: (last, count) for tenant, _, last, count in rows}


EXPECTED = {f"tenant-{i}": (date(2026, 6, 29), 5) for i in range(10)} | {
    "tenant-3": (date(2026, 5, 20), 5)
}


def test_latest_is_each_tenants_own_newest_day(published: Warehouse) -> None:
    with open_published(published.home) as connection:
        assert newest_days(connection) == EXPECTED
        columns = connection.sql(f"describe {LATEST}").fetchall()
        assert columns == connection.sql(f"describe {FACT}").fetchall()
    path = published.home.published / "posture.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        assert newest_days(connection) == EXPECTED


def test_the_view_of_an_open_reader_stays_on_the_files_of_its_snapshot(
    published: Warehouse,
) -> None:
    path = published.home.published / "posture.duckdb"
    with (
        duckdb.connect(str(path), read_only=True) as database,
        open_published(published.home) as connection,
    ):
        first = database.sql("select snapshot_id()").fetchone()
        published.write(2, versions=dict.fromkeys(VERSIONS, 2))
        published.publish()
        for reader in (database, connection):
            assert newest_days(reader) == EXPECTED
            assert reader.sql("select snapshot_id()").fetchone() == first


def test_the_snapshot_is_a_value_in_sql(
    published: Warehouse, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    manifest = json.loads((published.home.published / "manifest.json").read_text())
    query = "select snapshot_id() as id, snapshot_date() as day"
    wanted = (manifest["snapshot"], date(2026, 6, 30))
    with open_published(published.home) as connection:
        assert connection.sql(query).fetchone() == wanted
    path = published.home.published / "posture.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.sql(query).fetchone() == wanted
        connection.execute("set search_path = 'core,marts'")
        assert connection.sql(query).fetchone() == wanted
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as posture (read_only)")
        assert connection.sql("select posture.main.snapshot_id()").fetchone() == wanted[:1]
    assert main(["sql", query, "--format", "json", "--home", str(published.home.root)]) == 0
    [row] = json.loads(capsysbinary.readouterr().out)
    assert row == {"id": wanted[0], "day": "2026-06-30"}
    words = ["sql", f"select count(*) as n from {LATEST}", "--format", "csv"]
    assert main([*words, "--home", str(published.home.root)]) == 0
    assert capsysbinary.readouterr().out == b"n\n50\n"


def test_the_view_is_described(published: Warehouse) -> None:
    path = published.home.published / "posture.duckdb"
    comment = f"{FACT} on the newest score_date that each tenant has in it."
    query = f"select comment from duckdb_views() where view_name = '{LATEST}'"
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.sql(query).fetchone() == (comment,)
    with open_published(published.home) as connection:
        assert connection.sql(query).fetchone() == (comment,)


@pytest.mark.parametrize(
    ("name", "schema", "meta", "day"),
    [
        ("fct_role_daily", "core", {"key": ["tenant_id", "snapshot_date", "a"]}, "snapshot_date"),
        ("fct_odd_daily", "core", {"key": ["tenant_id", "a"], "daily": "day"}, "day"),
        ("fct_undated", "core", {"key": ["run_id", "tenant_id"]}, None),
        ("fct_calendar", "core", {"key": ["event_date"]}, None),
        ("dim_control", "core", {"key": ["tenant_id", "first_date"]}, None),
        ("mart_trend", "marts", {"key": ["tenant_id", "trend_date"]}, None),
    ],
)
def test_every_fact_of_a_tenant_by_day_has_one(
    warehouse: Warehouse, name: str, schema: str, meta: dict[str, object], day: str | None
) -> None:
    one = node(FACT) | {"name": name, "schema": schema, "config": {"meta": meta}}
    path = warehouse.home.dbt_target / "manifest.json"
    path.write_text(json.dumps({"nodes": {name: one}}))
    [model] = public_models(warehouse.home)
    assert model.day_column == day


def test_a_snapshot_from_before_the_recipes_still_opens(published: Warehouse) -> None:
    path = published.home.published / "manifest.json"
    document = json.loads(path.read_text())
    for model in document["models"].values():
        model.pop("day_column", None)
    path.write_text(json.dumps(document))
    with open_published(published.home) as connection:
        assert connection.sql(f"select count(*) from {FACT}").fetchone() == (4300,)


def test_a_warehouse_as_of_a_time_is_published_as_of_its_own_newest_day(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse.execute(
        "create table core.fct_collection as select date '2026-05-31' as extract_date"
    )
    warehouse.execute(
        "update ops.generation set as_of = '2026-06-02T23:59:59.999999+00:00'", on_portfolio=True
    )
    warehouse.publish()
    home = str(warehouse.home.root)
    document = json.loads((warehouse.home.published / "manifest.json").read_text())
    assert document["as_of"] == "2026-05-31"
    assert document["built_as_of"] == "2026-06-02T23:59:59.999999Z"
    assert main(["status", "--home", home]) == 0
    assert "built from only what was read by 2026-06-02 23:59 UTC" in capsys.readouterr().out
    assert main(["status", "--json", "--home", home]) == 0
    snapshot = json.loads(capsys.readouterr().out)["snapshot"]
    built = datetime(2026, 6, 2, 23, 59, 59, 999999, tzinfo=UTC)
    assert datetime.fromisoformat(snapshot["built_as_of"]) == built
    with open_published(Path(home)) as connection:
        assert connection.sql("select snapshot_date()").fetchone() == (date(2026, 5, 31),)
