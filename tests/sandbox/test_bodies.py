"""Bodies have the shapes of Graph, and misbehave in the ways that Graph's data do."""

import re
from typing import Any

import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import shapes
from tests.sandbox.conftest import GetClient, records

SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
DEFINITIONS = "/v1.0/roleManagement/directory/roleDefinitions"
ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"

# The documented maximum, tier and user impact of controls whose values were seen live.
ENTRA = {
    "AdminMFAV2": (10.0, "Core", "Low"),
    "MFARegistrationV2": (9.0, "Core", "High"),
    "BlockLegacyAuthentication": (8.0, "Advanced", "Moderate"),
    "SigninRiskPolicy": (7.0, "Advanced", "Moderate"),
    "UserRiskPolicy": (7.0, "Advanced", "Moderate"),
    "OneAdmin": (1.0, "Core", "Low"),
    "SelfServicePasswordReset": (1.0, "Defense In Depth", "Moderate"),
}
PRIVILEGED = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "d2562ede-74db-457e-a7b6-544e236ebb61": "AI Administrator",
}


@pytest.mark.parametrize("index", range(6))
def test_secure_scores_have_the_shape(sandbox: Sandbox, client: GetClient, index: int) -> None:
    tenant = sandbox.tenants[index]
    newest, *older = records(client(tenant), SCORES)
    assert shapes.problems(newest, shapes.secure_score(rich=True)) == []
    assert shapes.problems(older, [shapes.secure_score(rich=False)]) == []
    assert {score["azureTenantId"] for score in [newest, *older]} == {tenant.tenant_id}
    days = [score["createdDateTime"][:10] for score in [newest, *older]]
    assert days == sorted(days, reverse=True)
    assert [score["id"] for score in [newest, *older]] == [f"{tenant.tenant_id}_{d}" for d in days]


@pytest.mark.parametrize("index", range(3))
def test_scores_add_up(sandbox: Sandbox, client: GetClient, index: int) -> None:
    tenant = client(sandbox.tenants[index])
    ids = {record["id"].lower(): record for record in records(tenant, PROFILES)}
    for score in records(tenant, SCORES):
        controls = score["controlScores"]
        assert score["currentScore"] == round(sum(c["score"] for c in controls), 2)
        assert 0 < score["currentScore"] <= score["maxScore"]
        for control in controls:
            assert 0 <= control["scoreInPercentage"] <= 100
            if control["scoreInPercentage"]:
                implied = control["score"] * 100 / control["scoreInPercentage"]
                assert abs(implied - round(implied)) < 0.5
    newest = records(tenant, SCORES)[0]
    counted = [c for c in newest["controlScores"] if c["scoreInPercentage"]]
    known = [c for c in counted if c["controlName"].lower() in ids]
    for control in known:
        maximum = ids[control["controlName"].lower()]["maxScore"]
        assert abs(control["score"] - maximum * control["scoreInPercentage"] / 100) <= 0.01


def test_counts_are_of_the_users_who_meet_the_control(sandbox: Sandbox, client: GetClient) -> None:
    newest = records(client(sandbox.tenants[1]), f"{SCORES}?$top=1")[0]
    counted = [c for c in newest["controlScores"] if "total" in c]
    assert counted
    for control in counted:
        share = int(control["count"]) / int(control["total"])
        assert control["scoreInPercentage"] in (round(100 * share, 2), 100.0, 0.0)
        if control["controlName"] == "MFARegistrationV2":
            unmet = int(control["total"]) - int(control["count"])
            text = f"You have {unmet} out of {control['total']} users that aren’t registered"
            assert control["implementationStatus"].startswith(text)
    alone = {c["controlName"] for c in newest["controlScores"] if "count" in c} - {
        c["controlName"] for c in counted
    }
    assert alone == {"OneAdmin", "RoleOverlap"}
    assert any("on" in c for c in newest["controlScores"])


def test_history_text_is_zeroed_or_blank(sandbox: Sandbox, client: GetClient) -> None:
    newest, before = records(client(sandbox.tenants[0]), SCORES)[:2]
    now, then = (
        {c["controlName"]: c["implementationStatus"] for c in score["controlScores"]}
        for score in (newest, before)
    )
    assert then["OneAdmin"] == "You currently have  global admins."
    assert "0 out of 0 users" in then["MFARegistrationV2"]
    assert re.search(r"You currently have \d+ global admins", now["OneAdmin"])


def test_averages_drift_and_fail(sandbox: Sandbox, client: GetClient) -> None:
    bases: dict[str, list[dict[str, Any]]] = {}
    for score in records(client(sandbox.tenants[2]), SCORES):
        for average in score["averageComparativeScores"]:
            bases.setdefault(average["basis"], []).append(average)
    assert set(bases) == {"AllTenants", "TotalSeats", "IndustryTypes"}
    assert len({average["averageScore"] for average in bases["AllTenants"]}) > 30
    assert -1.0 in {average["averageScore"] for average in bases["TotalSeats"]}
    lower = records(client(sandbox.tenants[4]), f"{SCORES}?$top=1")[0]
    assert "seatSizeRangeLowerValue" in lower["averageComparativeScores"][1]


@pytest.mark.parametrize("index", range(3))
def test_profiles_have_the_shape(sandbox: Sandbox, client: GetClient, index: int) -> None:
    profiles = records(client(sandbox.tenants[index]), PROFILES)
    assert shapes.problems(profiles, [shapes.PROFILE]) == []
    ids = [profile["id"] for profile in profiles]
    assert ids == sorted(ids, key=str.lower)
    assert len(ids) == len(set(ids)) > 150
    found = {p["id"]: (p["maxScore"], p["tier"], p["userImpact"]) for p in profiles}
    assert {name: found[name] for name in ENTRA} == ENTRA


def test_profiles_are_dirty(sandbox: Sandbox, client: GetClient) -> None:
    profiles = records(client(sandbox.tenants[2]), PROFILES)
    impacts = {profile["userImpact"] for profile in profiles}
    assert {"Unknown", "High", "high", "low", "Low", "Medium", "Moderate", "moderate", None} <= (
        impacts
    )
    assert {"AzureAD", "Azure ATP", "MDO", "EXO", "MIP", "SPO", "MS Teams", "MDATP", "MCAS"} <= {
        profile["service"] for profile in profiles
    }
    assert any(p["service"] == "AzureAD" and p["controlCategory"] == "Apps" for p in profiles)
    assert any(p["service"] == "Azure ATP" and p["controlCategory"] == "Identity" for p in profiles)
    assert any(re.match(r"\d+\.MDA_", profile["id"]) for profile in profiles)
    assert any(profile["title"] != profile["title"].strip() for profile in profiles)
    assert all("<" in profile["remediation"] for profile in profiles)
    assert {str(p["complianceInformation"]) for p in profiles} == {"[]", "None"}
    assert all(profile["lastModifiedDateTime"] is None for profile in profiles)
    assert {p["controlStateUpdates"][0]["state"] for p in profiles} > {"Default"}


@pytest.mark.parametrize("index", range(3))
def test_orphans_in_both_directions(sandbox: Sandbox, client: GetClient, index: int) -> None:
    tenant = client(sandbox.tenants[index])
    profiles = {profile["id"] for profile in records(tenant, PROFILES)}
    newest = records(tenant, f"{SCORES}?$top=1")[0]
    names = {control["controlName"] for control in newest["controlScores"]}
    folded = {profile.lower() for profile in profiles}
    assert profiles - names
    assert {name for name in names if name.lower() not in folded}
    assert {name for name in names if name not in profiles and name.lower() in folded}


def test_open_types_carry_unknown_members(sandbox: Sandbox, client: GetClient) -> None:
    tenant = client(sandbox.tenants[2])
    newest = records(tenant, f"{SCORES}?$top=1")[0]
    assert set(newest) - set(shapes.secure_score(rich=True).members)
    assert any(set(c) - set(shapes.RICH_CONTROL_SCORE.members) for c in newest["controlScores"])
    assert any(set(p) - set(shapes.PROFILE.members) for p in records(tenant, PROFILES))


def test_role_definitions_have_the_shape(sandbox: Sandbox, client: GetClient) -> None:
    tenant = client(sandbox.tenants[2])
    roles = records(tenant, DEFINITIONS)
    assert shapes.problems(roles, [shapes.ROLE_DEFINITION]) == []
    assert roles[0]["displayName"] == "Global Administrator"
    built_in = {role["id"]: role for role in roles if role["isBuiltIn"]}
    assert all(role["templateId"] == role["id"] for role in built_in.values())
    assert {name: built_in[name]["displayName"] for name in PRIVILEGED} == PRIVILEGED
    assert [role["isBuiltIn"] for role in roles].count(False) == 1
    chosen = records(tenant, f"{DEFINITIONS}?$select=id,displayName")
    assert [set(role) for role in chosen] == [{"id", "displayName"}] * len(roles)


def test_beta_says_which_roles_are_privileged(sandbox: Sandbox, client: GetClient) -> None:
    path = DEFINITIONS.replace("v1.0", "beta") + "?$select=id,isPrivileged"
    roles = records(client(sandbox.tenants[0]), path)
    privileged = {role["id"] for role in roles if role["isPrivileged"]}
    assert len(privileged) == 34
    assert set(PRIVILEGED) <= privileged


@pytest.mark.parametrize("index", range(6))
def test_role_assignments_have_the_shape(sandbox: Sandbox, client: GetClient, index: int) -> None:
    tenant = client(sandbox.tenants[index])
    bare = records(tenant, ASSIGNMENTS)
    assert shapes.problems(bare, [shapes.ROLE_ASSIGNMENT]) == []
    expanded = records(tenant, f"{ASSIGNMENTS}?$expand=principal")
    assert shapes.problems(expanded, [shapes.EXPANDED_ASSIGNMENT]) == []
    assert [each["id"] for each in bare] == [each["id"] for each in expanded]
    assert len({each["id"] for each in bare}) == len(bare)
    for each in expanded:
        if each.get("principal"):
            assert each["principal"]["id"] == each["principalId"]


def test_role_assignments_hold_the_awkward_kinds(sandbox: Sandbox, client: GetClient) -> None:
    found = [
        each
        for index in range(6)
        for each in records(client(sandbox.tenants[index]), f"{ASSIGNMENTS}?$expand=principal")
    ]
    kinds = {(each.get("principal") or {}).get("@odata.type", "gone") for each in found}
    known = ("user", "group", "servicePrincipal", "directoryObjectPartnerReference")
    assert kinds == {*(f"#microsoft.graph.{kind}" for kind in known), "gone"}
    gone = [each for each in found if not each.get("principal")]
    assert {"principal" in each for each in gone} == {True, False}
    scopes = {each["directoryScopeId"].split("/")[1] for each in found}
    assert "" in scopes
    assert "administrativeUnits" in scopes
    users = [e["principal"] for e in found if (e.get("principal") or {}).get("userType")]
    assert {user["userType"] for user in users} == {"Member", "Guest"}
    assert {user["accountEnabled"] for user in users} == {True, False}
    assert {user["onPremisesSyncEnabled"] for user in users} == {True, None}


def test_organization_and_skus_have_the_shape(sandbox: Sandbox, client: GetClient) -> None:
    for tenant in sandbox.tenants:
        graph = client(tenant)
        (organization,) = records(graph, "/v1.0/organization")
        assert shapes.problems(organization, shapes.ORGANIZATION) == []
        assert organization["displayName"] == tenant.name
        skus = records(graph, "/v1.0/subscribedSkus")
        assert shapes.problems(skus, [shapes.SUBSCRIBED_SKU]) == []
        plans = {
            plan["servicePlanName"]
            for sku in skus
            for plan in sku["servicePlans"]
            if sku["capabilityStatus"] in ("Enabled", "Warning")
            if plan["provisioningStatus"] == "Success"
        }
        premium = {"free": set(), "p1": {"AAD_PREMIUM"}, "p2": {"AAD_PREMIUM", "AAD_PREMIUM_P2"}}
        assert plans & premium["p2"] == premium[tenant.licence_tier]
    assert records(client(sandbox.tenants[3]), "/v1.0/subscribedSkus") == []


def test_moments_have_no_to_seven_fractional_digits(sandbox: Sandbox, client: GetClient) -> None:
    texts = []
    for tenant in sandbox.tenants:
        graph = client(tenant)
        texts += [graph.get(f"{SCORES}?$top=1").text, graph.get(PROFILES).text]
        texts += [graph.get("/v1.0/organization").text]
    digits = {len(found) for found in re.findall(r"T\d\d:\d\d:\d\d(?:\.(\d+))?Z", "".join(texts))}
    assert {0, 3, 6, 7} <= digits
