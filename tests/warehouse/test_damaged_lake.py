"""A lake that lost, gained or doubled rows: named with its file, and never published as facts."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.home import Home
from pipeline.lake.history import CommittedDay
from pipeline.lake.integrity import find_damage
from pipeline.lake.parts import Lake
from pipeline.warehouse.store import open_built
from tests.commands import Ended, posture_here
from tests.warehouse.absurd_tenants import LAST_DAY, ordinary_lake
from tests.warehouse.lake_writer import tenant, write_run

FIRST, SECOND = 0, 1


@dataclass(frozen=True)
class Damaged:
    """A home whose lake was damaged before it was built, and what the build said."""

    home: Home
    tenants: tuple[str, str]
    files: Mapping[str, Path]
    ended: Ended

    def row(self, query: str, *values: object) -> Any:
        with open_built(self.home) as connection:
            return connection.execute(query, [*values]).fetchone()

    def posture(self, columns: str, tenant: int) -> Any:
        return self.row(
            f"select {columns} from core.fct_identity_posture_daily "
            "where tenant_id = ? and snapshot_date = ?",
            self.tenants[tenant],
            LAST_DAY,
        )


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Damaged:
    root = tmp_path_factory.mktemp("damaged")
    home = Home(root / "home")
    shutil.copytree(ordinary_lake(root / "ordinary", tenants=2), home.lake)
    names = ("users", "role_definitions", "subscribed_skus", "organization", "collection_log")
    files = {name: _newest(home, name) for name in names}
    log = pq.read_table(files["collection_log"], partitioning=None)
    one, other = sorted(set(log["tenant_id"].to_pylist()))
    files["users"].unlink()
    _rewrite(files["role_definitions"], lambda rows: rows.filter(_not_first_of(rows, one)))
    _rewrite(files["subscribed_skus"], lambda rows: pa.concat_tables([rows, _of(rows, other)]))
    files["organization"].write_bytes(files["organization"].read_bytes()[:-40])
    # A sync tool's copy, and one under the name of another part.
    path = files["collection_log"]
    shutil.copy(path, path.with_name(f"{path.stem} (1).parquet"))
    shutil.copy(path, path.with_name(path.name.replace("-0001.", "-0009.")))
    ended = posture_here("build", "--home", home.root)
    return Damaged(home, (one, other), files, ended)


def _newest(home: Home, table: str) -> Path:
    return max((home.lake / table / f"extract_date={LAST_DAY}").glob("*.parquet"))


def _rewrite(path: Path, change: Any) -> None:
    rows = change(pq.read_table(path, partitioning=None))
    pq.write_table(rows, path)


def _of(rows: pa.Table, tenant: str) -> pa.Table:
    return rows.filter(pa.compute.equal(rows["tenant_id"], tenant))


def _not_first_of(rows: pa.Table, tenant: str) -> pa.Array:
    first = rows["tenant_id"].to_pylist().index(tenant)
    return pa.array([number != first for number in range(rows.num_rows)])


def test_the_build_goes_on_and_says_that_something_is_missing(damaged: Damaged) -> None:
    assert damaged.ended.code == 3, damaged.ended.err
    assert "built" in damaged.ended.out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("users", "is not there, and its log vouches for"),
        ("role_definitions", "rows its log vouches for; restore it from a backup"),
        ("subscribed_skus", "rows where its log vouches for"),
        ("organization", "cannot be read as Parquet"),
    ],
)
def test_every_damaged_file_is_named_with_what_is_wrong(
    damaged: Damaged, table: str, said: str
) -> None:
    [line] = [one for one in damaged.ended.err.splitlines() if str(damaged.files[table]) in one]
    assert line.startswith("damaged: ")
    assert said in line
    assert "posture build --full" in line


def test_the_copies_of_a_log_file_are_named_and_count_for_nothing(damaged: Damaged) -> None:
    path = damaged.files["collection_log"]
    assert f"{path.stem} (1).parquet: no run wrote this" in damaged.ended.err
    assert f"{path.name.replace('-0001.', '-0009.')}: says again" in damaged.ended.err
    assert damaged.row(
        "select count(*) - count(distinct (run_id, tenant_id, feed)) from core.fct_collection"
    ) == (0,)


def test_stale_people_are_unknown_where_the_users_are_lost_and_not_none(damaged: Damaged) -> None:
    for number in (FIRST, SECOND):
        assert damaged.posture("stale_count, sign_in_status", number) == (None, "bad_response")
        assert damaged.posture("privileged_count > 0", number) == (True,)


def test_a_short_part_is_the_trouble_of_the_tenant_whose_rows_it_lacks(damaged: Damaged) -> None:
    outcome = (
        "select outcome, error_code from core.fct_collection "
        "where feed = ? and tenant_id = ? and extract_date = ?"
    )
    for feed, number, expected in (
        ("role_definitions", FIRST, ("bad_response", "lake_part_short")),
        ("role_definitions", SECOND, ("ok", None)),
        ("subscribed_skus", FIRST, ("ok", None)),
        ("subscribed_skus", SECOND, ("bad_response", "lake_part_doubled")),
        ("organization", FIRST, ("bad_response", "lake_part_unreadable")),
    ):
        assert damaged.row(outcome, feed, damaged.tenants[number], LAST_DAY) == expected


def test_data_quality_names_the_file(damaged: Damaged) -> None:
    found = damaged.row(
        "select detail from marts.mart_data_quality "
        "where finding = 'damaged_part' and feed = 'users' and tenant_id = ?",
        damaged.tenants[FIRST],
    )
    assert damaged.files["users"].name in found[0]
    # Facts are handed on; where this machine keeps its lake is nobody's.
    assert str(damaged.home.root) not in found[0]


def test_the_same_day_collects_again_what_is_damaged(damaged: Damaged) -> None:
    committed = CommittedDay(Lake(damaged.home.lake), LAST_DAY)
    assert (damaged.tenants[FIRST], "users") not in committed
    assert (damaged.tenants[FIRST], "groups") in committed


def test_a_log_of_before_rows_were_counted_by_table_still_misses_a_whole_table(
    tmp_path: Path,
) -> None:
    people = [{"id": "p", "displayName": "Ann"}]
    write_run(tmp_path, LAST_DAY, {tenant(1): {"users": people}})
    lake = Lake(tmp_path)
    [log] = lake.log_files()
    old = pq.read_table(log, partitioning=None)
    pq.write_table(old.drop_columns(["table_rows"]), log)
    assert find_damage(lake, [log]) == []
    [file] = (tmp_path / "users").rglob("*.parquet")
    file.unlink()
    [damage] = find_damage(lake, [log])
    assert (damage.kind, damage.feed, damage.path) == ("missing", "users", file)
