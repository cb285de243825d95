"""What the fifty tenants of the judge live through: every event is there, and facts tell it."""

from datetime import date, timedelta

import pandas as pd
import pytest

from tests.oracle import ordinary
from tests.oracle.captures import COMPLETE
from tests.oracle.nine import EMPTY, OFFSETS, START
from tests.oracle.portfolio import BUILT, TENANTS, Portfolio

FEEDS_REFUSED = {
    "application_permissions",
    "authentication_methods_policy",
    "authorization_policy",
    "conditional_access_policies",
    "conditional_access_policies_beta",
    "group_assignment_schedule_instances",
    "group_members",
    "groups",
    "named_locations",
    "organization",
    "recommendation_tenant_scores",
    "recommendations",
    "risk_detections",
    "risky_users",
    "security_defaults",
    "service_principals",
    "user_registration_details",
    "users",
}


@pytest.fixture(scope="module")
def facts(portfolio: Portfolio) -> dict[str, pd.DataFrame]:
    return portfolio.snapshots[BUILT[-1]]


def day_of(step: int) -> date:
    return START + timedelta(days=OFFSETS[step])


def rows_of(frame: pd.DataFrame, portfolio: Portfolio, number: int) -> pd.DataFrame:
    """The rows of one ordinary tenant."""
    return frame[frame["tenant_id"] == portfolio.tenants[EMPTY + 1 + number]]


def test_there_are_fifty_tenants_with_ninety_days_of_scores(
    portfolio: Portfolio, facts: dict[str, pd.DataFrame]
) -> None:
    assert len(portfolio.tenants) == TENANTS
    assert set(facts["dim_tenant"]["tenant_id"]) == set(portfolio.tenants)
    days = facts["fct_tenant_score_daily"].groupby("tenant_id")["score_date"].nunique()
    assert (days >= 88).sum() > 35
    assert set(facts["dim_tenant"]["licence_tier"]) == {"free", "p1", "p2"}
    assert set(facts["dim_tenant"]["segment"]) == {"small_business", "mid_size", "regulated"}


def test_some_join_some_leave_and_all_miss_days(
    portfolio: Portfolio, facts: dict[str, pd.DataFrame]
) -> None:
    for number, step in ordinary.JOINS.items():
        days = rows_of(facts["fct_collection"], portfolio, number)["extract_date"]
        assert pd.Timestamp(days.min()).date() == day_of(step)
    for number, step in ordinary.LEAVES.items():
        [tenant] = rows_of(facts["dim_tenant"], portfolio, number).itertuples()
        assert not tenant.is_active
        assert tenant.last_seen_date < day_of(step)
    for tenant_id in set(portfolio.tenants) - set(portfolio.hostile):
        assert 2 <= len(portfolio.life.days_of(tenant_id)) < len(OFFSETS)


def test_licences_and_segments_change_on_their_day(
    portfolio: Portfolio, facts: dict[str, pd.DataFrame]
) -> None:
    for number, step in ordinary.LOSES_LICENCE.items():
        days = rows_of(facts["fct_tenant_daily"], portfolio, number)
        tiers = dict(zip(days["snapshot_date"], days["licence_tier"], strict=True))
        assert tiers[day_of(step)] == "free"
        assert tiers[day_of(0)] in ("p1", "p2")
    for number, step in ordinary.CHANGES_SEGMENT.items():
        days = rows_of(facts["fct_tenant_daily"], portfolio, number)
        before = days[days["snapshot_date"] < day_of(step)]["segment"]
        after = days[days["snapshot_date"] >= day_of(step)]["segment"]
        assert before.nunique() == after.nunique() == 1
        assert set(before) != set(after)


def test_a_deleted_administrator_keeps_a_row_and_a_name(
    portfolio: Portfolio, facts: dict[str, pd.DataFrame]
) -> None:
    for number, step in ordinary.LOSES_AN_ADMINISTRATOR.items():
        held = rows_of(facts["fct_role_assignment_daily"], portfolio, number)
        unknown = held[held["principal_type"] == "unknown"]
        gone = set(unknown[unknown["snapshot_date"] == day_of(step)]["principal_id"])
        known = rows_of(facts["dim_principal"], portfolio, number).set_index("principal_id")
        named = [one for one in gone if known.loc[one, "principal_type"] == "user"]
        assert named
        assert known.loc[named, "principal_name"].notna().all()


def test_every_feed_is_refused_somewhere_and_ends_as_the_pipeline_says(
    portfolio: Portfolio, facts: dict[str, pd.DataFrame]
) -> None:
    life = portfolio.life
    refused = {c.feed for c in life.captures if c.outcome == "not_permitted"}
    assert refused >= FEEDS_REFUSED
    log = facts["fct_collection"].sort_values("run_id")
    differing = []
    for (tenant, feed, day), rows in log.groupby(["tenant_id", "feed", "extract_date"]):
        outcomes = rows["outcome"].tolist()
        ended = ([one for one in outcomes if one in COMPLETE] or outcomes)[-1]
        seen = life.outcome_on(tenant, feed, pd.Timestamp(day).date())
        differing += [(tenant, feed, day, ended, seen)] if ended != seen else []
    assert differing == []
