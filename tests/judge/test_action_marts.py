"""Actions, roadmap, exceptions, remediation log and portfolio of controls, held by the judge."""

from datetime import timedelta

import pandas as pd
import pytest

from tests.judge.action_marts import age_rows, event_rows, exception_rows, portfolio_rows
from tests.judge.compare import assert_same
from tests.judge.portfolio import BUILT, OFFSETS, START, Portfolio
from tests.judge.posture_judge import Verdict

pytestmark = pytest.mark.xdist_group("judge")
SCORE_KINDS = ("appeared", "disappeared", "opened", "completed", "improved", "regressed")


@pytest.fixture(scope="module")
def marts(portfolio: Portfolio) -> dict[str, pd.DataFrame]:
    return portfolio.snapshots[BUILT[-1]]


def test_an_action_is_open_since_the_day_after_it_was_last_closed(
    marts: dict[str, pd.DataFrame], verdict: Verdict
) -> None:
    expected = pd.DataFrame([row for s in verdict.scores.values() for row in age_rows(s)])
    actions = marts["mart_recommended_actions"]
    ranked = actions[~actions["is_exception"]]
    assert_same("mart_recommended_actions", expected, ranked, key=["tenant_id", "control_id"])
    assert expected["is_open_since_first_record"].nunique() == 2


def test_the_roadmap_adds_the_gains_up_in_the_order_of_the_actions(
    marts: dict[str, pd.DataFrame], verdict: Verdict
) -> None:
    overall = verdict.frames["mart_posture_overview"].set_index("tenant_id")
    actions = marts["mart_recommended_actions"]
    assert len(marts["mart_roadmap"]) == (~actions["is_exception"]).sum()
    for tenant, rows in marts["mart_roadmap"].groupby("tenant_id"):
        reached = overall.loc[tenant, "score_points"]
        for row in rows.sort_values("step_number").itertuples():
            reached += row.gain_points
            expected = reached / overall.loc[tenant, "max_points"]
            assert row.ratio_after == pytest.approx(expected, abs=1e-9)


def test_the_log_has_every_change_of_a_score_and_nothing_else(
    marts: dict[str, pd.DataFrame], verdict: Verdict
) -> None:
    log = marts["mart_remediation_log"]
    found = log[log["event_kind"].isin([*SCORE_KINDS, "reassessed"])]
    expected = pd.DataFrame([row for s in verdict.scores.values() for row in event_rows(s)])
    key = ["tenant_id", "event_date", "subject_id"]
    assert_same("mart_remediation_log", expected, found, key=key)
    assert set(SCORE_KINDS) <= set(found["event_kind"])
    assert expected["days_to_fix_count"].notna().any()


def test_exceptions_are_those_in_force_with_the_points_at_stake(
    marts: dict[str, pd.DataFrame], verdict: Verdict
) -> None:
    days = verdict.frames["dim_tenant"].set_index("tenant_id")["last_seen_date"]
    rows = [
        row
        for tenant, scores in verdict.scores.items()
        for row in exception_rows(scores, days[tenant])
    ]
    expected, found = pd.DataFrame(rows), marts["mart_exceptions"]
    assert_same("mart_exceptions", expected, found, key=["tenant_id", "control_id"])
    assert not expected.empty


def test_a_control_across_tenants_counts_each_active_one_once(
    marts: dict[str, pd.DataFrame], verdict: Verdict
) -> None:
    tenants = verdict.frames["dim_tenant"].set_index("tenant_id")["is_active"]
    active = [scores for tenant, scores in verdict.scores.items() if tenants[tenant]]
    as_of = START + timedelta(days=OFFSETS[-1])
    expected = pd.DataFrame(portfolio_rows(active, as_of))
    assert_same(
        "mart_control_portfolio", expected, marts["mart_control_portfolio"], key=["control_id"]
    )
