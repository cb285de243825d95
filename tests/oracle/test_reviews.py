"""MFA for administrators and the review of assignments: met, in part, not, or nobody can say."""

from typing import Any

import pytest

from tests.oracle.hand_days import EXCHANGE, GLOBAL, NO_P2, READER, USERS, held
from tests.oracle.hand_policies import REPORTING, excluding, policy
from tests.oracle.hand_practices import practice_status as of

ALL = policy(users={"includeUsers": ["p", "q"]})
ONE = policy(users={"includeUsers": ["p"]})
TRIED = policy("r", REPORTING, users={"includeUsers": ["q"]})
HIDDEN = policy("h", users={"includeGroups": ["closed"]})
FROM_Q = policy("h", users={"includeUsers": ["p"], "includeGroups": ["closed"]})


@pytest.mark.parametrize(
    ("made", "outcomes", "expected"),
    [
        ([ALL], {}, "implemented"),
        ([ONE], {}, "partial"),
        ([TRIED], {}, "partial"),
        ([], {}, "not_implemented"),
        ([policy(users=excluding("p", "q"))], {}, "not_implemented"),
        ([HIDDEN], {"groups": "throttled"}, "unknown"),
        ([FROM_Q], {"groups": "throttled"}, "unknown"),
        ([ONE], {"conditional_access_policies": "throttled"}, "unknown"),
        ([ALL], {"role_assignments": "throttled"}, "unknown"),
    ],
)
def test_mfa_for_administrators(
    made: list[dict[str, Any]], outcomes: dict[str, str], expected: str
) -> None:
    disabled = {"accountEnabled": False}
    reported: dict[str, Any] = {
        "outcomes": NO_P2 | outcomes,
        "role_assignments": [held("p"), held("q", READER), held("s")],
        "users": [{"id": "p"}, {"id": "q", **disabled}],
    }
    assert of("mfa_admins", *made, **reported) == expected


def test_who_must_use_mfa_to_activate_every_privileged_role_is_covered() -> None:
    rule = {"id": "Enablement_EndUser_Assignment", "enabledRules": ["MultiFactorAuthentication"]}
    reported: dict[str, Any] = {
        "role_assignments": [],
        "role_eligibility_schedule_instances": [held("p")],
        "role_management_policies": [{"roleDefinitionId": GLOBAL, "policy": {"rules": [rule]}}],
        "users": [{"id": "p"}],
    }
    assert of("mfa_admins", **reported) == "implemented"
    standing = [held("p", assignmentType="Assigned")]
    reported |= {"role_assignments": standing, "role_assignment_schedule_instances": standing}
    assert of("mfa_admins", **reported) == "not_implemented"


def test_some_administrators_hold_no_privileged_role() -> None:
    reported: dict[str, Any] = {
        "outcomes": NO_P2,
        "role_assignments": [held("p"), held("q", EXCHANGE)],
        "users": [{"id": "p"}, {"id": "q"}],
    }
    assert of("mfa_admins", ONE, **reported) == "partial"
    assert of("mfa_admins", ALL, **reported) == "implemented"
    reported["role_assignments"] += [held("g", EXCHANGE)]
    closed = {"outcomes": NO_P2 | {"group_members": "throttled"}}
    assert of("mfa_admins", ALL, **reported | closed) == "unknown"


def test_members_nobody_could_read_rule_out_implemented_only() -> None:
    reported: dict[str, Any] = {"outcomes": NO_P2 | {"group_members": "throttled"}}
    assert of("mfa_admins", ALL, role_assignments=[held("p"), held("g")], **reported) == "unknown"
    both = [held("p"), held("q"), held("g")]
    assert of("mfa_admins", ONE, role_assignments=both, **reported) == "partial"
    assert of("mfa_admins", role_assignments=both, **reported) == "unknown"
    assert of("mfa_admins", ALL) == "unknown"


FRESH = {"signInActivity": {"lastSuccessfulSignInDateTime": "2026-02-28T08:00:00Z"}}


def reviewed(
    top: str,
    others: str = "",
    *,
    tier: str | None = "p1",
    ended: Any = None,
    role: str = USERS,
    **reported: Any,
) -> str:
    """Global Administrators and holders of a lesser role by name; `stale` never signed in, `uest`
    is a guest."""
    names = sorted({*top.split(), *others.split()})
    users = [
        {
            "id": name,
            "accountEnabled": True,
            "userType": "Guest" if name == "uest" else "Member",
            **({} if name == "stale" else FRESH),
        }
        for name in names
        if name[0] not in "gs" or name == "stale"
    ]
    assignments = [held(n) for n in top.split()] + [held(n, role) for n in others.split()]
    for one in assignments:
        if one["principalId"] == "stale":
            one["principal"] = {"@odata.type": "#microsoft.graph.user", "userType": "Member"}
    reported |= {"outcomes": NO_P2 | (ended or {}), "role_assignments": assignments, "users": users}
    return of("review_role_assignments", tier=tier, **reported)


@pytest.mark.parametrize(
    ("top", "others", "tier", "expected"),
    [
        ("a b", "", "p1", "implemented"),
        ("a s1", "", "p1", "implemented"),
        ("a", "", "p1", "partial"),
        ("a b c d e", "", "p1", "partial"),
        ("a b", "c d e f", "p1", "partial"),
        ("a b", "c d e", "p1", "implemented"),
        ("a b", "s1 s2 s3 s4", "p1", "implemented"),
        ("a stale", "", "p1", "partial"),
        ("a uest", "", "p1", "partial"),
        ("a", "stale", "p1", "not_implemented"),
        ("a b c d e f", "stale", "p1", "not_implemented"),
        ("a b", "", "p2", "implemented"),
        ("a b c", "", "p2", "partial"),
        ("a b c d e", "stale", "p2", "not_implemented"),
        ("a", "stale", "p2", "partial"),
        ("a", "b stale", "p2", "not_implemented"),
        ("a b c", "", None, "unknown"),
        ("a b", "", None, "implemented"),
        ("a b c d e f", "stale", None, "not_implemented"),
    ],
)
def test_review_of_assignments(top: str, others: str, tier: str | None, expected: str) -> None:
    assert reviewed(top, others, tier=tier) == expected


def test_who_only_reads_security_data_is_left_aside() -> None:
    assert reviewed("a b", "c d e f stale uest") == "not_implemented"
    assert reviewed("a b", "c d e f stale uest", role=READER) == "implemented"
    assert reviewed("a b", "c d", tier="p2", role=READER) == "implemented"
    closed = {"group_members": "throttled"}
    assert reviewed("a b", "g", ended=closed, role=READER) == "implemented"


def test_what_cannot_be_known_matters_where_either_answer_would_change_the_status() -> None:
    active = {"role_assignment_schedule_instances": "throttled"}
    closed = {"group_members": "throttled"}
    assert reviewed("a b", shows_sign_ins=False) == "unknown"
    assert reviewed("a b c d e f", shows_sign_ins=False) == "not_implemented"
    assert reviewed("a", shows_sign_ins=False) == "unknown"
    assert reviewed("a uest", shows_sign_ins=False) == "partial"
    assert reviewed("a b", ended=active) == "implemented"
    assert reviewed("a b c", tier="p2", ended=active) == "unknown"
    assert reviewed("a b", "g", ended=closed) == "unknown"
    assert reviewed("a b g", ended=closed) == "unknown"
    eligible = "role_eligibility_schedule_instances"
    reported: dict[str, Any] = {"ended": closed | {eligible: "ok"}, eligible: [held("g")]}
    assert reviewed("a b c d uest", **reported) == "not_implemented"
    assert reviewed("a b c uest", **reported) == "unknown"
    assert reviewed("a b c d e f", "g", ended=closed) == "not_implemented"
    assert reviewed("a uest", "g", ended=closed) == "unknown"
    assert reviewed("a uest", "b c d e f g", ended=closed) == "not_implemented"
    assert reviewed("a b", ended={"role_assignments": "throttled"}) == "unknown"
