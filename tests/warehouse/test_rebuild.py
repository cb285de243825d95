"""The warehouse is a cache of the lake: however it was built, the facts are the same."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.lake.compact import compact
from pipeline.published.manifest import read_manifest
from pipeline.published.publish import publish
from pipeline.warehouse import slices
from pipeline.warehouse.build import build
from pipeline.warehouse.public_models import public_models
from tests.warehouse.random_history import write_history

UNSTABLE = {"collected_at", "run_id", "last_collected_at"}


def facts(home: Home) -> dict[str, list[tuple]]:
    """Every public model but fct_collection, sorted, without what a rerun may change."""
    found = {}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where schema_name in ('core', 'marts') and table_name <> 'fct_collection'"
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


def test_daily_builds_give_the_same_facts_as_one_build_from_the_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily = Home(tmp_path)

    def build_day(_: object) -> None:
        before = tmp_path / "before.duckdb"
        if daily.warehouse.exists():
            shutil.copyfile(daily.warehouse, before)
        result = build(daily)
        assert result.ok, result.failed
        if before.exists():
            assert_changes_are_recorded(daily, before)
        # Month after month linked from the snapshot before: a stale one would show at the end.
        published_checksums(daily)

    write_history(daily.lake, seed=11, tenants=10, days=3, on_day=build_day)
    expected, checksums = facts(daily), published_checksums(daily)
    assert expected["fct_control_score_daily"]
    assert len(checksums) > 15
    # A long history is built month by month; this one spans two, and stands in few
    # files by now.
    assert compact(daily, today=date(2026, 12, 31)).months
    monkeypatch.setattr(slices, "SLICE_DAYS", 0)
    assert build(daily, full=True).ok
    assert differences(expected, facts(daily)) == ""
    assert published_checksums(daily) == checksums

    # What other models made does not mix with what these make: it is made anew.
    with duckdb.connect(str(daily.warehouse)) as connection:
        connection.execute("update ops.generation set models = 'of another version'")
        connection.execute("delete from core.dim_principal")
        connection.execute("delete from core.fct_tenant_score_daily")
    assert build(daily).ok
    assert differences(expected, facts(daily)) == ""


def assert_changes_are_recorded(home: Home, before: Path) -> None:
    """What `ops` says that the last build changed is what it changed, by fact, tenant and day."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
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
