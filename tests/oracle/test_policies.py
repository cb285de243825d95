"""What a policy says by itself: flags, states, and what narrows it."""

from typing import Any

import pytest

from tests.oracle.hand_days import a_day
from tests.oracle.hand_policies import DEFAULTS, REPORTING, policy, strength
from tests.oracle.policies import is_for_all_applications, narrowing, policies_of, policy_rows

FLAGS = [
    name for name in policy_rows(a_day(security_defaults=[DEFAULTS]))[0] if "policy" not in name
]


def flags(made: dict[str, Any], **reported: Any) -> set[str]:
    [row] = policy_rows(a_day(conditional_access_policies=[made], **reported))
    return {flag for flag in FLAGS if row[flag]}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"requires_mfa"}),
        ({"operator": None}, {"requires_mfa"}),
        ({"grant": "mfa compliantDevice"}, set()),
        (
            {"grant": "mfa compliantDevice", "operator": "AND"},
            {"requires_mfa", "requires_compliant_device"},
        ),
        ({"grant": "compliantDevice"}, {"requires_compliant_device"}),
        ({"grant": "compliantDevice domainJoinedDevice"}, {"requires_compliant_device"}),
        ({"grant": "mfa", "grants": {"termsOfUse": ["t"]}}, set()),
        ({"grant": "mfa", "operator": "AND", "grants": {"termsOfUse": ["t"]}}, {"requires_mfa"}),
        ({"grant": None, "grants": strength()}, {"requires_mfa", "requires_strength"}),
        ({"grant": None, "grants": strength("none")}, {"requires_strength"}),
        ({"grant": "mfa", "grants": strength()}, {"requires_mfa"}),
        ({"grant": "block mfa"}, set()),
        ({"grant": None}, set()),
        (
            {"grant": "block", "clientAppTypes": ["exchangeActiveSync", "other"]},
            {"blocks_legacy_auth"},
        ),
        ({"grant": "block", "clientAppTypes": ["other"]}, set()),
        ({"grant": "block"}, set()),
        ({"grant": "mfa", "clientAppTypes": ["exchangeActiveSync", "other"]}, {"requires_mfa"}),
        (
            {"grant": None, "signInRiskLevels": ["high"], "locations": {"includeLocations": ["x"]}},
            {"uses_sign_in_risk", "uses_locations"},
        ),
        ({"grant": None, "userRiskLevels": ["low"]}, {"uses_user_risk"}),
        (
            {"grant": None, "session": {"signInFrequency": {"isEnabled": True}}},
            {"has_sign_in_frequency"},
        ),
        ({"grant": None, "session": {"signInFrequency": {"isEnabled": False}}}, set()),
    ],
)
def test_flags(options: dict[str, Any], expected: set[str]) -> None:
    assert flags(policy(**options)) == expected


def test_a_strength_that_is_not_shown_whole_is_looked_up_and_else_believed() -> None:
    made = policy(grant=None, grants=strength(None))
    listed = [{"id": "s1", "requirementsSatisfied": "none"}]
    assert flags(made, authentication_strengths=listed) == {"requires_strength"}
    assert flags(made) == {"requires_mfa", "requires_strength"}


def test_states_in_words_and_security_defaults_as_a_policy() -> None:
    made = [policy("a"), policy("b", REPORTING), policy("c", "disabled")]
    rows = policy_rows(a_day(conditional_access_policies=made, security_defaults=[DEFAULTS]))
    states = {row["policy_id"]: row["policy_state"] for row in rows}
    assert states == {
        "a": "enabled",
        "b": "report_only",
        "c": "disabled",
        DEFAULTS["id"]: "enabled",
    }
    assert rows[-1]["requires_mfa"]
    assert rows[-1]["blocks_legacy_auth"]


def test_beta_adds_what_v1_leaves_out_and_nothing_else() -> None:
    released, preview = [policy("a")], (policy("a", "disabled"), policy("b"))
    day = a_day(conditional_access_policies=released, preview=preview)
    assert [(p["id"], p["state"]) for p in policies_of(day)] == [("a", "enabled"), ("b", "enabled")]
    unread = a_day(outcomes={"conditional_access_policies": "throttled"}, preview=preview)
    assert policies_of(unread) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"platforms": {"includePlatforms": ["all"], "excludePlatforms": []}},
        {"locations": {"includeLocations": ["All"], "excludeLocations": []}},
        {"clientAppTypes": []},
        {
            "clientAppTypes": [
                "browser",
                "mobileAppsAndDesktopClients",
                "exchangeActiveSync",
                "other",
            ]
        },
        {"devices": {"deviceFilter": None}},
        {"times": None, "insiderRiskLevels": None, "somethingNew": []},
    ],
)
def test_what_does_not_narrow(conditions: dict[str, Any]) -> None:
    assert narrowing(policy(**conditions)) == set()


@pytest.mark.parametrize(
    "conditions",
    [
        {"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["linux"]}},
        {"platforms": {"includePlatforms": ["iOS"]}},
        {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}},
        {"locations": {"includeLocations": ["x"], "excludeLocations": []}},
        {"clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]},
        {"clientAppTypes": ["browser", "exchangeActiveSync"]},
        {"devices": {"deviceFilter": {"mode": "include", "rule": "x"}}},
        {"signInRiskLevels": ["high"]},
        {"userRiskLevels": ["high"]},
        {"servicePrincipalRiskLevels": ["high"]},
        {"insiderRiskLevels": "elevated"},
        {"agentIdRiskLevels": "medium,high"},
        {"clientApplications": {"includeAgentIdServicePrincipals": ["All"]}},
        {"authenticationFlows": {"transferMethods": "deviceCodeFlow"}},
        {"clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}},
        {"deviceStates": {"includeStates": ["All"], "excludeStates": ["Compliant"]}},
        {"somethingNew": {"inside": ["x"]}},
    ],
)
def test_what_narrows(conditions: dict[str, Any]) -> None:
    assert narrowing(policy(**conditions)) == set(conditions)


@pytest.mark.parametrize(
    "apps",
    [
        {"includeApplications": ["Office365"]},
        {"includeApplications": []},
        {"excludeApplications": ["x"]},
        {"includeUserActions": ["urn:user:registerdevice"]},
        {"includeAuthenticationContextClassReferences": ["c1"]},
        {"applicationFilter": {"mode": "exclude", "rule": "x"}},
        {"somethingNew": ["x"]},
    ],
)
def test_anything_but_all_applications_is_some(apps: dict[str, Any]) -> None:
    assert is_for_all_applications(policy())
    assert not is_for_all_applications(policy(apps=apps))
