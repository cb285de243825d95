"""Random policies of small tenants: the warehouse and the oracle reach the same verdicts."""

import random
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest

from pipeline.home import Home
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built
from tests.oracle.coverage import coverage_of
from tests.oracle.effective import effective_rows
from tests.oracle.everyone import Everyone
from tests.oracle.roles import Roles
from tests.oracle.tenant_day import TenantDay

from .lake_writer import tenant, write_run
from .policy_wire import ROLES, Answers, answers_of

DAY = date(2026, 3, 10)
TENANTS = 150
NAMES = ("ann", "ben", "cy", "gus", "who")
CLIENTS = (
    ["all"], ["all"], ["browser", "mobileAppsAndDesktopClients"], ["exchangeActiveSync", "other"],
    ["exchangeActiveSync"], ["other"], ["browser"],
)  # fmt: skip
GRANTS: tuple[Any, ...] = (
    ["mfa"], ["mfa"], ["mfa"], ["block"], ["block"], ["mfa", "compliantDevice"],
    ["mfa", "approvedApplication"], ["compliantDevice"],
    {"operator": "OR", "builtInControls": [], "customAuthenticationFactors": ["Duo"]},
    {"operator": "AND", "builtInControls": ["mfa"], "customAuthenticationFactors": ["Duo"]},
    {"operator": "OR", "builtInControls": ["mfa"], "customAuthenticationFactors": ["Duo"]},
    {"operator": "OR", "builtInControls": [], "strength": "MFA"},
)  # fmt: skip
ALL: dict[str, Any] = {"includeApplications": ["All"]}
APPLICATIONS: tuple[dict[str, Any], ...] = (
    ALL, ALL, ALL, {**ALL, "excludeApplications": ["x"]},
    {**ALL, "excludeApplications": ["x", "y"]}, {"includeApplications": ["x"]},
    {"includeApplications": ["None"]},
    {"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]},
)  # fmt: skip
CONDITIONS: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {}, {"signInRiskLevels": ["high"]}, {"platforms": {"includePlatforms": ["iOS"]}},
    {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}},
    {"locations": {"includeLocations": ["All"], "excludeLocations": ["hq"]}},
    {"locations": {"includeLocations": ["All"], "excludeLocations": ["office"]}},
    {"locations": {"includeLocations": ["AllTrusted"]}},
)  # fmt: skip
INCLUDED: tuple[dict[str, Any], ...] = (
    {"includeUsers": ["All"]}, {"includeUsers": ["All"]}, {"includeUsers": ["All"]},
    {"includeGroups": ["g-a"]}, {"includeGroups": ["g-b"]}, {"includeGroups": ["g-gone"]},
    {"includeUsers": ["ann"]}, {"includeRoles": ["Global Administrator"]},
    {"includeUsers": ["GuestsOrExternalUsers"]}, {"includeUsers": ["None"]},
    {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest"}},
)  # fmt: skip
EXCLUDED: tuple[dict[str, Any], ...] = (
    {}, {}, {"excludeUsers": ["ann"]}, {"excludeUsers": ["ben", "u1", "u2"]},
    {"excludeGroups": ["g-a"]}, {"excludeGroups": ["g-b"]},
    {"excludeRoles": ["Global Administrator"]}, {"excludeUsers": ["GuestsOrExternalUsers"]},
    {"excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "otherExternalUser"}},
)  # fmt: skip
FAILING = ("group_members", "named_locations", "security_defaults", "conditional_access_policies")


def case_of(number: int) -> dict[str, Any]:
    """Few people and groups, so that what policies leave open meets often."""
    chance = random.Random(number)
    members = chance.randrange(0, 12)
    case: dict[str, Any] = {
        "people": [
            {"id": "ann"},
            {"id": "ben", "roles": ["Global Administrator"]},
            {"id": "cy", "roles": ["Security Reader"]},
            {"id": "gus", "guest": True},
            {"id": "who", "guest": None},
        ],
        "policies": [_policy(chance, f"p{one}") for one in range(chance.randrange(1, 5))],
        "groups": {
            "g-a": chance.sample(NAMES, chance.randrange(3)),
            "g-b": [*chance.sample(NAMES, 1), *(f"u{one}" for one in range(members))],
        },
        "feeds": {name: "unavailable" for name in FAILING if chance.random() < 0.04},
    }
    if chance.random() < 0.7:
        case["registered"] = [chance.randrange(1, 14), chance.randrange(2)]
    _switch(random.Random(f"switch {number}"), case)
    return case


def _switch(chance: random.Random, case: dict[str, Any]) -> None:
    """Per-user MFA of some, in some of the tenants."""
    if chance.random() < 0.5:
        return
    for person in case["people"]:
        if chance.random() < 0.4:
            person["per_user"] = chance.choice(("disabled", "enabled", "Enforced"))
    if chance.random() < 0.1:
        case["feeds"]["per_user_mfa"] = "not_permitted"
    if chance.random() < 0.1:
        case["plans"] = {"plan": chance.choice(("enabled", "disabled", "ofTomorrow"))}


def _policy(chance: random.Random, name: str) -> dict[str, Any]:
    """Plain in most ways, or nobody would ever be covered."""

    def some(choices: Sequence[Any]) -> Any:
        return chance.choice(choices) if chance.random() < 0.35 else choices[0]

    return {
        "id": name,
        "state": some(["enabled", "enabled", "enabledForReportingButNotEnforced"]),
        "users": {**some(INCLUDED), **some(EXCLUDED)},
        "apps": some(APPLICATIONS),
        "clients": some(CLIENTS),
        "grant": some(GRANTS),
        "conditions": some(CONDITIONS),
    }


def day_of(case: dict[str, Any], answers: Answers) -> TenantDay:
    """What the oracle is told of the same tenant."""
    records = {name: answer for name, answer in answers.items() if not isinstance(answer, str)}
    failed = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    beneath: dict[str, list[dict[str, Any]]] = {group: [] for group in case["groups"]}
    for record in records.get("group_members_transitive", []):
        beneath[record["@parent"]].append(record)
    asked = [row | {"id": row["@parent"]} for row in records.get("per_user_mfa", [])]
    kinds = zip(("member", "guest"), case.get("registered", [0, 0]), strict=True)
    report = [{"id": f"r{k}{n}", "userType": k} for k, count in kinds for n in range(count)]
    roles = [
        {"id": role, "templateId": role, "isBuiltIn": "Custom" not in name}
        for name, role in ROLES.items()
    ]
    return TenantDay(
        DAY,
        {**dict.fromkeys(records, "ok"), **failed},
        {**records, "user_registration_details": report, "per_user_mfa": asked},
        beneath=beneath,
        roles=Roles({DAY: roles}, {}, {}, {}, {}, ()),
    )


@pytest.fixture(scope="module")
def warehouse(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("home"))
    write_run(home.lake, DAY, {tenant(one): answers_of(case_of(one)) for one in range(TENANTS)})
    result = build(home)
    assert result.ok, result.failed
    with open_built(home) as connection:
        yield connection


def test_people_are_covered_alike(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select tenant_id, principal_id, mfa_policy_coverage, deciding_policy_id, "
        "uncovered_applications from intermediate.int_mfa_coverages_decided"
    ).fetchall()
    found = {(one, person): tuple(told) for one, person, *told in rows}
    expected = {}
    for number in range(TENANTS):
        case = case_of(number)
        day = day_of(case, answers_of(case))
        for person, verdict in coverage_of(day, effective_rows(day)).items():
            left = ", ".join(verdict.uncovered) or None
            told = verdict.status, verdict.policy_id, left
            expected[tenant(number), person] = told
    assert differing(found, expected) == []
    assert {told[0] for told in expected.values()} >= {
        "covered", "covered_except", "conditional", "narrow", "report_only", "excluded",
        "not_covered", "unknown",
    }  # fmt: skip


def test_all_users_are_judged_alike(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select tenant_id, requirement, verdict, deciding_policy_id "
        "from intermediate.int_tenant_policies_evaluated "
        "where requirement in ('mfa_all_users', 'block_legacy_authentication')"
    ).fetchall()
    found = {(one, name): (verdict, policy) for one, name, verdict, policy in rows}
    expected = {}
    for number in range(TENANTS):
        case = case_of(number)
        day = day_of(case, answers_of(case))
        held = effective_rows(day)
        expected[tenant(number), "mfa_all_users"] = Everyone(day, held, "mfa").decided()
        legacy = Everyone(day, held, "legacy").decided()
        expected[tenant(number), "block_legacy_authentication"] = legacy
    assert differing(found, expected) == []


def differing(found: dict[Any, Any], expected: dict[Any, Any]) -> list[str]:
    return [
        f"{key}: {found.get(key)} for {expected.get(key)}"
        for key in sorted(found.keys() | expected.keys())
        if found.get(key) != expected.get(key)
    ]
