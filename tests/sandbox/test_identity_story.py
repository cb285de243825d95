"""The life of policies, risk, applications and recommendations, from day to day."""

from collections import Counter
from datetime import timedelta

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox.conftest import DAYS, FIRST, TODAY, GetClient, graph_client, over_time, records

SCORES = "/v1.0/security/secureScores?$top=1"
PROFILES = "/v1.0/security/secureScoreControlProfiles?$top=999"
STARRED = {
    "adminMFAV2": "AdminMFAV2",
    "mfaRegistrationV2": "MFARegistrationV2",
    "blockLegacyAuthentication": "BlockLegacyAuthentication",
    "pwagePolicyNew": "PWAgePolicyNew",
    "signinRiskPolicy": "SigninRiskPolicy",
    "userRiskPolicy": "UserRiskPolicy",
    "integratedApps": "IntegratedApps",
    "oneAdmin": "OneAdmin",
    "roleOverlap": "RoleOverlap",
    "selfServicePasswordReset": "SelfServicePasswordReset",
    "passwordHashSync": "PasswordHashSync",
}


@pytest.fixture
def graph(sandbox: Sandbox, client: GetClient) -> httpx.Client:
    return client(sandbox.tenants[2])


@pytest.mark.parametrize("index", [1, 2])
def test_policies_wait_in_report_only(sandbox: Sandbox, client: GetClient, index: int) -> None:
    graph = client(sandbox.tenants[index])
    history: dict[str, list[str]] = {}
    for day in over_time(sandbox):
        for policy in records(graph, ask.POLICIES):
            states = history.setdefault(policy["displayName"], [])
            states += [policy["state"]] * (states[-1:] != [policy["state"]])
            assert policy["createdDateTime"][:10] <= day.isoformat()
            assert (policy["modifiedDateTime"] or "")[:10] <= day.isoformat()
    report_only = "enabledForReportingButNotEnforced"
    assert ["enabled", report_only, "enabled"] in history.values()
    assert [report_only, "enabled"] in history.values()
    old = [states for name, states in history.items() if name.startswith("OLD")]
    assert old == [["disabled"]]


def test_risk_comes_and_is_remediated(sandbox: Sandbox, graph: httpx.Client) -> None:
    history: dict[str, list[str]] = {}
    flagged: set[bool] = set()
    for _ in over_time(sandbox, [FIRST + timedelta(days=number) for number in range(0, 90, 3)]):
        found = records(graph, ask.RISKY_USERS)
        assert history.keys() <= {user["id"] for user in found}
        for user in found:
            states = history.setdefault(user["id"], [])
            states += [user["riskState"]] * (states[-1:] != [user["riskState"]])
            flagged.add(user["isDeleted"])
    assert ["atRisk", "remediated"] in [states[:2] for states in history.values()]
    assert flagged == {False}
    users = {user["id"] for user in records(graph, f"{ask.USERS}?$select=id&$top=999")}
    assert history.keys() - users, "one of them is gone, whatever isDeleted says"
    holders = {row["principalId"] for row in records(graph, ask.ASSIGNMENTS)} | {
        row["principalId"] for row in records(graph, ask.ELIGIBLE)
    }
    assert holders & history.keys(), "an administrator was at risk"
    detections = records(graph, ask.DETECTIONS)
    assert {each["userId"] for each in detections} <= history.keys()
    moments = [each["detectedDateTime"] for each in detections]
    assert moments == sorted(moments, reverse=True)
    assert min(moments) > (TODAY - timedelta(days=90)).isoformat()


@pytest.mark.parametrize("index", [0, 1, 2])
def test_applications_grow_old(sandbox: Sandbox, client: GetClient, index: int) -> None:
    graph = client(sandbox.tenants[index])
    (itself,) = records(graph, ask.SERVICE_PRINCIPALS + ask.query(filter=ask.GRAPH_ITSELF))
    names = {role["value"]: role["id"] for role in itself["appRoles"]}
    powerful = names["RoleManagement.ReadWrite.Directory"]
    held = records(graph, f"{ask.SERVICE_PRINCIPALS}/{itself['id']}/appRoleAssignedTo")
    holders = {row["principalId"] for row in held if row["appRoleId"] == powerful}
    ids = {sp["id"]: sp["appId"] for sp in records(graph, ask.SERVICE_PRINCIPALS)}
    registered = {app["appId"]: app for app in records(graph, ask.APPLICATIONS)}
    assert holders
    for holder in holders:
        application = registered[ids[holder]]
        assert application["createdDateTime"] < "2024"
        secret = application["passwordCredentials"][0]
        assert secret["startDateTime"] < "2024"
        assert secret["endDateTime"] > "2030"
    ends, known = set(), set()
    for _ in over_time(sandbox):
        for app in records(graph, ask.APPLICATIONS):
            known.add(app["id"])
            for credential in app["passwordCredentials"] + app["keyCredentials"]:
                ends.add(credential["endDateTime"][:10])
    soon = {end for end in ends if FIRST.isoformat() < end < TODAY.isoformat()}
    assert soon, "a secret ends within the story"
    if index:
        assert len(known) > len(registered), "an application went away"


@pytest.mark.parametrize("index", [0, 1, 2])
def test_recommendations_follow_the_controls(
    sandbox: Sandbox, client: GetClient, index: int
) -> None:
    graph, statuses = client(sandbox.tenants[index]), Counter[str]()
    for _ in over_time(sandbox, DAYS[::3]):
        newest = records(graph, SCORES)[0]["controlScores"]
        scores = {control["controlName"]: control for control in newest}
        profiles = {profile["id"]: profile for profile in records(graph, PROFILES)}
        for item in records(graph, ask.RECOMMENDATIONS):
            statuses[item["status"]] += 1
            if item["category"] == "identityBestPractice":
                continue
            control = STARRED[item["recommendationType"]]
            profile = profiles.get(control)
            if profile is None or profile["controlStateUpdates"][0]["state"] != "Default":
                continue
            assert item["currentScore"] == scores[control]["score"]
            full = scores[control]["scoreInPercentage"] == 100
            assert item["status"] in (("completedBySystem",) if full else ("active", "thirdParty"))
    assert {"active", "completedBySystem"} <= set(statuses)


def test_tenant_scores_are_a_history(sandbox: Sandbox, graph: httpx.Client) -> None:
    sandbox.set_today(TODAY - timedelta(days=10))
    before = records(graph, ask.TENANT_SCORES)
    sandbox.set_today(TODAY)
    found = records(graph, ask.TENANT_SCORES)
    days = [row["createDateTime"][:10] for row in found]
    assert days == [(TODAY - timedelta(days=back)).isoformat() for back in range(90)]
    assert found[10:] == before[: len(found) - 10]
    assert len({(row["tenantScore"], row["tenantMaxScore"]) for row in found}) > 1
    assert all(0 < row["tenantScore"] <= row["tenantMaxScore"] for row in found)


def test_security_defaults_are_for_small_businesses(sandbox: Sandbox, client: GetClient) -> None:
    on = [client(tenant).get(ask.DEFAULTS).json()["isEnabled"] for tenant in sandbox.tenants]
    assert on == [tenant.segment == "small_business" for tenant in sandbox.tenants]


def test_names_are_hostile(sandbox: Sandbox, client: GetClient) -> None:
    names: list[str] = []
    for tenant in sandbox.tenants[:3]:
        graph = client(tenant)
        for path in (ask.POLICIES, ask.GROUPS, ask.SERVICE_PRINCIPALS, f"{ask.USERS}?$top=999"):
            names += [record["displayName"] for record in records(graph, path)]
    assert any(name.startswith("=") for name in names)
    assert any("<script>" in name for name in names)
    assert any('"' in name for name in names)
    assert any("'" in name for name in names)
    assert any("\u05d0" <= character <= "\u05ea" for name in names for character in name)


def test_the_same_seed_gives_the_same_bytes() -> None:
    def bodies(days: int) -> list[bytes]:
        with Sandbox(tenants=3, days=40, seed=3, today=TODAY, throttling=False) as sandbox:
            sandbox.advance(days=days)
            found = []
            for tenant in sandbox.tenants:
                with graph_client(sandbox, tenant) as graph:
                    for path in (*ask.LISTS, *ask.SINGLETONS):
                        for _ in range(2 if days else 1):
                            answer = graph.get(path)
                            sandbox.set_today(TODAY)
                        if answer.status_code == 200:
                            found.append(answer.content.replace(sandbox.url.encode(), b""))
            return found

    assert bodies(0) == bodies(60)
