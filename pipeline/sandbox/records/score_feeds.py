"""The records behind scores, profiles, roles and licences."""

from datetime import time, timedelta
from typing import Any

from pipeline.sandbox.protocol.odata import read_filter
from pipeline.sandbox.records.licences import organization, subscribed_skus
from pipeline.sandbox.records.profiles import profile_record, visible
from pipeline.sandbox.records.rows import Request, Rows, dumped, expansion, filtered, moment_of
from pipeline.sandbox.records.scores import score_record
from pipeline.sandbox.story.catalogue import controls
from pipeline.sandbox.story.roles import role_definitions as definitions

DAILY_RUN = time(9, 0)  # a day's score record appears at this hour


def secure_scores(request: Request) -> Rows:
    story, newest = request.story, request.day
    if newest == request.now.date() and request.now.time() < DAILY_RUN:
        newest -= timedelta(days=1)
    days = story.record_days(newest)
    rich = days[0] if days else None
    for clause in read_filter(request.query, ["createdDateTime"]):
        bound = moment_of(clause)
        days = [day for day in days if clause.holds(f"{day.isoformat()}T00:00:00", bound)]

    def render(index: int) -> bytes:
        day = days[index]
        number = story.number(day)
        return score_record(
            story.tenant,
            day=day,
            number=number,
            users=story.directory.users(number),
            standings=story.progress.on(number),
            rich=day == rich,
        )

    return Rows(len(days), render)


def profiles(request: Request) -> Rows:
    story = request.story
    number = story.number(request.day)
    published = story.microsoft.on(number + story.offset)
    updates = story.progress.updates(number)
    names = visible(published)
    for clause in read_filter(request.query, ["id", "service", "controlCategory"]):
        attribute = "category" if clause.field == "controlCategory" else clause.field
        names = [name for name in names if clause.holds(getattr(controls()[name], attribute))]

    def render(index: int) -> bytes:
        return profile_record(
            names[index],
            tenant_id=story.tenant.tenant_id,
            published=published,
            updates=updates,
        )

    return Rows(len(names), render)


def role_definitions(request: Request) -> Rows:
    found = definitions(request.story.tenant)
    clauses = read_filter(request.query, ["id", "displayName", "isBuiltIn"])
    hidden = () if request.version == "beta" else ("isPrivileged",)
    records = [
        {key: value for key, value in record.items() if key not in hidden}
        for record in filtered(found, clauses)
    ]
    return dumped(records, request.query)


def role_assignments(request: Request) -> Rows:
    story, tenant = request.story, request.story.tenant
    expand = expansion(request.query, ["principal"])
    records: list[dict[str, Any]] = []
    for grant in story.pim.in_roles(request.number):
        record: dict[str, Any] = {
            "id": grant.id,
            "principalId": grant.principal_id,
            "principalOrganizationId": grant.organization or tenant.tenant_id,
            "roleDefinitionId": grant.role_id,
            "directoryScopeId": grant.scope,
            "appScopeId": None,
            "condition": None,
        }
        if tenant.segment != "mid_size":
            record["resourceScope"] = grant.scope
        # A deleted principal comes back as null from some tenants and not at all from others.
        if expand and (grant.principal or tenant.segment == "regulated"):
            record["principal"] = grant.principal
        records.append(record)
    fields = ["roleDefinitionId", "principalId", "directoryScopeId"]
    found = filtered(records, read_filter(request.query, fields))
    return dumped(found, request.query, keep=[expand])


def organizations(request: Request) -> Rows:
    return dumped([organization(request.story.tenant, born=request.story.born)], request.query)


def skus(request: Request) -> Rows:
    story = request.story
    number = story.number(request.day)
    users = story.directory.users(number)
    return dumped(subscribed_skus(story.tenant, day=number, users=users), request.query)
