"""Which policy covers a user with MFA: one line a case, with the policy that decides."""

from collections.abc import Collection
from typing import Any

import pytest

from tests.oracle.coverage import Person, judge
from tests.oracle.hand_days import GLOBAL, TEAMS
from tests.oracle.hand_policies import DEFAULTS, REPORTING, excluding, policy, strength

GROUPS = {"g": {"u"}, "empty": set()}
ADMIN = Person("u", roles=frozenset({GLOBAL}))
GUEST = Person("u", is_guest=True)


def beneath(group: str) -> Collection[str] | None:
    """`closed` is a group that nobody could read."""
    return None if group == "closed" else GROUPS.get(group, ())


def verdict(*policies: dict[str, Any], person: Person = ADMIN, **options: Any) -> str:
    found = judge(person, policies, {}, beneath, **options)
    return " ".join([found.status, *([found.policy_id] if found.policy_id else [])])


def to(**users: Any) -> dict[str, Any]:
    """A policy for these users."""
    return policy(users=users)


EXTERNAL = {"guestOrExternalUserTypes": "internalGuest,serviceProvider"}
SOME_DEVICES = {"deviceFilter": {"mode": "include", "rule": "x"}}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (policy(), "covered p1"),
        (policy(state="disabled"), "not_covered"),
        (policy(state=REPORTING), "report_only p1"),
        (policy(state=REPORTING, grant="mfa compliantDevice"), "report_only p1"),
        (policy(state=REPORTING, grant="block"), "not_covered"),
        (policy(grant="block"), "not_covered"),
        (policy(grant="compliantDevice"), "not_covered"),
        (policy(grant=None), "not_covered"),
        (policy(grant="mfa compliantDevice"), "conditional p1"),
        (policy(grant="mfa compliantDevice", operator="AND"), "covered p1"),
        (policy(grant="mfa", grants={"termsOfUse": ["t"]}), "conditional p1"),
        (policy(grant="mfa", grants={"customAuthenticationFactors": ["f"]}), "conditional p1"),
        (policy(grant=None, grants=strength()), "covered p1"),
        (policy(grant=None, grants=strength("none")), "not_covered"),
        (policy(grant="compliantDevice", grants=strength()), "conditional p1"),
        (policy(grant="mfa", grants=strength()), "covered p1"),
        (policy(apps={"includeApplications": ["Office365"]}), "conditional p1"),
        (policy(apps={"excludeApplications": ["x"]}), "conditional p1"),
        (policy(apps={"includeApplications": [], "includeUserActions": ["x"]}), "conditional p1"),
        (policy(platforms={"includePlatforms": ["iOS"]}), "conditional p1"),
        (policy(locations={"includeLocations": ["All"]}), "covered p1"),
        (policy(devices=SOME_DEVICES), "conditional p1"),
        (policy(signInRiskLevels=["high"]), "conditional p1"),
        (policy(clientAppTypes=["browser"]), "conditional p1"),
        (policy(tomorrow={"x": 1}), "conditional p1"),
        (to(includeUsers=["None"]), "not_covered"),
        (to(), "not_covered"),
        (to(includeUsers=["U"]), "covered p1"),
        (to(includeUsers=["v"]), "not_covered"),
        (to(includeGroups=["g"]), "covered p1"),
        (to(includeGroups=["empty"]), "not_covered"),
        (to(includeGroups=["gone"]), "not_covered"),
        (to(includeGroups=["closed"]), "unknown"),
        (to(includeGroups=["closed", "g"]), "covered p1"),
        (to(includeRoles=[GLOBAL]), "covered p1"),
        (to(includeRoles=[TEAMS]), "not_covered"),
        (to(includeUsers=["GuestsOrExternalUsers"]), "not_covered"),
        (to(includeGuestsOrExternalUsers=EXTERNAL), "not_covered"),
        (policy(users=excluding("u")), "excluded p1"),
        (policy(users=excluding("v")), "covered p1"),
        (policy(users=excluding(groups="g")), "excluded p1"),
        (policy(users=excluding(groups="closed")), "unknown"),
        (policy(users=excluding("u", groups="closed")), "excluded p1"),
        (policy(users=excluding(roles=GLOBAL)), "excluded p1"),
        (policy(users=excluding(roles=TEAMS)), "covered p1"),
        (policy(users=excluding("u"), state=REPORTING), "not_covered"),
        (policy(users=excluding("u"), grant="mfa compliantDevice"), "not_covered"),
        (policy(users=excluding("GuestsOrExternalUsers")), "covered p1"),
        (policy(grant="block", users=excluding(groups="closed")), "not_covered"),
        (policy(state="disabled", users=excluding(groups="closed")), "not_covered"),
    ],
)
def test_one_policy_and_an_administrator(made: dict[str, Any], expected: str) -> None:
    assert verdict(made) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (policy(), "covered p1"),
        (to(includeUsers=["GuestsOrExternalUsers"]), "covered p1"),
        (to(includeGuestsOrExternalUsers=EXTERNAL), "covered p1"),
        (to(includeGuestsOrExternalUsers={"guestOrExternalUserTypes": "none"}), "not_covered"),
        (policy(users=excluding("GuestsOrExternalUsers")), "excluded p1"),
        (
            policy(users={"includeUsers": ["All"], "excludeGuestsOrExternalUsers": EXTERNAL}),
            "excluded p1",
        ),
    ],
)
def test_one_policy_and_a_guest(made: dict[str, Any], expected: str) -> None:
    assert verdict(made, person=GUEST) == expected


SOME = policy("c", grant="mfa compliantDevice")
TRIED = policy("r", state=REPORTING)
OUT = policy("x", users=excluding("u"))
OPEN = policy("o", users={"includeGroups": ["closed"]})
OPEN_TRIED = policy("t", state=REPORTING, users={"includeGroups": ["closed"]})


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([policy("b"), policy("a"), SOME], "covered a"),
        ([SOME, TRIED], "conditional c"),
        ([TRIED, OUT], "report_only r"),
        ([OUT, policy("w", users=excluding("u"))], "excluded w"),
        ([policy("b"), OUT], "covered b"),
        ([OPEN, policy("b")], "covered b"),
        ([OPEN, SOME], "unknown"),
        ([OPEN_TRIED, SOME], "conditional c"),
        ([OPEN_TRIED, OUT], "unknown"),
        ([], "not_covered"),
    ],
)
def test_the_strongest_of_several_and_of_equals_the_smallest_id(
    made: list[dict[str, Any]], expected: str
) -> None:
    assert verdict(*made) == expected


def test_security_defaults_cover_and_unreadable_policies_are_unknown_unless_covered_anyway() -> (
    None
):
    off = {**DEFAULTS, "isEnabled": False}
    assert verdict(defaults=DEFAULTS) == f"covered {DEFAULTS['id']}"
    assert verdict(defaults=off) == "not_covered"
    assert verdict(OUT, is_readable=False) == "unknown"
    assert verdict(defaults=DEFAULTS, is_readable=False) == f"covered {DEFAULTS['id']}"
    assert verdict(policy(), is_readable=False) == "covered p1"
