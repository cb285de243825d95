"""Holders and their counts: who counts once, who not at all, and when nobody can say."""

from typing import Any

import pytest

from tests.oracle.coverage import coverage_of
from tests.oracle.effective import effective_rows
from tests.oracle.hand_days import NO_P2, READER, TEAMS, a_day, held, joined
from tests.oracle.hand_policies import DEFAULTS, excluding, policy
from tests.oracle.people import identity_counts, identity_statuses, person_rows
from tests.oracle.tenant_day import TenantDay

ACTIVE = "role_assignment_schedule_instances"
OFF = {**DEFAULTS, "isEnabled": False}


def user(name: str, last: str | None = "2026-02-28T08:00:00Z", **members: Any) -> dict[str, Any]:
    """A user of the users feed; `last` is the last successful sign-in."""
    activity = {} if last is None else {"signInActivity": {"lastSuccessfulSignInDateTime": last}}
    return {"id": name, "accountEnabled": True, "userType": "Member", **activity, **members}


def people(day: TenantDay) -> list[dict[str, Any]]:
    rows = effective_rows(day)
    return person_rows(day, rows, coverage_of(day, rows))


def person(**reported: Any) -> dict[str, Any]:
    [row] = people(a_day(**reported))
    return row


def counts(day: TenantDay) -> dict[str, Any]:
    return identity_counts(day, effective_rows(day), people(day))


def test_a_person_with_all_that_the_feeds_tell() -> None:
    row = person(
        outcomes=NO_P2 | {"risky_users": "ok"},
        role_assignments=[held("p"), held("p", scope="/x"), held("p", READER), held("p", TEAMS)],
        users=[user("p", onPremisesSyncEnabled=True, userType="guest")],
        user_registration_details=[
            {
                "id": "p",
                "isMfaRegistered": True,
                "isMfaCapable": False,
                "methodsRegistered": ["mobilePhone", "fido2SecurityKey"],
            }
        ],
        risky_users=[{"id": "P", "riskLevel": "high", "riskState": "atRisk"}],
        conditional_access_policies=[policy()],
        security_defaults=[OFF],
    )
    assert row["last_sign_in_at"].day == 28
    del row["last_sign_in_at"], row["snapshot_date"]
    assert row == {
        "principal_id": "p",
        "principal_type": "user",
        "is_mfa_registered": True,
        "is_mfa_capable": False,
        "is_phishing_resistant": True,
        "is_guest": True,
        "is_enabled": True,
        "is_synced": True,
        "risk_level": "high",
        "risk_state": "at_risk",
        "privileged_role_count": 2,
        "administrator_role_count": 3,
        "standing_privileged_count": 2,
        "mfa_policy_coverage": "covered",
        "deciding_policy_id": "p1",
        "uncovered_applications": None,
        "activation_requires_mfa": False,
        "per_user_mfa_state": None,
        "per_user_mfa_status": "not_asked",
        "is_stale": False,
        "is_unprotected": False,
        **dict.fromkeys(("declared_role", "is_expected", "failed_checks", "unknown_checks")),
    }


def test_who_is_not_in_a_complete_list_of_risks_has_none_and_without_the_list_it_is_unknown() -> (
    None
):
    assert person(role_assignments=[held("p")])["risk_level"] == "none"
    unread = {"risky_users": "not_licensed"}
    assert person(outcomes=unread, role_assignments=[held("p")])["risk_level"] is None


def test_a_service_principal_has_no_coverage_and_no_risk() -> None:
    row = person(outcomes=NO_P2, role_assignments=[held("s")])
    assert (row["mfa_policy_coverage"], row["risk_level"]) == (None, None)
    assert row["standing_privileged_count"] == 1


def test_counts_are_distinct_principals_over_privileged_rows_and_groups_never() -> None:
    day = a_day(
        outcomes=NO_P2,
        role_assignments=[
            held("p"),
            held("p", READER, scope="/administrativeUnits/1"),
            held("g", READER),
            held("s"),
            held("t", TEAMS),
            held("x", READER),
        ],
        users=[user("p", accountEnabled=False), user("q", userType="Guest"), user("t", None)],
        members={"g": "p q"},
        security_defaults=[OFF],
        user_registration_details=[
            {"id": "a", "isMfaRegistered": True, "isMfaCapable": True},
            {"id": "b", "isMfaRegistered": True, "isMfaCapable": False},
            {"id": "c", "isMfaRegistered": None, "isMfaCapable": False},
            {"id": "q", "isMfaRegistered": False, "isMfaCapable": False},
        ],
    )
    assert counts(day) == {
        "privileged_count": 4,
        "guest_count": 1,
        "service_principal_count": 1,
        "partner_count": 0,
        "global_administrator_count": 2,
        "stale_count": 0,
        "unprotected_count": 2,
        "standing_count": 4,
        "activated_count": None,
        "eligible_count": None,
        "mfa_registered_count": 2,
        "mfa_capable_count": 1,
        "mfa_user_count": 4,
        "mfa_registered_unknown_count": 1,
        "mfa_capable_unknown_count": 0,
        "guest_mfa_user_count": 0,
        "guest_mfa_registered_count": 0,
        "guest_mfa_registered_unknown_count": 0,
        "mfa_registered_ratio": pytest.approx(2 / 3),
    }


@pytest.mark.parametrize(
    ("last", "members", "expected"),
    [
        ("2025-12-01T23:59:59Z", {}, 1),
        ("2025-12-02T00:00:00Z", {}, 0),
        (None, {}, 1),
        (None, {"createdDateTime": "2025-12-02T10:00:00Z"}, 0),
        (None, {"createdDateTime": "2025-12-01T10:00:00Z"}, 1),
        ("2025-12-01T23:59:59Z", {"createdDateTime": "2026-02-01T10:00:00Z"}, 1),
        (None, {"accountEnabled": False}, 0),
        (None, {"signInActivity": {"lastSignInDateTime": "2026-02-28T08:00:00Z"}}, 1),
    ],
)
def test_stale_is_ninety_days_without_success(
    last: str | None, members: dict[str, Any], expected: int
) -> None:
    reported: dict[str, Any] = {"outcomes": NO_P2, "role_assignments": [held("p")]}
    assert counts(a_day(users=[user("p", last, **members)], **reported))["stale_count"] == expected


def test_stale_is_unknown_without_sign_ins_and_the_deleted_do_not_count() -> None:
    reported: dict[str, Any] = {"outcomes": NO_P2, "role_assignments": [held("p")]}
    assert counts(a_day(users=[user("p")], shows_sign_ins=False, **reported))["stale_count"] is None
    assert counts(a_day(users=[], **reported))["stale_count"] == 0
    reported["outcomes"] = NO_P2 | {"users": "throttled"}
    assert counts(a_day(**reported))["stale_count"] is None


@pytest.mark.parametrize(
    ("made", "outcomes", "expected"),
    [
        ([policy()], {}, 0),
        ([policy(grant="mfa compliantDevice")], {}, 0),
        ([policy(users=excluding("p"))], {}, 1),
        ([policy(state="enabledForReportingButNotEnforced")], {}, 2),
        ([], {}, 2),
        ([policy(users=excluding(groups="g"))], {"groups": "not_permitted"}, None),
        ([], {"conditional_access_policies": "not_permitted"}, None),
        ([], {"role_assignments": "not_permitted"}, None),
    ],
)
def test_unprotected_are_enabled_users_whom_no_policy_stops(
    made: list[dict[str, Any]], outcomes: dict[str, str], expected: int | None
) -> None:
    day = a_day(
        outcomes=NO_P2 | outcomes,
        role_assignments=[held("p"), held("q"), held("o"), held("s")],
        users=[user("p"), user("q"), user("o", accountEnabled=False)],
        conditional_access_policies=made,
        security_defaults=[OFF],
    )
    assert counts(day)["unprotected_count"] == expected


def test_ways_are_counted_where_they_can_be_told() -> None:
    reported: dict[str, Any] = {
        "role_assignments": [held("p"), held("g")],
        ACTIVE: [held("p", assignmentType="activated"), held("g", assignmentType="assigned")],
        "role_eligibility_schedule_instances": [held("p")],
        "group_eligibility_schedule_instances": [joined("g", "r")],
        "members": {"g": "q"},
    }

    def ways(ended: dict[str, str], **changed: Any) -> list[int | None]:
        found = counts(a_day(outcomes=ended, **(reported | changed)))
        return [found[f"{kind}_count"] for kind in ("standing", "activated", "eligible")]

    assert ways({}) == [1, 1, 2]
    assert ways({ACTIVE: "not_permitted"}) == [None, None, 2]
    assert ways({"group_assignment_schedule_instances": "not_permitted"}) == [1, 1, 2]
    assert ways({"group_eligibility_schedule_instances": "not_permitted"}) == [1, 1, 1]


def test_what_was_not_read_is_null_with_its_reason() -> None:
    ended = {
        "role_assignments": "not_permitted",
        "user_registration_details": "not_licensed",
        "conditional_access_policies": "empty",
        "risk_detections": "throttled",
    }
    day = a_day(outcomes=ended, role_eligibility_schedule_instances=[held("p")])
    found = counts(day)
    assert {name for name, count in found.items() if count is not None} == {
        "standing_count",
        "activated_count",
        "eligible_count",
    }
    assert identity_statuses(day) == {
        "role_status": "partial",
        "pim_status": "ok",
        "registration_status": "not_licensed",
        "policy_status": "ok",
        "risk_status": "partial",
    }
    unread = a_day(
        outcomes=NO_P2 | {"group_members": "throttled"}, role_assignments=[held("g"), held("p")]
    )
    assert identity_statuses(unread)["role_status"] == "partial"
    assert identity_statuses(unread)["pim_status"] == "not_licensed"
    assert counts(unread)["privileged_count"] == 1
