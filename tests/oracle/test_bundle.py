"""Security defaults as one action: when they are one, what they bring, what they stand for."""

from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.bundle import age_of, is_offered
from tests.oracle.captures import Life
from tests.oracle.hand import TENANT, control, day, life, profile, profiles, record, scores, update
from tests.oracle.hand_days import a_day
from tests.oracle.hand_policies import DEFAULTS, REPORTING, policy
from tests.oracle.ranking import licence_ratios, ranked_rows, roadmap_rows
from tests.oracle.scores import tenant_scores

OFF = [DEFAULTS | {"isEnabled": False}]


def offered(*policies: Any, defaults: Any = None, **options: Any) -> bool:
    made = a_day(
        conditional_access_policies=list(policies),
        security_defaults=OFF if defaults is None else defaults,
        **options,
    )
    return is_offered(made)


def test_security_defaults_can_be_turned_on_where_they_are_off_and_no_policy_is_enabled() -> None:
    assert offered()
    assert offered(policy("a", state="disabled"), policy("b", state=REPORTING))
    assert not offered(policy("a", state="disabled"), policy("b"))
    assert not offered(defaults=[DEFAULTS])


@pytest.mark.parametrize("feed", ["conditional_access_policies", "security_defaults"])
def test_what_was_not_read_offers_nothing(feed: str) -> None:
    assert not offered(outcomes={feed: "throttled"})


def test_no_answer_on_security_defaults_is_not_off() -> None:
    assert not offered(defaults=[])


def small_business(**states: str) -> Life:
    """Nothing of ten, four of nine, nothing of seven, nothing of one."""
    maxima = {
        "AdminMFAV2": 10.0,
        "mfaregistrationv2": 9.0,
        "SigninRiskPolicy": 7.0,
        "OneAdmin": 1.0,
    }
    made = [
        profile(name, most, controlStateUpdates=[update(states.get(name, "Default"), 1)])
        for name, most in maxima.items()
    ]
    found = [control(name, 0.0, 0.0) for name in maxima if name != "mfaregistrationv2"]
    found.append(control("mfaregistrationv2", 4.5, 50.0))
    return life(profiles(1, *made), scores(2, record(2, found, maxScore=27.0)))


def test_one_action_stands_for_the_controls_it_fulfils_and_needs_no_licence() -> None:
    ranked, parts = ranked_rows(tenant_scores(small_business(), TENANT), "free", is_offered=True)
    assert [(r["control_id"], r["gain_points"], r["is_licence_owned"]) for r in ranked] == [
        ("security_defaults", 14.5, True),
        ("OneAdmin", 1.0, True),
        ("SigninRiskPolicy", 7.0, False),
    ]
    assert ranked[0]["gain_ratio"] == 14.5 / 27
    assert [(r["control_id"], r["action_rank"], r["is_licence_owned"]) for r in parts] == [
        ("AdminMFAV2", None, True),
        ("mfaregistrationv2", None, True),
    ]


def test_an_excepted_control_is_no_part_of_it() -> None:
    made = tenant_scores(small_business(AdminMFAV2="RiskAccepted"), TENANT)
    ranked, parts = ranked_rows(made, "free", is_offered=True)
    assert [row["control_id"] for row in parts] == ["mfaregistrationv2"]
    assert ranked[0]["gain_points"] == 4.5


def test_elsewhere_each_stands_alone() -> None:
    ranked, parts = ranked_rows(tenant_scores(small_business(), TENANT), "free")
    assert parts == []
    assert [(r["control_id"], r["is_licence_owned"]) for r in ranked] == [
        ("mfaregistrationv2", True),
        ("OneAdmin", True),
        ("AdminMFAV2", False),
        ("SigninRiskPolicy", False),
    ]


def test_the_roadmap_counts_every_point_once_and_what_can_be_reached_follows() -> None:
    made = tenant_scores(small_business(), TENANT)
    ranked, _ = ranked_rows(made, "free", is_offered=True)
    steps = list(roadmap_rows(made, ranked))
    assert [step["cumulative_points"] for step in steps] == [14.5, 15.5, 22.5]
    assert steps[-1]["ratio_after"] == 1.0
    reached = Decimal("4.5"), Decimal(27)
    found = licence_ratios(made.controls[day(2)], "free", reached, is_offered=True)
    assert found["achievable_ratio"] == pytest.approx(steps[1]["ratio_after"])
    assert found["current_licence_ratio"] == 4.5 / 20
    alone = licence_ratios(made.controls[day(2)], "free", reached)
    assert alone["current_licence_ratio"] == 4.5 / 10


def test_it_is_open_since_the_part_that_is_open_longest() -> None:
    parts = [
        {"open_since_date": day(3), "days_open_count": 1, "is_open_since_first_record": False},
        {"open_since_date": day(2), "days_open_count": 2, "is_open_since_first_record": True},
    ]
    assert age_of(parts) == parts[1]
