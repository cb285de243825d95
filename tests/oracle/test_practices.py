"""The six practices: what implements each, what only in part, and when nobody can say."""

from typing import Any

import pytest

from tests.oracle.hand_days import READER
from tests.oracle.hand_policies import DEFAULTS, REPORTING, excluding, policy
from tests.oracle.hand_practices import practice_status as of
from tests.oracle.practices import agreement

LEGACY: dict[str, Any] = {"grant": "block", "clientAppTypes": ["exchangeActiveSync", "other"]}
RISKY: dict[str, Any] = {"signInRiskLevels": ["high"]}
EXTERNAL = {"guestOrExternalUserTypes": "serviceProvider"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "implemented"),
        ({"state": REPORTING}, "partial"),
        ({"state": "disabled"}, "not_implemented"),
        ({"users": excluding("a", "b")}, "implemented"),
        ({"users": excluding("a", "b", "c")}, "partial"),
        ({"users": excluding("a", groups="g")}, "partial"),
        ({"users": excluding("u", groups="g")}, "implemented"),
        ({"users": excluding(groups="gone")}, "implemented"),
        ({"users": excluding(roles=READER)}, "implemented"),
        ({"users": excluding("GuestsOrExternalUsers")}, "implemented"),
        ({"users": excluding("a", "b", "AllAgentIdUsers")}, "implemented"),
        ({"users": {"includeUsers": ["AllAgentIdUsers"]}}, "not_implemented"),
        ({"agentIdRiskLevels": "high"}, "partial"),
        ({"users": excluding("All")}, "not_implemented"),
        ({"users": {"includeUsers": ["None"]}}, "not_implemented"),
        ({"users": {"includeUsers": ["a"]}}, "partial"),
        ({"users": {"includeGroups": ["g"]}}, "unknown"),
        ({"users": {"includeGroups": ["gone"]}}, "not_implemented"),
        ({"users": {"includeRoles": [READER]}}, "partial"),
        ({"users": {"includeGuestsOrExternalUsers": EXTERNAL}}, "not_implemented"),
        ({"apps": {"includeApplications": ["Office365"]}}, "partial"),
        ({"apps": {"excludeApplications": ["x"]}}, "implemented"),
        ({"platforms": {"includePlatforms": ["iOS"]}}, "partial"),
        ({"grant": "mfa compliantDevice"}, "partial"),
        ({"grant": "compliantDevice"}, "not_implemented"),
    ],
)
def test_mfa_for_all_users(options: dict[str, Any], expected: str) -> None:
    assert of("mfa_all_users", policy(**options), beneath={"g": "u v h d"}) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([policy(users=excluding(groups="g"))], "unknown"),
        ([policy(users=excluding("a", "b", "c", groups="g"))], "partial"),
        ([policy(users=excluding(groups="g"), state=REPORTING)], "partial"),
        ([policy(users=excluding(groups="g")), policy("p2")], "implemented"),
        ([policy(users={"includeGroups": ["g"]})], "unknown"),
        ([policy(users={"includeGroups": ["g"]}), policy("p2", REPORTING)], "unknown"),
        ([policy(users={"includeGroups": ["g"]}, grant="block")], "not_implemented"),
    ],
)
def test_a_group_that_could_not_be_read_matters_where_it_would_change_the_status(
    made: list[dict[str, Any]], expected: str
) -> None:
    assert of("mfa_all_users", *made, outcomes={"group_members": "throttled"}) == expected


def registered(members: int, guests: int = 0) -> list[dict[str, Any]]:
    """The registration report of so many."""
    kinds = ["member"] * members + ["guest"] * guests
    return [{"id": f"u{number}", "userType": kind} for number, kind in enumerate(kinds)]


FOR_G, FOR_H = policy(users={"includeGroups": ["g"]}), policy("p2", users={"includeGroups": ["h"]})
NAMED = policy("p3", users={"includeUsers": ["x"]})


@pytest.mark.parametrize(
    ("made", "report", "expected"),
    [
        ([FOR_G], registered(6), "partial"),
        ([FOR_G], registered(5), "unknown"),
        ([FOR_G], registered(3), "implemented"),
        ([FOR_G], registered(2, 1), "implemented"),
        ([FOR_G], registered(3, 1), "unknown"),
        ([FOR_G], [], "unknown"),
        ([FOR_G, FOR_H], registered(5), "unknown"),
        ([FOR_G, FOR_H], registered(8), "partial"),
        ([FOR_G, FOR_H, NAMED], registered(8), "unknown"),
        ([FOR_G, policy("p2")], registered(8), "implemented"),
        ([FOR_G, policy("p2", signInRiskLevels=["high"])], registered(8), "partial"),
        ([NAMED], registered(1), "partial"),
    ],
)
def test_groups_that_may_hold_everybody_together(
    made: list[dict[str, Any]], report: list[dict[str, Any]], expected: str
) -> None:
    beneath = {"g": "a b c", "h": "c e"}
    found = of("mfa_all_users", *made, beneath=beneath, user_registration_details=report)
    assert found == expected


MODERN = {"clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]}


def test_what_one_policy_leaves_open_another_closes() -> None:
    sync = policy("a", grant="block", clientAppTypes=["exchangeActiveSync"])
    other = policy("o", grant="block", clientAppTypes=["other"])
    modern = policy("m", **MODERN)
    admins = policy("r", users={"includeRoles": [READER]})
    for practice in ("mfa_all_users", "block_legacy_authentication"):
        assert of(practice, sync, other, modern, admins) == "implemented"
        assert of(practice, sync, modern, admins) == "partial"
    assert of("block_legacy_authentication", sync, other) == "implemented"
    assert of("mfa_all_users", sync, other) == "not_implemented"


def test_who_is_left_out_of_one_policy_may_be_reached_by_another() -> None:
    without_g = policy(users=excluding(groups="g"))
    beneath = {"g": "a b c", "h": "c e f"}
    assert of("mfa_all_users", without_g, beneath=beneath) == "partial"
    again = policy("p2", users={"includeGroups": ["g"]})
    assert of("mfa_all_users", without_g, again, beneath=beneath) == "implemented"
    other = policy("p2", users={"includeGroups": ["h"]})
    assert of("mfa_all_users", without_g, other, beneath=beneath) == "partial"
    narrow = policy("p2", users=excluding("x", "y", "z"), apps={"includeApplications": ["a"]})
    assert of("mfa_all_users", policy(), narrow) == "implemented"
    unread = {"group_members": "throttled"}
    assert of("mfa_all_users", without_g, again, outcomes=unread) == "implemented"


def test_the_control_of_another_vendor_leaves_it_open() -> None:
    duo = policy(grant=None, grants={"customAuthenticationFactors": ["RequireDuoMfa"]})
    admins = policy("r", users={"includeRoles": [READER]})
    assert of("mfa_all_users", duo, admins) == "unknown"
    assert of("mfa_all_users", admins) == "partial"
    assert of("mfa_all_users", duo, policy("p2")) == "implemented"


def test_security_defaults_implement_and_unread_policies_leave_it_open() -> None:
    unread = {"conditional_access_policies": "not_permitted"}
    for practice in ("mfa_all_users", "block_legacy_authentication"):
        assert of(practice) == "not_implemented"
        assert of(practice, outcomes=unread) == "unknown"
        assert of(practice, outcomes={"security_defaults": "throttled"}) == "unknown"
        assert of(practice, outcomes=unread, security_defaults=[DEFAULTS]) == "implemented"
    assert of("sign_in_risk_policy", security_defaults=[DEFAULTS]) == "not_implemented"
    assert of("sign_in_risk_policy", outcomes={"security_defaults": "x"}) == "not_implemented"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (LEGACY, "implemented"),
        (LEGACY | {"state": REPORTING}, "partial"),
        (LEGACY | {"users": {"includeUsers": ["a"]}}, "partial"),
        (LEGACY | {"users": excluding("a", "b", "c")}, "partial"),
        (LEGACY | {"users": excluding("GuestsOrExternalUsers")}, "partial"),
        (LEGACY | {"apps": {"includeApplications": ["Office365"]}}, "partial"),
        (LEGACY | {"locations": {"includeLocations": ["x"]}}, "partial"),
        (LEGACY | {"clientAppTypes": ["other"]}, "partial"),
        (LEGACY | {"grant": "mfa"}, "implemented"),
        ({}, "implemented"),
        ({"grant": "mfa compliantDevice"}, "not_implemented"),
        ({"apps": {"excludeApplications": ["x"]}}, "partial"),
        ({"grant": "block", "signInRiskLevels": ["high"]}, "not_implemented"),
    ],
)
def test_legacy_authentication(options: dict[str, Any], expected: str) -> None:
    assert of("block_legacy_authentication", policy(**options)) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (RISKY, "implemented"),
        (RISKY | {"grant": "block"}, "implemented"),
        (RISKY | {"grant": None}, "not_implemented"),
        (RISKY | {"state": REPORTING}, "partial"),
        (RISKY | {"userRiskLevels": ["high"]}, "partial"),
        (RISKY | {"users": excluding("a", "b", "c")}, "partial"),
        ({}, "not_implemented"),
    ],
)
def test_sign_in_risk(options: dict[str, Any], expected: str) -> None:
    made = policy(**options)
    assert of("sign_in_risk_policy", made) == expected
    assert of("sign_in_risk_policy", made, tier=None) == expected
    assert of("sign_in_risk_policy", made, tier="p1") == "not_licensed"


def test_user_risk_is_a_policy_of_its_own() -> None:
    made = policy(userRiskLevels=["high"], grant="mfa passwordChange", operator="AND")
    assert of("user_risk_policy", made) == "implemented"
    assert of("sign_in_risk_policy", made) == "not_implemented"


@pytest.mark.parametrize(
    ("found", "levels", "expected"),
    [
        ("implemented", "full", True),
        ("partial", "full", False),
        ("implemented", "partial", False),
        ("not_implemented", "none", True),
        ("not_licensed", "none", None),
        ("unknown", "full", None),
        ("implemented", "unknown", None),
        ("implemented", "", None),
        ("implemented", "full full", True),
        ("implemented", "full partial", False),
        ("implemented", "full unknown", None),
    ],
)
def test_sources_agree(found: str, levels: str, expected: bool | None) -> None:
    assert agreement(found, levels.split()) is expected
