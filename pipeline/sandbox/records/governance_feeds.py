"""The records behind policies, settings, risk and recommendations."""

from collections.abc import Sequence
from typing import Any

from pipeline.sandbox.protocol.odata import read_filter
from pipeline.sandbox.protocol.refusals import not_found
from pipeline.sandbox.records.rows import (
    Request,
    Rows,
    dumped,
    expansion,
    filtered,
    moment_of,
    ordered,
)
from pipeline.sandbox.records.settings import (
    authentication_methods_policy,
    authorization_policy,
    security_defaults,
)
from pipeline.sandbox.story.estate import HISTORY

_INLINE = 20  # impacted resources that come with their recommendation


def policies(request: Request) -> Rows:
    found = request.story.policies.policies(
        request.number, version=request.version, origin=request.origin
    )
    left = filtered(found, read_filter(request.query, ["id", "displayName", "state"]))
    fields = ["displayName", "createdDateTime", "modifiedDateTime"]
    return dumped(ordered(left, request.query, fields), request.query)


def plans(request: Request) -> Rows:
    return dumped(request.story.plans.all(request.number), request.query)


def plan_rules(request: Request) -> Rows:
    found = request.story.plans
    if request.target not in [plan["id"] for plan in found.all(request.number)]:
        raise not_found(request.target)
    return dumped(found.rules(request.target), request.query)


def locations(request: Request) -> Rows:
    found = request.story.policies.locations()
    left = filtered(found, read_filter(request.query, ["id", "displayName"]))
    fields = ["displayName", "createdDateTime", "modifiedDateTime"]
    return dumped(ordered(left, request.query, fields), request.query, keep=["@odata.type"])


def strengths(request: Request) -> Rows:
    found = request.story.policies.strengths(version=request.version, origin=request.origin)
    return dumped(filtered(found, read_filter(request.query, ["policyType"])), request.query)


def defaults(request: Request) -> Rows:
    return dumped([security_defaults(request.story)], request.query)


def authorization(request: Request) -> Rows:
    return dumped([authorization_policy(request.story, request.number)], request.query)


def methods(request: Request) -> Rows:
    return dumped([authentication_methods_policy(request.story, request.number)], request.query)


def risky_users(request: Request) -> Rows:
    found = request.story.risk.users(request.number)
    fields = ["id", "riskLevel", "riskState", "riskLastUpdatedDateTime"]
    return _timed(request, found, fields)


def risk_detections(request: Request) -> Rows:
    found = request.story.risk.detections(request.number)
    fields = ["id", "userId", "riskLevel", "detectedDateTime", "activityDateTime"]
    return _timed(request, found, fields)


def _timed(request: Request, found: list[dict[str, Any]], fields: list[str]) -> Rows:
    """Records filtered by words and by times; a time compares to the second."""
    records: Sequence[Any] = found
    for clause in read_filter(request.query, fields):
        if not clause.field.endswith("DateTime"):
            records = filtered(records, [clause])
            continue
        bound = moment_of(clause)
        records = [r for r in records if clause.holds(str(r[clause.field])[:19], bound)]
    return dumped(ordered(records, request.query, fields), request.query)


def recommendations(request: Request) -> Rows:
    expand = expansion(request.query, ["impactedResources"])
    found, day = request.story.recommendations, request.number
    records = found.all(day)
    if expand:
        for record in records:
            plan = found.find(record["id"])
            resources = found.resources(plan, day) if plan else []
            record[expand] = resources[:_INLINE]
            if len(resources) > _INLINE:
                path = f"/beta/directory/recommendations/{record['id']}/impactedResources"
                record[f"{expand}@odata.nextLink"] = request.link(path, _INLINE)
    fields = ["id", "recommendationType", "status", "category", "priority"]
    clauses = read_filter(request.query, fields)
    kept = [expand, f"{expand}@odata.nextLink"]
    return dumped(filtered(records, clauses), request.query, keep=kept)


def impacted_resources(request: Request) -> Rows:
    found = request.story.recommendations
    plan = found.find(request.target)
    if plan is None:
        raise not_found(request.target)
    return dumped(found.resources(plan, request.number), request.query)


def tenant_scores(request: Request) -> Rows:
    number = request.story.number(request.day)
    found = request.story.recommendations.tenant_scores(number, HISTORY) if number >= 0 else []
    return dumped(found, request.query)
