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
        ({"users": excluding(roles=READER)}, "partial"),
        ({"users": excluding("GuestsOrExternalUsers")}, "implemented"),
        ({"users": excluding("All")}, "not_implemented"),
        ({"users": {"includeUsers": ["None"]}}, "not_implemented"),
        ({"users": {"includeUsers": ["a"]}}, "partial"),
        ({"users": {"includeGroups": ["g"]}}, "partial"),
        ({"users": {"includeGroups": ["gone"]}}, "not_implemented"),
        ({"users": {"includeRoles": [READER]}}, "partial"),
        ({"users": {"includeGuestsOrExternalUsers": EXTERNAL}}, "not_implemented"),
        ({"apps": {"includeApplications": ["Office365"]}}, "partial"),
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
        ([policy(users={"includeGroups": ["g"]}), policy("p2", REPORTING)], "partial"),
    ],
)
def test_a_group_that_could_not_be_read_matters_where_it_would_change_the_status(
    made: list[dict[str, Any]], expected: str
) -> None:
    assert of("mfa_all_users", *made, outcomes={"group_members": "throttled"}) == expected


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
        (LEGACY | {"clientAppTypes": ["other"]}, "not_implemented"),
        (LEGACY | {"grant": "mfa"}, "not_implemented"),
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
