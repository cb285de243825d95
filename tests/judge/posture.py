"""The daily join of a tenant: newest score, privileged principals, why a group is null."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.judge.captures import COMPLETE, Life
from tests.judge.roles import GLOBAL_ADMINISTRATOR
from tests.judge.scores import TenantScores, scope_rows
from tests.judge.statuses import GROUPS, group_status
from tests.judge.tenants import tenant_days

RATIOS = {
    "score_ratio": "overall",
    "identity_category_ratio": "category:Identity",
    "entra_service_ratio": "service:AzureAD",
    "identity_secure_score_ratio": "identity_secure_score",
}
Row = dict[str, Any]


def posture_rows(
    life: Life, tenant_id: str, scores: TenantScores, assignments: list[Row]
) -> Iterator[Row]:
    ratios = {(r["score_date"], r["scope"]): r["score_ratio"] for r in scope_rows(scores)}
    for day in tenant_days(life, tenant_id, scores.records):
        row: Row = {"tenant_id": tenant_id, "snapshot_date": day}
        held = [a for a in assignments if a["snapshot_date"] == day]
        row |= {group: group_status(life, tenant_id, group, day) for group in GROUPS}
        score_date = max((d for d in scores.records if d <= day), default=None)
        row["score_date"] = score_date
        row["score_age_days"] = None if score_date is None else (day - score_date).days
        row |= {name: ratios.get((score_date, scope)) for name, scope in RATIOS.items()}
        readable = life.outcome_on(tenant_id, "role_assignments", day) in COMPLETE
        if readable and any(a["principal_type"] == "group" and a["is_privileged"] for a in held):
            # The members of a group that holds a role are a feed of this group, and were not read.
            row["role_status"] = "partial"
        row |= _counts(held, readable)
        yield row | _kinds(life, tenant_id, row, held)


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


def _kinds(life: Life, tenant_id: str, row: Row, assignments: list[Row]) -> Row:
    """How many hold a privileged role in each way, null where the feed that says so was not read.

    Without a licence for PIM the assignments themselves are the standing ones.
    """

    def is_read(feed: str) -> bool:
        return life.outcome_on(tenant_id, feed, row["snapshot_date"]) in COMPLETE

    is_unlicensed = row["pim_status"] == "not_licensed" and is_read("role_assignments")
    known = {
        "standing": is_read("role_assignment_schedule_instances") or is_unlicensed,
        "activated": is_read("role_assignment_schedule_instances"),
        "eligible": is_read("role_eligibility_schedule_instances"),
    }
    return {
        f"{kind}_count": len(
            {
                a["principal_id"]
                for a in assignments
                if a["assignment_kind"] == kind
                and a["is_privileged"]
                and a["principal_type"] != "group"
            }
        )
        if is_known
        else None
        for kind, is_known in known.items()
    }
