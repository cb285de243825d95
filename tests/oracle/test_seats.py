"""Seats over enabled members, what that makes of a licence, and where such actions rank."""

from typing import Any

import pytest

from tests.oracle.captures import Capture, Life
from tests.oracle.hand import TENANT, capture, control, day, life, profile, profiles, record, scores
from tests.oracle.ranking import ranked_rows
from tests.oracle.scores import tenant_scores
from tests.oracle.seats import (
    coverage_on,
    missing_for_practice,
    newest_coverage,
    seats_on,
    shortfalls,
)
from tests.oracle.tenants import P1_PLAN, P2_PLAN


def sku(plan: str, units: int) -> dict[str, Any]:
    return {
        "capabilityStatus": "Enabled",
        "prepaidUnits": {"enabled": units},
        "servicePlans": [{"servicePlanId": plan, "provisioningStatus": "Success"}],
    }


def owning(*skus: Any, number: int = 2) -> Capture:
    return capture(number, "subscribed_skus", skus)


def people(members: int, guests: int = 0, *, number: int = 2) -> Capture:
    told = [{"userType": "Member"}] * members + [{"userType": "Guest"}] * guests
    return capture(number, "user_registration_details", told)


def found(*captures: Capture, users: int | None = None) -> dict[str, Any]:
    made = life(scores(2, record(2, [], activeUserCount=users)), *captures)
    return coverage_on(made, TENANT, day(2), tenant_scores(made, TENANT).records)


@pytest.mark.parametrize(
    ("seats", "ratio", "coverage", "missing"),
    [
        (94, 0.94, "partial", 6),
        (95, 0.95, "full", 5),
        (120, 1.0, "full", 0),
        (0, 0.0, "partial", 100),
    ],
)
def test_seats_are_over_the_members_who_are_enabled_and_at_most_one_each(
    seats: int, ratio: float, coverage: str, missing: int
) -> None:
    assert found(owning(sku(P1_PLAN, seats)), people(100, 40), users=500) == {
        "licensed_seat_ratio": ratio,
        "licence_coverage": coverage,
        "missing_seat_count": missing,
    }


def test_active_users_stand_in_where_the_report_was_not_read() -> None:
    refused = capture(2, "user_registration_details", [], outcome="not_permitted")
    assert found(owning(sku(P1_PLAN, 30)), refused, users=40)["licensed_seat_ratio"] == 0.75
    assert found(owning(sku(P1_PLAN, 30)), refused)["licence_coverage"] is None


def test_without_a_plan_there_is_none_and_what_was_not_read_is_null() -> None:
    free = found(owning(), people(9))
    assert (free["licence_coverage"], free["licensed_seat_ratio"]) == ("none", None)
    refused = capture(2, "subscribed_skus", [], outcome="not_permitted")
    made = life(
        scores(2, record(2, [], enabledServices=["HasAADP1"])), refused, people(9)
    )  # fmt: skip
    records = tenant_scores(made, TENANT).records
    assert set(coverage_on(made, TENANT, day(2), records).values()) == {None}


def two_days() -> Life:
    """One P2 seat beside enough of P1; the next day nobody could read the subscriptions."""
    refused = capture(3, "subscribed_skus", [], outcome="not_permitted")
    maxima = {"BlockLegacyAuthentication": 8.0, "SigninRiskPolicy": 7.0, "aad_x": 1.0}
    return life(
        profiles(1, *(profile(name, most) for name, most in maxima.items())),
        scores(2, record(2, [control(name, 0.0, 0.0) for name in maxima], maxScore=16.0)),
        owning(sku(P2_PLAN, 1), sku(P1_PLAN, 899)),
        people(900),
        refused,
    )


def test_p2_implies_p1_and_each_licence_has_seats_of_its_own() -> None:
    made = two_days()
    records = tenant_scores(made, TENANT).records
    p1, p2 = (seats_on(made, TENANT, day(2), records, licence) for licence in ("p1", "p2"))
    assert (p1["licence_coverage"], p2["licence_coverage"]) == ("full", "partial")
    assert newest_coverage(made, TENANT, records) == p2
    assert shortfalls(made, TENANT, records) == {"p2": 899}


def test_what_lacks_seats_for_all_users_comes_after_what_is_owned_and_before_the_rest() -> None:
    made = tenant_scores(two_days(), TENANT)
    ranked, _ = ranked_rows(made, "p2", short={"p2": 899})
    assert [(row["control_id"], row["missing_seat_count"]) for row in ranked] == [
        ("BlockLegacyAuthentication", None),
        ("aad_x", None),
        ("SigninRiskPolicy", 899),
    ]
    ranked, _ = ranked_rows(made, "p1", short={"p1": 5, "p2": 899})
    assert [(row["control_id"], row["missing_seat_count"]) for row in ranked] == [
        ("aad_x", None),
        ("BlockLegacyAuthentication", 5),
        ("SigninRiskPolicy", None),
    ]


@pytest.mark.parametrize(
    ("practice", "missing"),
    [("sign_in_risk_policy", 899), ("mfa_all_users", None), ("review_role_assignments", None)],
)
def test_advice_for_all_users_lacks_the_seats_of_its_own_licence(
    practice: str, missing: int | None
) -> None:
    made = two_days()
    records = tenant_scores(made, TENANT).records
    assert missing_for_practice(made, TENANT, day(2), records, practice) == missing
