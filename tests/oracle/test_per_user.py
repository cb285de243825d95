"""Per-user MFA as the judge sees it: whom it is asked of, and what it adds to the policies."""

from typing import Any

import pytest

from tests.oracle.coverage import coverage_of
from tests.oracle.effective import effective_rows
from tests.oracle.hand_days import NO_P2, a_day, held
from tests.oracle.hand_policies import DEFAULTS, excluding, policy
from tests.oracle.people import person_rows
from tests.oracle.per_user import is_certain, told, wanted

USERS = [
    {"id": "P", "accountEnabled": True},
    {"id": "off", "accountEnabled": False},
    {"id": "unsaid"},
    {"id": "risky", "accountEnabled": True},
    {"id": "group", "accountEnabled": True},
]
HOLDERS = {"p": {"user"}, "off": {"user"}, "unsaid": {"", "user"}, "group": {"group"}}
OFF = {**DEFAULTS, "isEnabled": False}


def test_enabled_users_who_hold_a_role_are_asked_for() -> None:
    assert wanted(HOLDERS, USERS, [], [OFF]) == ["p", "unsaid"]
    assert wanted(HOLDERS, USERS, [policy(users=excluding("p"))], []) == ["p", "unsaid"]


def test_nobody_is_asked_for_where_mfa_is_certain_of_all() -> None:
    assert wanted(HOLDERS, USERS, [policy()], []) == []
    assert wanted(HOLDERS, USERS, [], [{**DEFAULTS, "isEnabled": True}]) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (policy(), True),
        (policy(state="disabled"), False),
        (policy(grant="mfa compliantDevice"), False),
        (policy(grant="mfa compliantDevice", operator="AND"), True),
        (policy(grant="mfa block", operator="AND"), False),
        (policy(grant="compliantDevice"), False),
        (policy(grant=None), False),
        (policy(users=excluding(groups="g")), False),
        (policy(users={"includeUsers": ["p"]}), False),
    ],
)
def test_certain_is_what_has_no_exception(made: dict[str, Any], expected: bool) -> None:
    assert is_certain(made) is expected


def judged(state: str | None, *policies: dict[str, Any], **outcomes: str) -> tuple[str, Any]:
    rows = [{"id": "p", "perUserMfaState": state}]
    day = a_day(
        outcomes=NO_P2 | outcomes,
        role_assignments=[held("p")],
        conditional_access_policies=list(policies),
        security_defaults=[OFF],
        per_user_mfa=rows,
    )
    found = coverage_of(day, effective_rows(day))["p"]
    return found.status, found.policy_id


@pytest.mark.parametrize(
    ("state", "made", "expected"),
    [
        ("enforced", [], ("covered", None)),
        ("Enforced", [], ("covered", None)),
        ("enabled", [], ("conditional", None)),
        ("disabled", [], ("not_covered", None)),
        ("of tomorrow", [], ("not_covered", None)),
        (None, [], ("not_covered", None)),
        ("enforced", [policy()], ("covered", "p1")),
        ("enabled", [policy()], ("covered", "p1")),
        ("enabled", [policy(grant="mfa compliantDevice")], ("conditional", "p1")),
        ("enforced", [policy(grant="mfa compliantDevice")], ("covered", None)),
        ("enforced", [policy(users=excluding("p"))], ("covered", None)),
        ("disabled", [policy(users=excluding("p"))], ("excluded", "p1")),
    ],
)
def test_the_better_one_counts(
    state: str | None, made: list[dict[str, Any]], expected: tuple[str, str | None]
) -> None:
    assert judged(state, *made) == expected


def test_what_was_not_read_of_policies_may_still_be_more_than_the_switch() -> None:
    closed = {"conditional_access_policies": "throttled"}
    assert judged("enforced", **closed) == ("covered", None)
    assert judged("enabled", **closed) == ("unknown", None)


def test_a_switch_that_was_not_read_changes_nothing() -> None:
    assert judged("enforced", per_user_mfa="not_permitted") == ("not_covered", None)


@pytest.mark.parametrize(
    ("outcome", "asked", "expected"),
    [
        ("ok", [{"id": "p", "perUserMfaState": "Enabled"}], ("enabled", "ok")),
        ("ok", [{"id": "q", "perUserMfaState": "enabled"}], (None, "not_asked")),
        ("empty", [], (None, "not_asked")),
        ("not_permitted", [], (None, "not_permitted")),
    ],
)
def test_state_and_status(
    outcome: str, asked: list[dict[str, Any]], expected: tuple[str | None, str]
) -> None:
    day = a_day(outcomes={"per_user_mfa": outcome}, per_user_mfa=asked)
    assert tuple(told(day, "p").values()) == expected


def test_only_users_have_a_switch() -> None:
    day = a_day(outcomes=NO_P2, role_assignments=[held("p"), held("s")])
    rows = effective_rows(day)
    people = {one["principal_id"]: one for one in person_rows(day, rows, coverage_of(day, rows))}
    assert people["s"]["per_user_mfa_status"] is None
    assert people["p"]["per_user_mfa_status"] == "not_asked"
