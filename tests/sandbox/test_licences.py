"""What a tenant may not have: no licence, or another cloud; each in its own words."""

from typing import Any

import pytest

from pipeline.sandbox import Sandbox
from pipeline.sandbox.protocol.refusals import NON_PREMIUM
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox.conftest import GetClient, graph_client, records, refused

GROUP = "00000000-0000-4000-8000-000000000000"
FILTERED = ask.query(filter=f"groupId eq '{GROUP}'")
PIM = (ask.ACTIVE, ask.ELIGIBLE, ask.GROUP_ACTIVE + FILTERED, ask.GROUP_ELIGIBLE + FILTERED)
RISK = (ask.RISKY_USERS, ask.DETECTIONS)
SIGN_INS = f"{ask.USERS}?$select=id,signInActivity"
REPORTS = (ask.REGISTRATION, SIGN_INS)
PIM_TEXT = (
    "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."
)
RISK_TEXT = "Your tenant is not licensed for this feature."
REPORT_TEXT = "Tenant is not a B2C tenant and doesn't have premium license"


@pytest.mark.parametrize(("index", "tier"), [(0, "free"), (1, "p1"), (2, "p2")])
def test_licences(sandbox: Sandbox, client: GetClient, index: int, tier: str) -> None:
    graph = client(sandbox.tenants[index])
    assert sandbox.tenants[index].licence_tier == tier
    for path in PIM:
        if tier == "p2":
            assert graph.get(path).status_code == 200
        else:
            refused(graph.get(path), 400, "AadPremiumLicenseRequired", PIM_TEXT)
    for path in RISK:
        if tier == "p2":
            assert records(graph, path)
        else:
            refused(graph.get(path), 403, "Forbidden", RISK_TEXT)
    for path in REPORTS:
        if tier == "free":
            refused(graph.get(path), 403, NON_PREMIUM.code, REPORT_TEXT)
        else:
            assert records(graph, path)
    assert bool(records(graph, ask.POLICIES)) is (tier != "free")
    assert records(graph, f"{ask.USERS}?$select=id,accountEnabled")
    assert records(graph, ask.RECOMMENDATIONS)


def test_recommendations_are_those_of_the_licence(sandbox: Sandbox, client: GetClient) -> None:
    needs = [
        {item["requiredLicenses"] for item in records(client(tenant), ask.RECOMMENDATIONS)}
        for tenant in sandbox.tenants[:3]
    ]
    assert needs[0] == {"microsoftEntraIdFree"}
    assert needs[1] == needs[0] | {"microsoftEntraIdP1"}
    assert needs[2] == needs[1] | {"microsoftEntraIdP2"}


def test_a_premium_tenant_is_refused_now_and_then(sandbox: Sandbox, client: GetClient) -> None:
    graph = client(sandbox.tenants[1])
    sandbox.faults.add(path="userRegistrationDetails", refusal=NON_PREMIUM, times=2)
    refused(graph.get(ask.REGISTRATION), 403, NON_PREMIUM.code, REPORT_TEXT)
    assert graph.get(ask.POLICIES).status_code == 200
    assert graph.get(ask.REGISTRATION).status_code == 403
    assert graph.get(ask.REGISTRATION).status_code == 200


def test_china_lacks_some_services() -> None:
    lacking = {
        "/v1.0/security/secureScores": "secureScores",
        "/v1.0/security/secureScoreControlProfiles": "secureScoreControlProfiles",
        ask.RISKY_USERS: "riskyUsers",
        ask.DETECTIONS: "riskDetections",
        ask.RECOMMENDATIONS: "recommendations",
        ask.TENANT_SCORES: "recommendations",
    }
    there = (ask.ASSIGNMENTS, ask.ACTIVE, SIGN_INS, ask.REGISTRATION, ask.POLICIES, ask.DEFAULTS)
    options: dict[str, Any] = {"shapes": ("p2",), "china": (1,), "throttling": False}
    with Sandbox(tenants=2, days=3, **options) as sandbox:
        assert [tenant.china for tenant in sandbox.tenants] == [False, True]
        with (
            graph_client(sandbox, sandbox.tenants[0]) as elsewhere,
            graph_client(sandbox, sandbox.tenants[1]) as china,
        ):
            for path, segment in lacking.items():
                text = f"Resource not found for the segment '{segment}'."
                refused(china.get(path), 400, "BadRequest", text)
                assert elsewhere.get(path).status_code == 200
            assert [china.get(path).status_code for path in there] == [200] * len(there)


def test_shapes_are_chosen() -> None:
    with Sandbox(tenants=5, days=3, shapes=("p1", "regulated"), users=40) as sandbox:
        tiers = [(tenant.segment, tenant.licence_tier) for tenant in sandbox.tenants]
        assert tiers == [("mid_size", "p1"), ("regulated", "p2")] * 2 + [("mid_size", "p1")]
        assert {tenant.user_count for tenant in sandbox.tenants} == {40}
    with pytest.raises(ValueError, match="p3"):
        Sandbox(tenants=1, shapes=("p3",))
