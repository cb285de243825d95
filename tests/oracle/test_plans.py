"""Conditional Access plans: what policies alone achieve stands, the rest is open."""

from functools import partial
from typing import Any

import pytest

from tests.oracle.coverage import coverage_of
from tests.oracle.effective import effective_rows
from tests.oracle.everyone import Everyone
from tests.oracle.hand_days import NO_P2, a_day, held
from tests.oracle.hand_policies import DEFAULTS, excluding, policy
from tests.oracle.plans import has_plan
from tests.oracle.practices import for_all_users
from tests.oracle.tenant_day import TenantDay

OFF = {**DEFAULTS, "isEnabled": False}


def planned(
    *policies: dict[str, Any], state: str | None = "enabled", outcome: str = "ok"
) -> TenantDay:
    return a_day(
        outcomes=NO_P2 | {"conditional_access_plans": outcome},
        role_assignments=[held("p")],
        conditional_access_policies=list(policies),
        security_defaults=[OFF],
        conditional_access_plans=[{"id": "plan", "state": state}],
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("enabled", True),
        ("Disabled", False),
        ("enabledForReportingButNotEnforced", False),
        ("of tomorrow", True),
        (None, True),
    ],
)
def test_a_plan_may_be_at_work_unless_it_is_off(state: str | None, expected: bool) -> None:
    assert has_plan(planned(state=state)) is expected
    assert not has_plan(planned(state=state, outcome="not_permitted"))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([], "unknown"),
        ([policy()], "covered"),
        ([policy(users=excluding("p"))], "unknown"),
        ([policy(grant="mfa compliantDevice")], "unknown"),
    ],
)
def test_who_is_covered_by_policies_alone_stays_so(
    made: list[dict[str, Any]], expected: str
) -> None:
    day = planned(*made)
    assert coverage_of(day, effective_rows(day))["p"].status == expected


def test_what_is_implemented_by_policies_alone_stays_so() -> None:
    for matter in ("mfa", "legacy"):
        whole, none = planned(policy()), planned()
        assert Everyone(whole, effective_rows(whole), matter).decided() == ("implemented", "p1")
        assert Everyone(none, effective_rows(none), matter).decided() == ("unknown", None)


def test_risk_policies_stay_open_too() -> None:
    found = partial(lambda answer, _: answer)
    whole, none = planned(policy()), planned()
    assert for_all_users(whole, partial(found, True), effective_rows(whole)) == "implemented"
    assert for_all_users(whole, partial(found, False), effective_rows(whole)) == "unknown"
    assert for_all_users(none, partial(found, True), effective_rows(none)) == "unknown"
