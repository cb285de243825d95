"""Comparison and trend, held against the judge on every build of the portfolio."""

import pandas as pd
import pytest

from tests.judge.compare import assert_same
from tests.judge.comparison import averages_of, comparison_rows, trend_rows
from tests.judge.portfolio import BUILT, Portfolio
from tests.judge.posture_judge import Verdict

pytestmark = pytest.mark.xdist_group("judge")


@pytest.mark.parametrize("step", [BUILT[0], BUILT[-1]])
def test_tenants_compare_and_the_portfolio_moves_as_the_judge_says(
    portfolio: Portfolio, step: int
) -> None:
    published, verdict = portfolio.snapshots[step], Verdict(portfolio.lives[step])
    frames = verdict.frames
    averages = averages_of(frames["fct_score_benchmark_daily"].to_dict("records"))
    tenants = frames["dim_tenant"].astype(object).where(frames["dim_tenant"].notna(), None)
    compared = comparison_rows(
        tenants.to_dict("records"), verdict.scores, averages, verdict.life.as_of
    )
    assert_same(
        "mart_tenant_comparison",
        pd.DataFrame(compared),
        published["mart_tenant_comparison"],
        key=["tenant_id"],
    )
    days = frames["fct_tenant_daily"]
    days = days.astype(object).where(days.notna(), None).to_dict("records")
    assert_same(
        "mart_portfolio_trend",
        pd.DataFrame(trend_rows(verdict.scores, days, averages)),
        published["mart_portfolio_trend"],
        key=["trend_date", "group_kind", "group_name"],
    )
