"""What an Entra administrator would not have signed: each state a tenant, and its verdicts now.

The numbers are those of the audit whose rows they are; B7 to B10 and B12 are about policies alone,
and stand in policy_cases.yaml.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from pipeline.home import Home
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built

from .lake_writer import control, profile, record, tenant, write_run
from .policy_wire import ROLES, Answers, answers_of
from .test_policy_cases import CASES

DAY = date(2026, 3, 10)
LAST = {"lastSuccessfulSignInDateTime": "2026-03-09T08:00:00Z"}
EXCHANGE = "29232cdf-9323-42fd-ade2-1d097af3e4de"
SYNC = "d29b2b05-8046-44ba-8758-1e26182fcf32"
P1, P2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"
GLOBAL = ROLES["Global Administrator"]
SMALL = {"AdminMFAV2": 10, "BlockLegacyAuthentication": 8, "MFARegistrationV2": 9, "OneAdmin": 1}
Rows = list[tuple[Any, ...]]


def of(number: int, people: list[dict[str, Any]], **case: Any) -> Answers:
    """The feeds of one tenant: people with their roles, policies, and a score with its controls."""
    one = tenant(number)
    points: dict[str, float] = case.pop("controls", SMALL)
    maximum = case.pop("maximum", float(sum(points.values())))
    answers = answers_of({"people": people, **case})
    answers["users"] = [
        {
            "id": person["id"],
            "userType": "Guest" if person.get("guest") else "Member",
            "accountEnabled": True,
            "userPrincipalName": f"{person['id']}@contoso.onmicrosoft.com",
            "signInActivity": person.get("activity", LAST),
        }
        for person in people
    ]
    answers["organization"] = [
        {"id": one, "verifiedDomains": [{"name": "contoso.onmicrosoft.com", "isInitial": True}]}
    ]
    answers["secure_scores"] = [
        record(one, DAY, [control(name, 0, 0) for name in points], maximum=maximum)
        | {"enabledServices": []}
    ]
    answers["secure_score_control_profiles"] = [profile(one, n, m) for n, m in points.items()]
    return answers


def assigned(role: str, *names: str, kind: str = "Assigned") -> list[dict[str, Any]]:
    return [
        {
            "id": f"{name} {role}",
            "principalId": name,
            "roleDefinitionId": role,
            "directoryScopeId": "/",
            "assignmentType": kind,
            "memberType": "Direct",
            "principal": {"@odata.type": "#microsoft.graph.user", "id": name},
        }
        for name in names
    ]


def from_partner(number: int) -> Answers:
    answers = of(number, [{"id": "ann", "roles": ["Global Administrator"]}])
    foreign = {
        "@odata.type": "#microsoft.graph.directoryObjectPartnerReference",
        "id": "tier-2",
        "displayName": "Tier 2 Engineers",
        "externalPartnerTenantId": "provider",
        "objectType": "Group",
    }
    held = assigned(GLOBAL, "tier-2")[0]
    answers["role_assignments"] += [
        held | {"principal": foreign, "principalOrganizationId": "provider"}
    ]  # type: ignore[operator]
    return answers


def risk_alone(number: int) -> Answers:
    people = [{"id": name, "roles": ["Global Administrator"]} for name in ("ann", "ben")]
    risky = {"id": "p1", "conditions": {"signInRiskLevels": ["medium", "high"]}}
    return of(number, people, policies=[risky])


def emergencies(number: int, *more: str) -> Answers:
    """Two accounts as Microsoft asks for them, an administrator, and a policy that asks of all."""
    unused = {"lastSuccessfulSignInDateTime": None}
    people = [
        {"id": name, "roles": ["Global Administrator"], "activity": unused}
        for name in ("break-1", "break-2")
    ]
    people += [{"id": name, "roles": ["Global Administrator"]} for name in ("ann", "ben")]
    out = ["break-1", "break-2", *more]
    everyone = {"id": "p1", "users": {"includeUsers": ["All"], "excludeUsers": out}}
    answers = of(number, people, policies=[everyone], registered=[40, 0])
    answers["role_assignment_schedule_instances"] = assigned(
        GLOBAL, *(person["id"] for person in people)
    )
    answers["role_eligibility_schedule_instances"] = []
    answers["user_registration_details"] = [
        {"id": name, "isMfaRegistered": True, "isMfaCapable": True, "methodsRegistered": [method]}
        for name, method in (
            ("break-1", "fido2SecurityKey"),
            ("break-2", "fido2SecurityKey"),
            ("ann", "mobilePhone"),
            ("ben", "mobilePhone"),
        )
    ]
    return answers


def with_sync(number: int) -> Answers:
    answers = emergencies(number, "sync")
    for feed in ("role_assignments", "role_assignment_schedule_instances"):
        answers[feed] += assigned(SYNC, "sync")  # type: ignore[operator]
    return answers


def one_seat(number: int) -> Answers:
    answers = of(number, [{"id": "ann"}], registered=[900, 0], controls={"UserRiskPolicy": 7.0})
    answers["subscribed_skus"] = [
        {
            "id": sku,
            "skuId": sku,
            "skuPartNumber": sku,
            "capabilityStatus": "Enabled",
            "prepaidUnits": {"enabled": seats, "warning": 0},
            "servicePlans": [
                {
                    "servicePlanId": plan,
                    "servicePlanName": name,
                    "provisioningStatus": "Success",
                    "appliesTo": "User",
                }
            ],
        }
        for sku, seats, plan, name in (
            ("P1", 900, P1, "AAD_PREMIUM"),
            ("P2", 1, P2, "AAD_PREMIUM_P2"),
        )
    ]
    return answers


def exchange(number: int) -> Answers:
    people = [{"id": name, "roles": ["Reports Reader"]} for name in ("ann", "eve")]
    answers = of(number, people, policies=[{"id": "p1", "users": {"includeUsers": ["ann"]}}])
    answers["role_assignments"] = assigned(GLOBAL, "ann") + assigned(EXCHANGE, "eve")
    return answers


def behind_activation(number: int) -> Answers:
    answers = of(number, [{"id": "ann", "eligible": ["Global Administrator"]}])
    answers["role_assignment_schedule_instances"] = []
    rule = {
        "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyEnablementRule",
        "id": "Enablement_EndUser_Assignment",
        "enabledRules": ["MultiFactorAuthentication", "Justification"],
        "target": {"caller": "EndUser", "operations": ["all"], "level": "Assignment"},
    }
    answers["role_management_policies"] = [
        {
            "id": f"DirectoryRole_{GLOBAL}",
            "policyId": "DirectoryRole",
            "scopeId": "/",
            "scopeType": "DirectoryRole",
            "roleDefinitionId": GLOBAL,
            "policy": {"id": "DirectoryRole", "rules": [rule]},
        }
    ]
    return answers


STATES = {
    "B1": from_partner,
    "B2": risk_alone,
    "B3": emergencies,
    "B4": with_sync,
    "B5": lambda number: of(number, [{"id": "ann"}]),
    "B6": one_seat,
    "B11": exchange,
    "B13": behind_activation,
    # The record's maximum is below the sum of the controls'.
    "B14": lambda number: of(number, [{"id": "ann"}], maximum=20.0),
    "B15": lambda number: of(number, [{"id": "ann"}], registered=[8, 4]),
}
# Each answer is a query of one tenant, and its rows.
POSTURE = "from core.fct_identity_posture_daily where tenant_id = $1"
PRACTICE = "select status from marts.mart_best_practices where tenant_id = $1 and practice = "
UNPROTECTED = (
    "select subject_id from marts.mart_alerts where tenant_id = $1 "
    "and alert_kind = 'administrator_unprotected' order by 1"
)
VERDICTS: list[tuple[str, str, Rows]] = [
    (
        "B1",
        f"select partner_count, global_administrator_count, standing_count {POSTURE}",
        [(1, 2, 2)],
    ),
    (
        "B1",
        "select principal_id, findings from marts.mart_privileged_access "
        "where tenant_id = $1 and is_external_partner",
        [("tier-2", "external_partner")],
    ),
    (
        "B1",
        "select principal_id from marts.mart_partner_access where tenant_id = $1",
        [("tier-2",)],
    ),
    ("B2", f"select unprotected_count {POSTURE}", [(2,)]),
    ("B2", UNPROTECTED, [("ann",), ("ben",)]),
    ("B2", f"{PRACTICE}'mfa_admins'", [("partial",)]),
    (
        "B3",
        "select principal_id, is_expected, failed_checks, is_unprotected "
        "from core.fct_principal_posture_daily "
        "where tenant_id = $1 and declared_role = 'emergency' order by 1",
        [("break-1", True, None, False), ("break-2", True, None, False)],
    ),
    ("B3", f"select unprotected_count, stale_count {POSTURE}", [(0, 0)]),
    ("B3", f"{PRACTICE}'mfa_admins'", [("implemented",)]),
    ("B3", UNPROTECTED, []),
    (
        "B3",
        "select distinct findings from marts.mart_privileged_access "
        "where tenant_id = $1 and declared_role = 'emergency'",
        [("",)],
    ),
    ("B4", f"{PRACTICE}'mfa_all_users'", [("implemented",)]),
    (
        "B5",
        "select action_rank, gain_points, required_licence, is_licence_owned "
        "from marts.mart_recommended_actions "
        "where tenant_id = $1 and control_id = 'security_defaults'",
        [(1, 27.0, "free", True)],
    ),
    (
        "B5",
        "select control_id from marts.mart_recommended_actions "
        "where tenant_id = $1 and part_of_action_id = 'security_defaults' order by 1",
        [("AdminMFAV2",), ("BlockLegacyAuthentication",), ("MFARegistrationV2",)],
    ),
    (
        "B6",
        "select licence_tier, licence_coverage, missing_seat_count "
        "from core.dim_tenant where tenant_id = $1",
        [("p2", "partial", 899)],
    ),
    (
        "B6",
        "select missing_seat_count from marts.mart_best_practices "
        "where tenant_id = $1 and practice = 'user_risk_policy'",
        [(899,)],
    ),
    ("B11", f"select privileged_count, unprotected_count {POSTURE}", [(1, 1)]),
    ("B11", UNPROTECTED, [("eve",)]),
    ("B11", f"{PRACTICE}'mfa_admins'", [("partial",)]),
    ("B13", f"select unprotected_count {POSTURE}", [(0,)]),
    ("B13", UNPROTECTED, []),
    ("B13", f"{PRACTICE}'mfa_admins'", [("implemented",)]),
    ("B14", f"select achievable_ratio between 0 and 1 {POSTURE}", [(True,)]),
    (
        "B14",
        "select max(ratio_after) <= 1 from marts.mart_roadmap where tenant_id = $1",
        [(True,)],
    ),
    ("B15", f"select mfa_user_count, guest_mfa_user_count {POSTURE}", [(8, 4)]),
]


@pytest.fixture(scope="module")
def warehouse(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("home"))
    answers = {tenant(n): make(n) for n, make in enumerate(STATES.values())}
    declared = [
        {"tenant_id": tenant(list(STATES).index(state)), "principal": name}
        | {"declared_role": "emergency", "owner": "Security"}
        for state in ("B3", "B4")
        for name in ("break-1", "break-2")
    ]
    write_run(home.lake, DAY, answers, principals=declared)
    result = build(home)
    assert result.ok, result.failed
    with open_built(home) as connection:
        yield connection


@pytest.mark.parametrize(("state", "query", "rows"), VERDICTS)
def test_an_expert_would_sign_it(
    warehouse: duckdb.DuckDBPyConnection, state: str, query: str, rows: Rows
) -> None:
    found = warehouse.execute(query, [tenant(list(STATES).index(state))]).fetchall()
    assert found == rows


def test_every_row_of_the_audit_has_a_line() -> None:
    of_policies = " ".join(case["why"] for case in CASES)
    rows = [f"B{number}" for number in range(1, 16)]
    missing = [row for row in rows if row not in STATES and f"audit {row})" not in of_policies]
    assert missing == []
