"""A build that stopped between its shards and what reads across them is known for that."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.published.publish import publish
from pipeline.warehouse import build as building
from pipeline.warehouse.build import build, finished_build
from pipeline.warehouse.store import open_built
from tests.warehouse.lake_writer import control, profile, record, tenant, write_run

DAY = date(2026, 3, 10)


def write_day(home: Home, day: date) -> None:
    answers = {
        "secure_scores": [record(tenant(1), day, [control("A", 5, 50)], maximum=10)],
        "secure_score_control_profiles": [profile(tenant(1), "A", 10)],
    }
    write_run(home.lake, day, {tenant(1): answers})


def test_nothing_half_is_published_and_the_next_build_finishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    write_day(home, DAY)
    assert build(home).ok
    made = finished_build(home)
    assert made is not None
    assert build(home).nodes == ()

    write_day(home, DAY + timedelta(days=1))
    assert finished_build(home) is None

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(building, "build_portfolio", stopped)
        with pytest.raises(KeyboardInterrupt):
            build(home)
    assert finished_build(home) is None
    now = datetime(2026, 3, 11, 12, tzinfo=UTC)
    with pytest.raises(PostureError, match="the last build did not finish; run `posture build`"):
        publish(home, run_date=DAY, published_at=now)

    # No shard has anything left to do.
    result = build(home)
    assert result.ok
    assert {node.name for node in result.nodes} >= {"mart_portfolio_trend", "dim_date"}
    assert "fct_tenant_daily" not in {node.name for node in result.nodes}
    with open_built(home) as connection:
        newest = connection.execute(
            "select max(trend_date) from marts.mart_portfolio_trend"
        ).fetchone()
    assert newest == (DAY + timedelta(days=1),)
    assert finished_build(home) not in (None, made)
