"""The daily join of a tenant: newest score, privileged principals, why a group is null."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.judge.captures import COMPLETE, Life
from tests.judge.roles import GLOBAL_ADMINISTRATOR
from tests.judge.scores import TenantScores, scope_rows
from tests.judge.tenants import tenant_days

GROUPS = {
    "score_status": ("secure_scores",),
    "role_status": ("role_definitions", "role_assignments"),
    "pim_status": (),
    "registration_status": (),
    "policy_status": (),
    "risk_status": (),
}
RATIOS = {
    "score_ratio": "overall",
    "identity_category_ratio": "category:Identity",
    "entra_service_ratio": "service:AzureAD",
    "identity_secure_score_ratio": "identity_secure_score",
}
UNREAD = ("standing_count", "eligible_count", "activated_count")
Row = dict[str, Any]


def posture_rows(
    life: Life, tenant_id: str, scores: TenantScores, assignments: list[Row]
) -> Iterator[Row]:
    ratios = {(r["score_date"], r["scope"]): r["score_ratio"] for r in scope_rows(scores)}
    for day in tenant_days(life, tenant_id, scores.records):
        row: Row = {"tenant_id": tenant_id, "snapshot_date": day}
        held = [a for a in assignments if a["snapshot_date"] == day]
        row |= {group: group_status(life, tenant_id, group, day) for group in GROUPS}
        if any(a["principal_type"] == "group" for a in held):
            # The members of a group that holds a role are a feed of this group, and were not read.
            row["role_status"] = "partial"
        score_date = max((d for d in scores.records if d <= day), default=None)
        row["score_date"] = score_date
        row["score_age_days"] = None if score_date is None else (day - score_date).days
        row |= {name: ratios.get((score_date, scope)) for name, scope in RATIOS.items()}
        readable = life.outcome_on(tenant_id, "role_assignments", day) in COMPLETE
        row |= _counts(held, readable)
        yield row | dict.fromkeys(UNREAD)


def group_status(life: Life, tenant_id: str, group: str, day: date) -> str:
    """`ok` or `empty` where every feed of the group is complete, `partial` where some are."""
    outcomes = [life.outcome_on(tenant_id, feed, day) for feed in GROUPS[group]]
    complete = [outcome for outcome in outcomes if outcome in COMPLETE]
    if not outcomes:
        return "not_collected"
    if len(complete) == len(outcomes):
        return "ok" if "ok" in complete else "empty"
    return "partial" if complete else outcomes[0]


def _counts(assignments: list[Row], readable: bool) -> Mapping[str, int | None]:
    """Distinct principals over privileged rows; groups are never counted as holders."""
    held = [a for a in assignments if a["is_privileged"] and a["principal_type"] != "group"]
    counted = {
        "privileged_count": held,
        "guest_count": [a for a in held if a["is_guest"]],
        "service_principal_count": [a for a in held if a["principal_type"] == "service_principal"],
        "global_administrator_count": [
            a for a in held if a["role_template_id"] == GLOBAL_ADMINISTRATOR
        ],
    }
    return {
        name: len({a["principal_id"] for a in rows}) if readable else None
        for name, rows in counted.items()
    }
