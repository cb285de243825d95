"""Declared principals: who is one, what each role has to be, what is held against nobody then."""

from typing import Any

import pytest

from tests.oracle.coverage import coverage_of
from tests.oracle.declared import SYNC_ROLES, declared_on, proposed
from tests.oracle.effective import effective_rows
from tests.oracle.hand_days import (
    GLOBAL,
    INITIAL_DOMAIN,
    NO_P2,
    READER,
    a_day,
    foreign,
    held,
    principal,
)
from tests.oracle.hand_policies import DEFAULTS, REPORTING, excluding, policy
from tests.oracle.hand_practices import practice_status
from tests.oracle.people import identity_counts, person_rows

SYNC = sorted(SYNC_ROLES)[1]
OLD = "2025-06-01T08:00:00Z"
EMERGENCY = ({"role": "emergency", "principal": "e1"}, {"role": "emergency", "principal": "e2"})
KEY = {"isMfaRegistered": True, "methodsRegistered": ["fido2SecurityKey"]}
OFF = {**DEFAULTS, "isEnabled": False}


def user(name: str, **members: Any) -> dict[str, Any]:
    signed_in = {"signInActivity": {"lastSuccessfulSignInDateTime": OLD}}
    upn = {"userPrincipalName": f"{name}@{INITIAL_DOMAIN}"}
    return principal(name) | upn | signed_in | members


def a_tenant(**changes: Any) -> dict[str, Any]:
    """Two emergency accounts as Microsoft asks for them, and an administrator."""
    return {
        "outcomes": NO_P2,
        "role_assignments": [held("e1"), held("e2"), held("p")],
        "users": [user("e1"), user("e2"), user("p")],
        "user_registration_details": [KEY | {"id": "e1"}, KEY | {"id": "e2"}],
        "conditional_access_policies": [policy(users=excluding("e1", "e2"))],
        "security_defaults": [OFF],
        "declared": EMERGENCY,
    } | changes


def people(**changes: Any) -> dict[str, dict[str, Any]]:
    day = a_day(**a_tenant(**changes))
    rows = effective_rows(day)
    return {p["principal_id"]: p for p in person_rows(day, rows, coverage_of(day, rows))}


def counts(**changes: Any) -> dict[str, Any]:
    day = a_day(**a_tenant(**changes))
    rows = effective_rows(day)
    return identity_counts(day, rows, person_rows(day, rows, coverage_of(day, rows)))


def test_an_emergency_account_as_microsoft_asks_for_it_is_held_against_nobody() -> None:
    one = people()["e1"]
    assert (one["declared_role"], one["is_expected"]) == ("emergency", True)
    assert (one["failed_checks"], one["unknown_checks"]) == (None, None)
    assert (one["mfa_policy_coverage"], one["is_stale"]) == ("excluded", True)
    assert one["is_unprotected"] is False
    found = counts()
    assert (found["unprotected_count"], found["stale_count"]) == (0, 1)
    assert found["global_administrator_count"] == 3
    assert counts(declared=())["unprotected_count"] == 2
    assert counts(declared=())["stale_count"] == 3


FOR_READERS = {"includeRoles": [READER]}
LEGACY = policy("l", grant="block", clientAppTypes=["exchangeActiveSync", "other"])


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"declared": EMERGENCY[:1]}, "alone"),
        ({"users": [user("e1"), user("e2", accountEnabled=False)]}, "alone"),
        ({"users": [user("e1", onPremisesSyncEnabled=True), user("e2")]}, "synced"),
        ({"users": [user("e1", userPrincipalName="e1@contoso.com"), user("e2")]}, "other_domain"),
        ({"users": [user("e1", userPrincipalName="pn_0a"), user("e2")]}, None),
        ({"conditional_access_policies": [policy(users=excluding("e2"))]}, "not_excluded"),
        ({"conditional_access_policies": [policy(users=excluding(groups="g"))]}, None),
        ({"conditional_access_policies": [policy(users=excluding("e1")), LEGACY]}, None),
        ({"conditional_access_policies": [policy(users={"includeUsers": ["None"]})]}, None),
        ({"conditional_access_policies": [policy(state=REPORTING)]}, None),
        ({"conditional_access_policies": [policy(users=FOR_READERS)]}, "not_excluded"),
        ({"user_registration_details": [{"id": "e1", "isMfaRegistered": False}]},
         "not_phishing_resistant"),
        ({"earlier_sign_ins": {"e1": [OLD, "2025-05-01T08:00:00Z"]}}, "signed_in"),
        ({"earlier_sign_ins": {"e1": [None]}}, "signed_in"),
        ({"earlier_sign_ins": {"e1": [OLD]}}, None),
    ],
)  # fmt: skip
def test_what_an_emergency_account_has_to_be(changes: dict[str, Any], failed: str | None) -> None:
    one = people(**changes, beneath={"g": "e1"})["e1"]
    assert one["failed_checks"] == failed
    assert one["is_expected"] is (failed is None)
    if failed not in (None, "not_excluded"):
        assert one["is_unprotected"] is True


def test_an_emergency_account_holds_its_role_standing() -> None:
    eligible = "role_eligibility_schedule_instances"
    active = {"role_assignment_schedule_instances": [held("e2", assignmentType="Assigned")]}
    found = people(outcomes={}, role_assignments=[held("e2")], **{eligible: [held("e1")]}, **active)
    assert (found["e1"]["failed_checks"], found["e2"]["failed_checks"]) == ("not_standing", None)


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [
        ({"outcomes": NO_P2 | {"conditional_access_policies": "throttled"}}, "not_excluded"),
        ({"outcomes": NO_P2 | {"user_registration_details": "not_licensed"}},
         "not_phishing_resistant"),
        ({"shows_sign_ins": False}, "signed_in"),
        ({"outcomes": NO_P2 | {"role_assignment_schedule_instances": "throttled"}}, "not_standing"),
        ({"outcomes": NO_P2 | {"group_members": "throttled"}, "declared": EMERGENCY[:1]}, "alone"),
    ],
)  # fmt: skip
def test_what_was_not_read_is_neither_in_order_nor_wrong(
    changes: dict[str, Any], unknown: str
) -> None:
    one = people(**changes)["e1"]
    assert (one["is_expected"], one["failed_checks"]) == (None, None)
    assert one["unknown_checks"] == unknown
    assert one["is_unprotected"] is None


def test_declared_by_name_by_group_or_by_a_role_of_synchronisation() -> None:
    day = a_day(
        outcomes=NO_P2,
        role_assignments=[held("a"), held("g"), held("s1", SYNC), held("b", SYNC), foreign("f")],
        users=[user("a")],
        members={"g": "c"},
        beneath={"named": "e a"},
        declared=(
            {"role": "service", "principal": f"a@{INITIAL_DOMAIN}"},
            {"role": "emergency", "group": "named"},
            {"role": "service", "group": "g"},
            {"role": "partner", "group": "f"},
            {"role": "service", "principal": "b"},
        ),
    )
    found = declared_on(day, effective_rows(day))
    told = {one: found.role_of(one) for one in ("a", "b", "c", "e", "f", "s1", "x")}
    assert told == {
        "a": "service",
        "b": "service",
        "c": "service",
        "e": "emergency",
        "f": "partner",
        "s1": "sync",
        "x": None,
    }


def test_an_account_of_synchronisation_holds_no_other_role() -> None:
    found = people(role_assignments=[held("a", SYNC), held("b", SYNC), held("b", READER)])
    assert (found["a"]["is_expected"], found["b"]["failed_checks"]) == (True, "other_role")


def test_who_is_excluded_everywhere_and_not_declared_is_proposed() -> None:
    def those(*policies: dict[str, Any], declared: Any = EMERGENCY[:1]) -> list[str]:
        made = a_tenant(conditional_access_policies=list(policies), declared=declared)
        day = a_day(**made)
        rows = effective_rows(day)
        return proposed(day, person_rows(day, rows, coverage_of(day, rows)))

    both = policy(users=excluding("e1", "e2"))
    assert those(both) == ["e2"]
    assert those(both, policy("q", users=excluding("e1"))) == []
    assert those(both, LEGACY, declared=()) == ["e1", "e2"]
    assert those(LEGACY) == []


def test_practices_leave_declared_accounts_aside() -> None:
    def of(practice: str, **changes: Any) -> str:
        made = a_tenant(**changes)
        policies = made.pop("conditional_access_policies")
        return practice_status(practice, *policies, **made)

    four = policy(users=excluding("e1", "e2", "a", "b"))
    assert of("mfa_all_users", conditional_access_policies=[four]) == "implemented"
    assert of("mfa_all_users", conditional_access_policies=[four], declared=()) == "partial"
    risky = policy(users=excluding("e1", "e2", "a", "b"), signInRiskLevels=["high"])
    assert of("sign_in_risk_policy", conditional_access_policies=[risky]) == "implemented"
    grouped = policy(users=excluding(groups="g"))
    options: dict[str, Any] = {"conditional_access_policies": [grouped], "beneath": {"g": "x y z"}}
    assert of("mfa_all_users", **options) == "partial"
    by_group = (*EMERGENCY, {"role": "service", "group": "g"})
    assert of("mfa_all_users", **options, declared=by_group) == "implemented"
    assert of("mfa_admins") == "implemented"
    assert of("mfa_admins", declared=()) == "partial"
    assert of("mfa_admins", declared=EMERGENCY[:1]) == "partial"
    fresh = user("p", signInActivity={"lastSuccessfulSignInDateTime": "2026-02-28T08:00:00Z"})
    admins = [fresh | {"id": one} for one in ("p", "q")]
    review = {
        "tier": "p2",
        "role_assignments": [held(one, GLOBAL) for one in ("e1", "e2", "p", "q")],
        "users": [user("e1"), user("e2"), *admins],
    }
    assert of("review_role_assignments", **review) == "implemented"
    assert of("review_role_assignments", **review, declared=()) == "partial"
    guest = review | {"role_assignments": [*review["role_assignments"], foreign("f")]}
    partner = (*EMERGENCY, {"role": "partner", "principal": "f"})
    assert of("review_role_assignments", **guest) == "partial"
    assert of("review_role_assignments", **guest, declared=partner) == "implemented"
