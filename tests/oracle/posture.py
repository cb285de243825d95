"""The daily join of a tenant: newest score, privileged principals, why a group is null."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.oracle.bundle import is_offered
from tests.oracle.captures import Life
from tests.oracle.days import Gathered
from tests.oracle.marts import overall
from tests.oracle.people import identity_counts, identity_statuses
from tests.oracle.ranking import licence_ratios
from tests.oracle.scores import TenantScores, scope_rows
from tests.oracle.statuses import application_status, group_status
from tests.oracle.tenant_day import TenantDay
from tests.oracle.tenants import licence_on, tenant_days

RATIOS = {
    "score_ratio": "overall",
    "identity_category_ratio": "category:Identity",
    "entra_service_ratio": "service:AzureAD",
    "identity_secure_score_ratio": "identity_secure_score",
}
Row = dict[str, Any]


def _potential(life: Life, scores: TenantScores, score_date: date | None, one: TenantDay) -> Row:
    if score_date is None:
        return {"current_licence_ratio": None, "achievable_ratio": None}
    tier, _ = licence_on(life, scores.tenant_id, one.day, scores.records)
    reached = overall(scores, score_date)
    return licence_ratios(scores.controls[score_date], tier, reached, is_offered=is_offered(one))


def posture_rows(
    life: Life, tenant_id: str, scores: TenantScores, gathered: Mapping[date, Gathered]
) -> Iterator[Row]:
    ratios = {(r["score_date"], r["scope"]): r["score_ratio"] for r in scope_rows(scores)}
    for day in tenant_days(life, tenant_id, scores.records):
        one = gathered.get(day) or Gathered(tenant_id, TenantDay(day, {}))
        score_date = max((d for d in scores.records if d <= day), default=None)
        row: Row = {"tenant_id": tenant_id, "snapshot_date": day}
        row["score_status"] = group_status(life, tenant_id, "score_status", day)
        row["score_date"] = score_date
        row["score_age_days"] = None if score_date is None else (day - score_date).days
        row |= {name: ratios.get((score_date, scope)) for name, scope in RATIOS.items()}
        row |= _potential(life, scores, score_date, one.day)
        row |= identity_statuses(one.day)
        row["application_status"] = application_status(life, tenant_id, day)
        if one.has_unread_group and one.day.is_complete("role_assignments"):
            row["role_status"] = "partial"
        yield row | identity_counts(one.day, one.assignments, one.people)
