"""Licences, seats, outcomes by day, privileged principals and the daily posture row."""

from typing import Any

import pytest

from tests.oracle.captures import Capture, Life, Run, TenantSetting
from tests.oracle.documented_roles import PRIVILEGED_ROLES
from tests.oracle.hand import TENANT, capture, control, day, life, record, scores
from tests.oracle.hand_days import assignments, everybody, lived
from tests.oracle.posture import posture_rows
from tests.oracle.roles import tenant_roles
from tests.oracle.scores import tenant_scores
from tests.oracle.statuses import group_status
from tests.oracle.tenants import (
    P1_PLAN,
    P2_PLAN,
    is_active_on,
    licence_of_skus,
    licence_on,
    tenant_days,
    tier_of_services,
)

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
EXCHANGE = "29232cdf-9323-42fd-ade2-1d097af3e4de"
CUSTOM = "c0000000-0000-0000-0000-000000000001"


def sku(
    plan: str,
    enabled: int,
    *,
    state: str = "Enabled",
    provisioned: str = "Success",
    grace: int | None = None,
) -> Any:
    plans = [{"servicePlanId": plan.upper(), "provisioningStatus": provisioned}]
    return {
        "capabilityStatus": state,
        "prepaidUnits": {"enabled": enabled, "suspended": 9, "warning": grace},
        "servicePlans": plans,
    }


@pytest.mark.parametrize(
    ("skus", "expected"),
    [
        ([], ("free", 9)),
        ([sku(P1_PLAN, 40), sku(P1_PLAN, 2)], ("p1", 42)),
        ([sku(P2_PLAN, 25), sku(P1_PLAN, 40)], ("p2", 25)),
        ([sku(P2_PLAN, 0, state="Warning", grace=25)], ("p2", 25)),
        ([sku(P2_PLAN, 20, grace=5)], ("p2", 25)),
        ([sku(P2_PLAN, 25, state="Suspended"), sku(P1_PLAN, 4)], ("p1", 4)),
        ([sku(P2_PLAN, 25, provisioned="Disabled")], ("free", 9)),
    ],
)
def test_the_tier_needs_a_usable_plan_and_seats_are_its_units_of_grace_too(
    skus: list[Any], expected: tuple[str, int]
) -> None:
    assert licence_of_skus(tuple(skus), 9) == expected


@pytest.mark.parametrize(
    ("services", "tier"),
    [
        (["HasEOP", "HasAADFree"], "free"),
        (["HasAADP1", "HasAADP2"], "p2"),
        (["HasAADP1"], "p1"),
        (["HasEOP"], None),
        (None, None),
    ],
)
def test_enabled_services_tell_the_tier_where_the_skus_do_not(
    services: list[str] | None, tier: str | None
) -> None:
    assert tier_of_services(services) == tier


def test_the_licence_of_a_day_is_that_days_own() -> None:
    day_one = record(1, [control("OneAdmin", 1.0, 100.0)])
    made = life(
        scores(2, day_one, record(2, [control("OneAdmin", 1.0, 100.0)])),
        capture(2, "subscribed_skus", [sku(P2_PLAN, 25)]),
        capture(3, "subscribed_skus", [], outcome="not_permitted"),
    )
    records = tenant_scores(made, TENANT).records
    found = [licence_on(made, TENANT, day(n), records) for n in (1, 2, 3)]
    assert found == [("free", 9), ("p2", 25), (None, None)]


def test_days_are_those_with_a_record_and_those_with_a_run() -> None:
    made = life(scores(5, record(2, [])), runs=[7])
    records = tenant_scores(made, TENANT).records
    assert tenant_days(made, TENANT, records) == [day(2), day(5), day(7)]


def test_a_tenant_is_active_while_the_newest_run_has_it() -> None:
    ours, other = TenantSetting(TENANT), TenantSetting("other")
    runs = (Run(0, day(1), (other,)), Run(1, day(3), (ours, other)), Run(2, day(5), (other,)))
    made = Life(runs, ())
    assert [is_active_on(made, TENANT, day(n)) for n in (1, 3, 4, 5)] == [False, True, True, False]


def test_of_several_runs_a_day_a_complete_one_beats_a_later_failure() -> None:
    made = life(
        capture(1, "role_definitions", [{"id": GLOBAL}]),
        capture(1, "role_definitions", [], outcome="throttled", order=1),
        capture(1, "role_assignments", [], outcome="throttled"),
        capture(1, "role_assignments", [], outcome="not_permitted", order=1),
    )
    assert made.outcome_on(TENANT, "role_definitions", day(1)) == "ok"
    assert made.outcome_on(TENANT, "role_assignments", day(1)) == "not_permitted"
    assert group_status(made, TENANT, "role_status", day(1)) == "partial"
    assert group_status(made, TENANT, "role_status", day(2)) == "not_collected"
    assert group_status(made, TENANT, "pim_status", day(1)) == "not_collected"


def assignment(principal_id: str, role_id: str, kind: str | None, **members: Any) -> Any:
    principal = None if kind is None else {"@odata.type": f"#microsoft.graph.{kind}", **members}
    return {
        "principalId": principal_id,
        "roleDefinitionId": role_id,
        "directoryScopeId": "/",
        "principal": principal,
    }


def held() -> tuple[Capture, ...]:
    definitions = [
        {"id": GLOBAL, "templateId": GLOBAL, "isBuiltIn": True},
        {"id": EXCHANGE, "templateId": EXCHANGE, "isBuiltIn": True},
        {"id": CUSTOM, "templateId": CUSTOM, "isBuiltIn": False},
    ]
    assignments = [
        assignment("u1", GLOBAL, "user", userType="Member"),
        assignment("u1", GLOBAL, "user", userType="Member"),
        assignment("u2", CUSTOM, "user", userType="guest"),
        assignment("u3", EXCHANGE, "user", userType="Member"),
        assignment("s1", CUSTOM, "servicePrincipal"),
        assignment("g1", GLOBAL, "group"),
        assignment("x1", GLOBAL, None),
    ]
    return (
        capture(1, "role_definitions", definitions),
        capture(1, "role_definitions_beta", [{"id": CUSTOM, "isPrivileged": True}]),
        capture(1, "role_assignments", assignments),
        capture(2, "role_definitions", definitions),
        capture(2, "role_assignments", [], outcome="unavailable"),
        capture(3, "role_definitions", definitions),
        capture(3, "role_assignments", []),
    )


def test_graph_says_what_is_privileged_and_the_documented_list_where_it_does_not() -> None:
    roles = tenant_roles(life(*held()), TENANT)
    assert roles.is_privileged(GLOBAL, day(1))
    assert not roles.is_privileged(EXCHANGE, day(1))
    assert roles.is_privileged(CUSTOM, day(3))
    assert len(PRIVILEGED_ROLES) == 34


def test_counts_are_distinct_principals_over_privileged_rows_without_groups() -> None:
    made = life(*held())
    assert len(assignments(made)) == 6
    names = ("privileged_count", "guest_count", "service_principal_count")
    posture = {
        row["snapshot_date"]: row
        for row in posture_rows(made, TENANT, tenant_scores(made, TENANT), lived(made))
    }
    assert [posture[day(1)][n] for n in names] == [4, 1, 1]
    assert posture[day(1)]["global_administrator_count"] == 2
    assert [posture[day(2)][n] for n in names] == [None, None, None]
    assert [posture[day(3)][n] for n in names] == [0, 0, 0]
    assert [posture[day(n)]["role_status"] for n in (1, 2, 3)] == ["partial", "partial", "ok"]


def test_a_principal_keeps_what_was_last_known_of_it() -> None:
    made = life(
        capture(1, "role_assignments", [assignment("U1", GLOBAL, "user", displayName="Ada")]),
        capture(2, "role_assignments", [assignment("u1", GLOBAL, None)]),
    )
    rows = everybody(made)
    assert [(r["principal_id"], r["principal_type"], r["principal_name"]) for r in rows] == [
        ("u1", "user", "Ada")
    ]


def test_the_score_of_a_day_is_the_newest_at_or_before_it_with_its_age() -> None:
    made = life(scores(5, record(2, [control("OneAdmin", 1.0, 50.0)], maxScore=4.0)))
    rows = {
        row["snapshot_date"]: row
        for row in posture_rows(made, TENANT, tenant_scores(made, TENANT), {})
    }
    newest = rows[day(5)]
    assert (newest["score_date"], newest["score_age_days"]) == (day(2), 3)
    assert (newest["score_ratio"], newest["score_status"]) == (0.25, "ok")
    assert rows[day(2)]["score_status"] == "not_collected"
