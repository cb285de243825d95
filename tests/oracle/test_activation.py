"""The judge of privilege that stands behind MFA, on hand-made days."""

from typing import Any

import pytest

from tests.oracle.activation import RULES, activation_requires_mfa, person_of
from tests.oracle.hand_days import GLOBAL, READER, a_day

MFA = ["MultiFactorAuthentication", "Justification"]


def rules(role: str, asked: list[str], claim: str | None = None) -> dict[str, Any]:
    context = {"id": "AuthenticationContext_EndUser_Assignment", "isEnabled": bool(claim)}
    enabling = {"id": "Enablement_EndUser_Assignment", "enabledRules": asked}
    found = [enabling, context | {"claimValue": claim}]
    return {"roleDefinitionId": role.upper(), "policy": {"rules": found}}


def row(kind: str, role: str = GLOBAL, path: str = "direct") -> dict[str, Any]:
    return {
        "principal_id": "p",
        "principal_type": "user",
        "role_template_id": role,
        "directory_scope": "/",
        "assignment_kind": kind,
        "path": path,
    }


def policy(**members: Any) -> dict[str, Any]:
    applications = {
        "includeApplications": [],
        "includeAuthenticationContextClassReferences": ["c1"],
    }
    return {
        "id": "step-up",
        "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]}, "applications": applications},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    } | members


def judged(
    held: list[dict[str, Any]],
    *asked: dict[str, Any],
    policies: tuple[dict[str, Any], ...] = (),
    outcomes: dict[str, str] | None = None,
) -> bool | None:
    day = a_day(
        outcomes=outcomes,
        role_management_policies=list(asked),
        conditional_access_policies=list(policies),
    )
    return activation_requires_mfa(day, held, person_of(day, "p", held))


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([row("eligible")], True),
        ([row("eligible"), row("activated")], True),
        ([row("eligible"), row("standing")], False),
        ([row("eligible"), row("eligible", READER)], False),
        ([row("eligible", "other")], None),
        ([row("eligible", path="group")], True),
        ([row("eligible", path="pim_group")], None),
        ([row("active_unknown")], None),
        ([], None),
    ],
)
def test_every_privileged_role_must_be_eligible_and_ask_for_mfa(
    held: list[dict[str, Any]], expected: bool | None
) -> None:
    assert judged(held, rules(GLOBAL, MFA), rules(READER, ["Justification"])) is expected


def test_rules_that_were_not_read_say_nothing() -> None:
    unread = {RULES: "not_permitted"}
    assert judged([row("eligible")], rules(GLOBAL, MFA), outcomes=unread) is None


def test_an_authentication_context_asks_for_what_a_policy_on_it_demands() -> None:
    held, asked = [row("eligible")], rules(GLOBAL, [], "C1")
    assert judged(held, asked) is False
    assert judged(held, asked, policies=(policy(),)) is True
    assert judged(held, asked, policies=(policy(state="disabled"),)) is False
    risky = policy()["conditions"] | {"signInRiskLevels": ["high"]}
    assert judged(held, asked, policies=(policy(conditions=risky),)) is None
    others = policy()["conditions"] | {"users": {"includeUsers": ["q"]}}
    assert judged(held, asked, policies=(policy(conditions=others),)) is False
    closed = {"conditional_access_policies": "throttled"}
    assert judged(held, asked, outcomes=closed) is None
