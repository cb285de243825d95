"""Requests a tenant and day in steady state: the minimum by formula, and what a run really asks."""

import re
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest

from pipeline.graph.feeds import FEEDS

from .conftest import Lab, NewLab
from .estate_view import PIM_GROUPS, ROLES, Estate
from .wire import recorded

DOCS = Path(__file__).parents[2] / "docs" / "collection.md"
PAGE = 40
INLINE = 20
# A licence that a tenant lacks costs one refusal; where it may be false, a second.
REFUSED = dict.fromkeys(
    ("role_assignment_schedule_instances", "role_eligibility_schedule_instances"), 1
) | {"risky_users": 1, "risk_detections": 1, "user_registration_details": 2}
# As docs/collection.md has them, one for each formula below.
FORMULAS = {
    "secure_scores": "1",
    "secure_score_control_profiles": "P",
    "subscribed_skus": "1",
    "organization": "1",
    "role_definitions": "2",
    "role_assignments": "P",
    "role_assignment_schedule_instances": "P",
    "role_eligibility_schedule_instances": "P",
    "role_management_policies": "P",
    "conditional_access_policies": "2 P; 1 without P1",
    "conditional_access_plans": "P + L P",
    "named_locations": "P",
    "authentication_strengths": "P",
    "security_defaults": "1",
    "authorization_policy": "1",
    "authentication_methods_policy": "1",
    "risky_users": "P",
    "risk_detections": "P",
    "group_assignment_schedule_instances": "G P",
    "group_eligibility_schedule_instances": "G P",
    "groups": "P + X / 15",
    "group_members": "M P + N P",
    "users": "H / 15",
    "per_user_mfa": "E",
    "user_registration_details": "P",
    "application_permissions": "1 + R P + P",
    "service_principals": "S / 15 + A / 15",
    "recommendations": "P",
    "recommendation_tenant_scores": "P",
    "directory_audits": "P",
}


def pages(rows: int, size: int = PAGE) -> int:
    return max(1, ceil(rows / size))


def minimum(estate: Estate, tier: str) -> dict[str, int]:
    """Feed -> the fewest requests that read it whole, from what the tenant has."""

    def listed(table: str, size: int = PAGE) -> int:
        return pages(len(estate.sent(table)), size)

    needed = dict.fromkeys(FEEDS, 1) | {
        name: listed(name) for name in (*ROLES, "named_locations", "authentication_strengths")
    }
    needed["secure_score_control_profiles"] = listed("secure_score_control_profiles", 999)
    needed["recommendation_tenant_scores"] = listed("recommendation_tenant_scores")
    needed["role_definitions"] = 2
    needed["conditional_access_policies"] = listed("conditional_access_policies")
    plans = estate.sent("conditional_access_plans")
    needed["conditional_access_plans"] = pages(len(plans)) + len(plans)
    if tier != "free":
        needed["conditional_access_policies"] += listed("conditional_access_policies_beta")
    needed |= _groups(estate)
    needed["users"] = ceil(len(estate.people) / 15)
    needed["per_user_mfa"] = len(estate.enabled_holders) if tier != "free" else 0
    needed["user_registration_details"] = listed("user_registration_details", 999)
    needed["risky_users"] = listed("risky_users", 500)
    needed["risk_detections"] = listed("risk_detections", 500)
    apis = [one["id"] for one in estate.sent("application_permissions_resource")]
    held = [one["resourceId"] for one in estate.sent("application_permissions")]
    needed["application_permissions"] = (
        1
        + sum(pages(held.count(api), 999) for api in apis)
        + listed("application_permissions_grants", 999)
    )
    principals = estate.clients | estate.holders("servicePrincipal") | estate.unknown
    own = {
        one["appId"]
        for one in estate.sent("service_principals")
        if one["appOwnerOrganizationId"] == estate.tenant
    }
    needed["service_principals"] = ceil(len(principals) / 15) + ceil(len(own) / 15)
    needed["directory_audits"] = listed("directory_audits", 999)
    more = estate.wire.pages[estate.tenant, "recommendations_impacted_resources"]
    needed["recommendations"] = listed("recommendations") + len(more)
    if tier != "p2":
        needed |= REFUSED | dict.fromkeys((*PIM_GROUPS, "role_management_policies"), 0)
    if tier == "p1":
        needed["user_registration_details"] = listed("user_registration_details", 999)
    return needed


def _groups(estate: Estate) -> dict[str, int]:
    asked: dict[str, int] = {}
    of_roles = estate.principals("group", ROLES)
    for feed in PIM_GROUPS:
        asked[feed] = len(of_roles | estate.principals("group", (feed,)))
    sent = estate.sent("groups")
    assignable = {one["id"] for one in sent if one["isAssignableToRole"]}
    named = estate.named_groups
    wanted = estate.principals("group") | estate.principals("") | named
    asked["groups"] = pages(len(assignable), 999) + ceil(len(wanted - assignable) / 15)
    existing = {one["id"] for one in sent}
    asked["group_members"] = len(estate.holders("group")) + len(named & existing)
    return asked


@pytest.fixture
def steady(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Lab, list[Estate]]]:
    """The second day of a tenant of each kind."""
    with new_lab(tenants=3, days=60, page_size=PAGE) as lab:
        assert not lab.surprises(lab.collect().log)
        lab.sandbox.advance()
        lab.sandbox.requests.clear()
        wire = recorded(monkeypatch)
        assert not lab.surprises(lab.collect().log)
        yield lab, [Estate(lab, wire, tenant) for tenant in lab.ids]


def test_no_feed_asks_more_than_the_minimum(steady: tuple[Lab, list[Estate]]) -> None:
    lab, estates = steady
    tiers = {one.tenant_id: one.licence_tier for one in lab.sandbox.tenants}
    newest = max(row["run_id"] for row in lab.table("collection_log").to_pylist())
    total = least = of_people = 0
    for estate in estates:
        rows = [row for row in lab.log_of(estate.tenant) if row.run_id == newest]
        asked = {row.feed: row.requests for row in rows}
        needed = minimum(estate, tiers[estate.tenant])
        assert asked == needed, tiers[estate.tenant]
        total += sum(asked.values())
        least += sum(needed.values())
        of_people += needed["per_user_mfa"]
    assert total == len(lab.graph_calls())
    assert least <= total <= 1.2 * least
    # Per-user MFA is told of one user at a time.
    assert total - of_people <= 44 * len(estates), "a tenant and day are some forty requests"


def test_the_formulas_are_those_of_the_documentation() -> None:
    """The table of docs/collection.md has every feed, its permission, licence and cost."""
    table = DOCS.read_text().partition("<!-- feeds -->")[2].partition("<!-- /feeds -->")[0]
    lines = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[1:-1]]
        for line in table.splitlines()
        if line.startswith("| ")
    }
    assert set(FEEDS) == set(FORMULAS) == set(lines) - {"feed"}
    for name, feed in FEEDS.items():
        _, reads, permission, licence, absent, cost = lines[name]
        assert cost == FORMULAS[name], name
        wanted = {one.permission for one in feed.requests if one.permission} | {feed.permission}
        assert set(permission.split(", ")) == wanted, name
        assert licence == (feed.licence or ""), name
        clouds = [one for one in ("China", "Bleu", "Delos") if one.lower() in feed.absent_clouds]
        assert absent == ", ".join(clouds), name
        paths = set(re.findall(r"`(/[^`]+)`", reads))
        declared = {one.path for one in feed.requests}
        assert paths <= declared | {"/applications"}, name
        assert paths, name


def test_names_are_asked_for_fifteen_at_a_time(steady: tuple[Lab, list[Estate]]) -> None:
    lab, _ = steady
    sizes = [
        path.count("%27") // 2
        for path in (one.path for one in lab.graph_calls())
        if "%20in%20(" in path
    ]
    assert max(sizes) == 15
    assert len(sizes) > 5
