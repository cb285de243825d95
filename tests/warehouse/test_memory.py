"""Two hundred tenants and forty days of all feeds are built in the memory that fifty take.

January is merged, as a scheduled run leaves it, February is not.
"""

from pathlib import Path

from pipeline.home import Home
from pipeline.warehouse.store import open_built, shard_files
from tests import statements
from tests.benchmarks.large_lake import FIRST, SmallLake, consecutive, multiply, small_lake
from tests.benchmarks.watched import posture

TENANTS, DAYS = 200, 40
MOST_MEGABYTES = 700


def test_a_portfolio_is_built_in_bounded_memory(tmp_path: Path) -> None:
    small = SmallLake.read(small_lake(tmp_path, tenants=4, history=5, days=3, one_in=4))
    home = Home(tmp_path / "large")
    multiply(small, home.lake, tenants=TENANTS, days=consecutive(FIRST, DAYS))
    posture("compact", "--home", home.root)
    statements.give(home)
    # What Python, DuckDB and their libraries take beside comes to as much again.
    limits = {"POSTURE_WORKERS": "1", "POSTURE_MEMORY_LIMIT": "300MB"}
    built = posture("build", "--home", home.root, **limits)
    assert built.megabytes < MOST_MEGABYTES
    assert len(shard_files(home)) == TENANTS // 50
    with open_built(home) as connection:
        days = "select count(*), count(distinct tenant_id) from core.fct_identity_posture_daily"
        rows, tenants = connection.execute(days).fetchall()[0]
    assert tenants == TENANTS
    assert rows >= TENANTS * DAYS
