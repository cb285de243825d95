"""No number of the portfolio jumps without a row that says why, whatever happens to its tenants."""

import pandas as pd
import pytest

from tests.oracle.portfolio import Portfolio

TOLERANCE = 1e-9
KEY = ["tenant_id", "score_date", "scope"]
# Entra's own series is told by nobody's controls.
OWN = "entra_identity_secure_score"


@pytest.fixture(scope="module")
def moves(portfolio: Portfolio) -> pd.DataFrame:
    """Every scope against the tenant's record before, beside the sums of its rows."""
    snapshot = portfolio.snapshots[max(portfolio.snapshots)]
    scores = snapshot["fct_tenant_score_daily"]
    scores = scores[scores["scope"] != OWN]
    records = scores[scores["scope"] == "overall"].sort_values(["tenant_id", "score_date"])
    days = records[["tenant_id", "score_date"]].assign(
        before=records.groupby("tenant_id")["score_date"].shift()
    )
    measures = ["score_points", "max_points", "score_ratio"]
    reported = scores[[*KEY, *measures]]
    after = days.merge(reported, on=["tenant_id", "score_date"])
    earlier = reported.rename(columns={"score_date": "before"} | {m: f"{m}_0" for m in measures})
    both = after.dropna(subset=["before"]).merge(earlier, on=["tenant_id", "before", "scope"])
    sums = snapshot["fct_score_change"].groupby(KEY)[
        ["points_delta", "max_points_delta", "ratio_delta"]
    ]
    return both.merge(sums.sum().reset_index(), on=KEY, how="left").fillna(
        {"points_delta": 0.0, "max_points_delta": 0.0, "ratio_delta": 0.0}
    )


@pytest.mark.parametrize(
    ("measure", "delta"),
    [
        ("score_points", "points_delta"),
        ("max_points", "max_points_delta"),
        ("score_ratio", "ratio_delta"),
    ],
)
def test_every_move_of_a_scope_is_the_sum_of_its_rows(
    moves: pd.DataFrame, measure: str, delta: str
) -> None:
    known = moves.dropna(subset=[measure, f"{measure}_0"])
    moved = known[measure] - known[f"{measure}_0"]
    wrong = known[(moved - known[delta]).abs() > TOLERANCE]
    assert (moved.abs() > TOLERANCE).sum() > 1_000
    assert wrong[[*KEY, measure, f"{measure}_0", delta]].head().to_dict("records") == []
