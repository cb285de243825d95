"""Which policy covers a user with MFA: one line a case, with the policy that decides."""

from collections.abc import Collection
from typing import Any

import pytest

from tests.oracle.coverage import Person, Rules, judge
from tests.oracle.hand_days import GLOBAL, TEAMS
from tests.oracle.hand_policies import DEFAULTS, REPORTING, excluding, policy, strength

GROUPS = {"g": {"u"}, "empty": set()}
ADMIN = Person("u", roles=frozenset({GLOBAL}))
GUEST = Person("u", is_guest=True)


def beneath(group: str) -> Collection[str] | None:
    """`closed` is a group that nobody could read."""
    return None if group == "closed" else GROUPS.get(group, ())


def verdict(*policies: dict[str, Any], person: Person = ADMIN, **options: Any) -> str:
    found = judge(Rules(policies, **options), person, beneath)
    names = [found.policy_id, *(f"-{one}" for one in found.uncovered)]
    return " ".join([found.status, *(name for name in names if name)])


def to(**users: Any) -> dict[str, Any]:
    """A policy for these users."""
    return policy(users=users)


ACCOUNTS = {"guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest"}
SOME_TENANTS = {"externalTenants": {"membershipKind": "enumerated", "members": ["t9"]}}
EXTERNAL = {"guestOrExternalUserTypes": "internalGuest,serviceProvider"}
OUTSIDE = {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}
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
        (policy(grant="mfa domainJoinedDevice"), "conditional p1"),
        (policy(grant="mfa approvedApplication"), "narrow p1"),
        (policy(grant="mfa compliantDevice", operator="AND"), "covered p1"),
        (policy(grant="mfa", grants={"termsOfUse": ["t"]}), "narrow p1"),
        (policy(grant="mfa", grants={"customAuthenticationFactors": ["f"]}), "unknown"),
        (policy(grant=None, grants=strength()), "covered p1"),
        (policy(grant=None, grants=strength("none")), "not_covered"),
        (policy(grant="compliantDevice", grants=strength()), "conditional p1"),
        (policy(grant="mfa", grants=strength()), "covered p1"),
        (policy(apps={"includeApplications": ["Office365"]}), "narrow p1"),
        (policy(apps={"excludeApplications": ["Y", "x"]}), "covered_except p1 -x -y"),
        (policy(apps={"includeApplications": [], "includeUserActions": ["x"]}), "narrow p1"),
        (policy(platforms={"includePlatforms": ["iOS"]}), "narrow p1"),
        (policy(locations={"includeLocations": ["All"]}), "covered p1"),
        (policy(locations=OUTSIDE), "conditional p1"),
        (policy(locations={**OUTSIDE, "excludeLocations": ["x"]}), "narrow p1"),
        (policy(locations={"includeLocations": ["AllTrusted"]}), "narrow p1"),
        (policy(devices=SOME_DEVICES), "narrow p1"),
        (policy(signInRiskLevels=["high"]), "narrow p1"),
        (policy(clientAppTypes=["browser"]), "narrow p1"),
        (policy(tomorrow={"x": 1}), "narrow p1"),
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
        (to(includeGuestsOrExternalUsers=EXTERNAL), "narrow p1"),
        (to(includeGuestsOrExternalUsers=ACCOUNTS), "covered p1"),
        (
            to(includeGuestsOrExternalUsers=ACCOUNTS | SOME_TENANTS),
            "narrow p1",
        ),
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
RISKY = policy("k", signInRiskLevels=["high"])
MODERN = policy("m", clientAppTypes=["browser", "mobileAppsAndDesktopClients"])
LEGACY = policy("l", grant="block", clientAppTypes=["exchangeActiveSync", "other"])
SYNC = policy("e", grant="block", clientAppTypes=["exchangeActiveSync"])
OLD = policy("f", grant="block", clientAppTypes=["other"])
BUT_X = policy("b", apps={"excludeApplications": ["x"]})
BUT_Y = policy("y", apps={"excludeApplications": ["y"]})
ONLY_X = policy("n", apps={"includeApplications": ["x"]})
DUO = policy("d", grant=None, grants={"customAuthenticationFactors": ["RequireDuoMfa"]})
DUO_OUT = policy(
    "d", grant=None, grants={"customAuthenticationFactors": ["f"]}, users=excluding("u")
)
ABROAD = policy("a", locations=OUTSIDE)
AT_HOME = policy("h", locations={"includeLocations": ["AllTrusted"]})


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([policy("b"), policy("a"), SOME], "covered a"),
        ([SOME, TRIED], "conditional c"),
        ([TRIED, OUT], "report_only r"),
        ([RISKY, TRIED, OUT], "narrow k"),
        ([RISKY, SOME], "conditional c"),
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


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([MODERN], "narrow m"),
        ([MODERN, LEGACY], "covered m"),
        ([MODERN, SYNC, OLD], "covered m"),
        ([MODERN, SYNC], "narrow m"),
        ([MODERN, policy(grant="block", signInRiskLevels=["high"])], "narrow m"),
        ([{**MODERN, "state": "disabled"}, LEGACY], "not_covered"),
        ([MODERN, {**LEGACY, "state": REPORTING}], "narrow m"),
        ([LEGACY], "not_covered"),
        ([policy("m", users=excluding("u"), clientAppTypes=["browser"]), LEGACY], "not_covered"),
        ([{**OUT, "id": "v"}, LEGACY], "excluded v"),
        ([BUT_X, ONLY_X], "covered b"),
        ([BUT_X, BUT_Y], "covered b"),
        ([BUT_X, policy(apps={"excludeApplications": ["x", "y"]})], "covered_except b -x"),
        ([BUT_X, RISKY], "covered_except b -x"),
        ([ONLY_X], "narrow n"),
        ([ABROAD, AT_HOME], "covered a"),
        ([ABROAD, SOME], "conditional c"),
        (
            [ABROAD, policy("c", grant="mfa compliantDevice", apps={"excludeApplications": ["x"]})],
            "conditional a",
        ),
        ([MODERN, policy("c", grant="mfa compliantDevice")], "conditional c"),
        ([policy(users=excluding("u"), signInRiskLevels=["high"])], "not_covered"),
        ([policy(users=excluding("u"), apps={"excludeApplications": ["x"]})], "excluded p1"),
    ],
)
def test_several_policies_make_one(made: list[dict[str, Any]], expected: str) -> None:
    assert verdict(*made) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([DUO], "unknown"),
        ([DUO, RISKY], "unknown"),
        ([DUO, policy("b")], "covered b"),
        ([{**DUO, "state": "disabled"}], "not_covered"),
        ([DUO_OUT], "excluded d"),
        (
            [policy(grant="mfa", operator="AND", grants={"customAuthenticationFactors": ["f"]})],
            "covered p1",
        ),
    ],
)
def test_the_control_of_another_vendor_may_be_mfa(
    made: list[dict[str, Any]], expected: str
) -> None:
    assert verdict(*made) == expected


def test_a_location_is_an_alternative_where_it_is_trusted_and_open_where_it_was_not_read() -> None:
    made = policy(locations={"includeLocations": ["All"], "excludeLocations": ["office"]})
    assert verdict(made, trust={"office": True}) == "conditional p1"
    assert verdict(made, trust={"office": False}) == "narrow p1"
    assert verdict(made, trust=None) == "unknown"
    both = [ABROAD, policy("z", locations={"includeLocations": ["office"]}), made]
    assert verdict(*both, trust={"office": True}) == "covered p1"
    assert verdict(ABROAD, made, trust={"office": True}) == "conditional p1"


def test_security_defaults_cover_and_unreadable_policies_are_unknown_unless_covered_anyway() -> (
    None
):
    off = {**DEFAULTS, "isEnabled": False}
    assert verdict(defaults=DEFAULTS) == f"covered {DEFAULTS['id']}"
    assert verdict(defaults=off) == "not_covered"
    assert verdict(OUT, is_readable=False) == "unknown"
    assert verdict(defaults=DEFAULTS, is_readable=False) == f"covered {DEFAULTS['id']}"
    assert verdict(policy(), is_readable=False) == "covered p1"


def test_the_unread_type_of_an_account_matters_where_guests_are_named() -> None:
    who = Person("u", is_guest=None)
    for_guests = to(includeUsers=["GuestsOrExternalUsers"])
    assert verdict(for_guests, person=who) == "unknown"
    assert verdict(policy(users=excluding("GuestsOrExternalUsers")), person=who) == "unknown"
    assert verdict(for_guests, policy("b"), person=who) == "covered b"
