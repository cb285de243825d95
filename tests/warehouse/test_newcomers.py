"""What a shard of a home that was built has not seen: a new tenant, a day that it is past."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.lake import shards
from pipeline.published.publish import publish
from pipeline.warehouse.build import build, finished_build
from pipeline.warehouse.store import open_built, shard_files
from tests.warehouse.lake_writer import Answer, control, profile, record, tenant, write_run
from tests.warehouse.test_rebuild import differences, facts

DAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _two_tenants_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "TENANTS_PER_SHARD", 2)


def answers(number: int, day: date) -> dict[str, Answer]:
    return {
        "secure_scores": [record(tenant(number), day, [control("A", 5, 50)], maximum=10)],
        "secure_score_control_profiles": [profile(tenant(number), "A", 10)],
    }


def collect(home: Home, day: date, *numbers: int) -> None:
    write_run(home.lake, day, {tenant(one): answers(one, day) for one in numbers})


def built_anew(home: Home, root: Path) -> Home:
    again = Home(root)
    again.root.mkdir()
    (again.root / "lake").symlink_to(home.lake)
    assert build(again).ok
    return again


def test_a_tenant_that_joins_a_full_portfolio_begins_a_shard_and_moves_nobody(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    collect(home, DAY, 1, 2)
    assert build(home).ok
    [first] = shard_files(home)
    collect(home, DAY + timedelta(days=1), 1, 2, 3)
    assert build(home).ok
    assert len(shard_files(home)) == 2
    with open_built(home) as connection:
        found = connection.execute("select tenant_id from core.dim_tenant order by all").fetchall()
    assert found == [(tenant(one),) for one in (1, 2, 3)]
    publish(home, run_date=DAY + timedelta(days=1), published_at=NOON)
    assert differences(facts(home), facts(built_anew(home, tmp_path / "again"))) == ""
    assert first in shard_files(home)


def test_a_capture_of_an_earlier_day_makes_the_warehouse_anew(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for offset in (0, 2):
        collect(home, DAY + timedelta(days=offset), 1, 2, 3)
    assert build(home).ok
    # As from a backup: a part of a day that the shard of the third tenant is past.
    collect(home, DAY + timedelta(days=1), 3)
    assert build(home).ok
    assert differences(facts(home), facts(built_anew(home, tmp_path / "again"))) == ""


def test_a_log_without_a_part_makes_a_warehouse_without_a_tenant(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (home.lake / "collection_log").mkdir(parents=True)
    assert build(home).ok
    assert finished_build(home) is not None
    with open_built(home) as connection:
        assert connection.execute("select count(*) from core.dim_tenant").fetchall() == [(0,)]
