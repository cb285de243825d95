"""The facts about applications, risk and recommendations, held against the raw responses."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from pipeline.collect import collect
from pipeline.config import load_config
from pipeline.paths import Home, dbt_project_dir
from pipeline.sandbox import Sandbox, Tenant
from tests.judge.applications import privilege_rows
from tests.judge.compare import assert_same
from tests.judge.portfolio import built
from tests.judge.recommendations import ENTRA_SCOPE, entra_score_rows, recommendation_rows
from tests.judge.risk import risk_rows
from tests.sandbox.conftest import graph_client

pytestmark = pytest.mark.xdist_group("judge")

DAYS = [date(2026, 6, 28), date(2026, 6, 30)]
GRAPH = "00000003-0000-0000-c000-000000000000"
WITH_CREDENTIALS = "$select=id,appId,passwordCredentials,keyCredentials"
OWNED = f"{WITH_CREDENTIALS},accountEnabled,appOwnerOrganizationId"
BETA = "/beta/directory/recommendations"
Row = dict[str, Any]


@dataclass
class Seen:
    """What was published, and what Graph said of every tenant and day."""

    published: dict[str, pd.DataFrame]
    answers: dict[tuple[str, date], dict[str, Any]]

    def rows_of(self, judge: Callable[[str, date, dict[str, Any]], list[Row]]) -> pd.DataFrame:
        return pd.DataFrame(
            [
                row
                for (tenant, day), said in self.answers.items()
                for row in judge(tenant, day, said)
            ]
        )

    def roles(self, tenant_id: str, day: date) -> pd.DataFrame:
        roles = self.published["fct_role_assignment_daily"]
        return roles[
            (roles.tenant_id == tenant_id) & (pd.to_datetime(roles.snapshot_date).dt.date == day)
        ]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    root = tmp_path_factory.mktemp("entra")
    home, answers = Home(root / "home"), {}
    with Sandbox(
        tenants=3, days=40, seed=11, today=DAYS[0], latency=0.0, throttling=False
    ) as sandbox:
        sandbox.write_config(root / "tenants.yaml")
        for day in DAYS:
            sandbox.set_today(day)
            with home.lock():
                collect(load_config(root / "tenants.yaml"), home, run_date=day)
            for tenant in sandbox.tenants:
                answers[tenant.tenant_id, day] = _said(sandbox, tenant)
    return Seen(built(home, DAYS[-1]), answers)


def _said(sandbox: Sandbox, tenant: Tenant) -> dict[str, Any]:
    with graph_client(sandbox, tenant) as client:
        roles = _all(client, "/v1.0/servicePrincipals?$select=id,appId,appRoles") or []
        [graph] = [one for one in roles if one["appId"] == GRAPH]
        recommendations = _all(client, f"{BETA}?$expand=impactedResources") or []
        for one in recommendations:
            # A long expanded list ends early and says where it goes on.
            one["impactedResources"] += (
                _all(client, one.pop("impactedResources@odata.nextLink", None)) or []
            )
        return {
            "graph": graph,
            "assigned": _all(client, f"/v1.0/servicePrincipals/{graph['id']}/appRoleAssignedTo"),
            "grants": _all(client, "/v1.0/oauth2PermissionGrants"),
            "principals": _all(client, f"/v1.0/servicePrincipals?{OWNED}"),
            "applications": _all(client, f"/v1.0/applications?{WITH_CREDENTIALS}"),
            "risky_users": _all(client, "/v1.0/identityProtection/riskyUsers"),
            "detections": _all(client, "/v1.0/identityProtection/riskDetections"),
            "recommendations": recommendations,
            "scores": _all(client, f"{BETA}/tenantSecureScores"),
        }


def _all(client: httpx.Client, url: str | None) -> list[Row] | None:
    found: list[Row] = []
    while url is not None:
        answer = client.get(url)
        if answer.status_code == 403:
            return None
        answer.raise_for_status()
        found += answer.json()["value"]
        url = answer.json().get("@odata.nextLink")
    return found


def _seed(name: str) -> list[dict[str, str]]:
    with (Path(dbt_project_dir()) / "seeds" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_what_applications_may_do_equals_the_judges(seen: Seen) -> None:
    high = {
        row["permission"].lower(): row["is_high_as_delegated"] == "true"
        for row in _seed("graph_permission_privileges")
    }

    def judge(tenant_id: str, day: date, said: dict[str, Any]) -> list[Row]:
        roles = seen.roles(tenant_id, day)
        asked = {one["principalId"] for one in said["assigned"]} | set(roles.principal_id)
        asked |= {g["clientId"] for g in said["grants"] if g["consentType"] == "AllPrincipals"}
        return privilege_rows(
            tenant_id,
            day,
            graph=said["graph"],
            assigned=said["assigned"],
            grants=said["grants"],
            service_principals=said["principals"],
            applications=said["applications"],
            asked=asked,
            outcome="ok",
            high=high,
        )

    key = ["tenant_id", "snapshot_date", "service_principal_id", "permission"]
    _compare(seen, "fct_application_privilege_daily", seen.rows_of(judge), key)


def test_risk_equals_the_judges(seen: Seen) -> None:
    def judge(tenant_id: str, day: date, said: dict[str, Any]) -> list[Row]:
        roles = seen.roles(tenant_id, day)
        groups = roles.principal_type == "group"
        return risk_rows(
            tenant_id,
            day,
            users=said["risky_users"],
            detections=said["detections"],
            holders=set(roles.principal_id[~groups]),
            knows_holders=not groups.any(),
        )

    key = ["tenant_id", "snapshot_date", "risk_level", "risk_state", "role_holder"]
    _compare(seen, "fct_risk_daily", seen.rows_of(judge), key)


def test_recommendations_equal_the_judges(seen: Seen) -> None:
    controls = [row["control_id"] for row in _seed("control_licences")]
    expected = seen.rows_of(
        lambda t, d, said: recommendation_rows(t, d, said["recommendations"], controls)
    )
    key = ["tenant_id", "snapshot_date", "recommendation_id"]
    _compare(seen, "fct_recommendation_daily", expected, key)


def test_entras_own_score_equals_the_judges(seen: Seen) -> None:
    expected = []
    for tenant_id in sorted({tenant for tenant, _ in seen.answers}):
        captures = [(day, seen.answers[tenant_id, day]["scores"]) for day in DAYS]
        expected += entra_score_rows(tenant_id, captures, DAYS[-1])
    scores = seen.published["fct_tenant_score_daily"]
    actual = scores[scores.scope == ENTRA_SCOPE]
    assert len(expected) > 3 * (DAYS[-1] - DAYS[0] + timedelta(days=1)).days
    assert_same(
        "Entra's score", pd.DataFrame(expected), actual, key=["tenant_id", "score_date", "scope"]
    )


def _compare(seen: Seen, model: str, expected: pd.DataFrame, key: list[str]) -> None:
    assert len(expected) > 0
    assert_same(model, expected, seen.published[model], key=key)
