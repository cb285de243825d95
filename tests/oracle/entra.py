"""Applications, risk, Entra's recommendations and settings of a life, day by day."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from tests.oracle.applications import Judged, privilege_rows
from tests.oracle.captures import COMPLETE, Life
from tests.oracle.days import Gathered
from tests.oracle.recommendations import entra_score_rows, recommendation_rows
from tests.oracle.risk import risk_rows
from tests.oracle.seeds import seed

APPLICATIONS = "service_principals_applications"
RESOURCE, GRANTS = "application_permissions_resource", "application_permissions_grants"
Days = Mapping[date, Gathered]
Row = dict[str, Any]


@cache
def judged_permissions() -> dict[tuple[str, str], Judged]:
    return {
        (one["resource_application_id"], one["permission"].lower()): Judged(
            one["reach"] != "none",
            one["is_high_as_delegated"] == "true",
            int(one["privilege_level"]) or None,
        )
        for one in seed("graph_permission_privileges")
    }


@cache
def entra_controls() -> tuple[str, ...]:
    return tuple(one["control_id"] for one in seed("control_licences"))


def asked_applications(life: Life, tenant_id: str, gathered: Days) -> dict[date, set[str]]:
    """The service principals that a day's run asks for: holders of roles, and clients that hold a
    permission otherwise than by the word of single users."""
    found = {}
    for day, one in gathered.items():
        assigned = life.read_on(tenant_id, "application_permissions", day) or ()
        grants = life.read_on(tenant_id, GRANTS, day) or ()
        asked = {row["principal_id"] for row in one.assignments}
        asked |= {row["principalId"].lower() for row in assigned}
        asked |= {g["clientId"].lower() for g in grants if g.get("consentType") == "AllPrincipals"}
        found[day] = asked
    return found


def application_rows(life: Life, tenant_id: str, asked: Mapping[date, set[str]]) -> Iterator[Row]:
    for day, whom in asked.items():
        assigned = life.read_on(tenant_id, "application_permissions", day)
        if assigned is None:
            continue
        yield from privilege_rows(
            tenant_id,
            day,
            apis=life.read_on(tenant_id, RESOURCE, day) or (),
            assigned=assigned,
            grants=life.read_on(tenant_id, GRANTS, day),
            service_principals=life.read_on(tenant_id, "service_principals", day) or (),
            applications=life.read_on(tenant_id, APPLICATIONS, day) or (),
            asked=whom,
            outcome=life.outcome_on(tenant_id, "service_principals", day),
            judged=judged_permissions(),
        )


def risks(life: Life, tenant_id: str, gathered: Days) -> Iterator[Row]:
    for day, one in gathered.items():
        groups = [r for r in one.assignments if r["principal_type"] == "group"]
        held = {r["principal_id"] for r in one.assignments if r["principal_type"] != "group"}
        yield from risk_rows(
            tenant_id,
            day,
            users=life.read_on(tenant_id, "risky_users", day),
            detections=life.read_on(tenant_id, "risk_detections", day),
            holders=held,
            knows_holders=not groups and one.day.is_complete("role_assignments"),
        )


def recommendations(life: Life, tenant_id: str) -> Iterator[Row]:
    for day, records in life.snapshots(tenant_id, "recommendations").items():
        yield from recommendation_rows(tenant_id, day, records, entra_controls())


def entra_scores(life: Life, tenant_id: str) -> list[Row]:
    captures = [
        (capture.extract_date, capture.records)
        for capture in life.of(tenant_id, "recommendation_tenant_scores")
        if capture.outcome in COMPLETE
    ]
    return entra_score_rows(tenant_id, captures, life.as_of)
