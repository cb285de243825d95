"""Agents: what Graph says of their identities and of policies for them is known, and read."""

from typing import Any

import pytest

from pipeline.lake.parts import rebuild

from .conftest import Lab

AGENT = "a9e00000-0000-4000-8000-000000000001"
OF_AGENTS = {
    "agentIdRiskLevels": "medium,high",
    "clientApplications": {
        "includeServicePrincipals": [],
        "includeAgentIdServicePrincipals": ["All"],
        "excludeAgentIdServicePrincipals": [AGENT],
        "agentIdServicePrincipalFilter": {"mode": "include", "rule": "x -eq 1"},
    },
}


@pytest.mark.parametrize("version", ["v1.0", "beta"])
def test_a_policy_for_agents_is_no_drift(fresh: Lab, version: str) -> None:
    def edit(page: dict[str, Any]) -> dict[str, Any]:
        for number, policy in enumerate(page["value"]):
            policy["id"] = f"{version}{number}"
            policy["conditions"] |= OF_AGENTS
            policy["conditions"]["users"]["includeUsers"] = ["AllAgentIdUsers"]
        return page

    fresh.sandbox.edits.add(path=f"{version}/identity/conditionalAccess/policies", function=edit)
    row = fresh.collect_one("conditional_access_policies")
    assert row.outcome == "ok"
    assert "gent" not in (row.unknown_fields or "")
    table = f"conditional_access_policies{'_beta' if version == 'beta' else ''}"
    leaves = {(one["path"], one["value"]) for one in fresh.table(f"{table}_conditions").to_pylist()}
    assert leaves >= {
        ("agentIdRiskLevels", "medium,high"),
        ("clientApplications.includeAgentIdServicePrincipals", "All"),
        ("clientApplications.excludeAgentIdServicePrincipals", AGENT),
        ("clientApplications.agentIdServicePrincipalFilter.mode", "include"),
        ("clientApplications.agentIdServicePrincipalFilter.rule", "x -eq 1"),
        ("users.includeUsers", "AllAgentIdUsers"),
    }


@pytest.mark.parametrize("kind", ["agentIdentity", "agentIdentityBlueprintPrincipal"])
def test_an_agent_that_holds_a_role_is_a_service_principal(fresh: Lab, kind: str) -> None:
    sent: list[dict[str, Any]] = []

    def edit(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][0] |= {
            "principalId": AGENT,
            "principal": {
                "@odata.type": f"#microsoft.graph.{kind}",
                "id": AGENT,
                "displayName": "Invoice helper",
                "servicePrincipalType": "ServiceIdentity",
                "accountEnabled": True,
                "appRoleAssignmentRequired": False,
                "createdDateTime": "2026-09-14T16:05:44Z",
                "createdByAppId": AGENT,
                "disabledByMicrosoftStatus": None,
                "tags": [],
                "agentIdentityBlueprintId": AGENT,
                "instanceMode": "standard",
            },
        }
        sent.extend(page["value"])
        return page

    fresh.sandbox.edits.add(path="roleManagement/directory/roleAssignments?", function=edit)
    log = {row.feed: row for row in fresh.collect(feeds=["service_principals"]).log}
    assert log["role_assignments"].unknown_fields is None
    tables = ("role_assignments", "role_assignments_principal")
    assert rebuild("role_assignments", {name: fresh.table(name) for name in tables}) == sent
    asked = [one.path for one in fresh.graph_calls() if "servicePrincipals?" in one.path]
    assert any(AGENT in path for path in asked)
    assert log["service_principals"].outcome == "ok"


def test_the_user_of_an_agent_is_not_asked_for_as_a_person(fresh: Lab) -> None:
    def edit(page: dict[str, Any]) -> dict[str, Any]:
        account = {
            "@odata.type": "#microsoft.graph.agentUser",
            "id": AGENT,
            "identityParentId": "x",
        }
        page["value"][0] |= {"principalId": AGENT, "principal": account}
        return page

    fresh.sandbox.edits.add(path="roleManagement/directory/roleAssignments?", function=edit)
    log = {row.feed: row for row in fresh.collect(feeds=["users"]).log}
    assert log["role_assignments"].unknown_fields is None
    assert not any(AGENT in one.path for one in fresh.graph_calls())
