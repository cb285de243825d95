"""The records behind each endpoint: filtered, counted, and rendered when a page needs them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from pipeline.sandbox.catalogue import controls
from pipeline.sandbox.estate import Story
from pipeline.sandbox.licences import organization, subscribed_skus
from pipeline.sandbox.odata import Clause, Query, read_filter, selected
from pipeline.sandbox.profiles import profile_record, visible
from pipeline.sandbox.roles import role_definitions as definitions
from pipeline.sandbox.scores import score_record
from pipeline.sandbox.wire import bad_request

DAILY_RUN = time(9, 0)  # a day's score record appears at this hour


@dataclass(frozen=True)
class Rows:
    """What a request is about: so many records, rendered when a page needs them."""

    count: int
    render: Callable[[int], bytes]


@dataclass(frozen=True)
class Request:
    """A request that was let through: whose story, which day, which version, and the query."""

    story: Story
    day: date
    now: datetime
    version: str
    query: Query


def secure_scores(request: Request) -> Rows:
    story, newest = request.story, request.day
    if newest == request.now.date() and request.now.time() < DAILY_RUN:
        newest -= timedelta(days=1)
    days = story.record_days(newest)
    rich = days[0] if days else None
    for clause in read_filter(request.query, ["createdDateTime"]):
        bound = _moment(clause)
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


def _moment(clause: Clause) -> str:
    try:
        moment = datetime.fromisoformat(clause.values[0].replace("Z", "+00:00"))
    except ValueError:
        raise bad_request("Invalid filter clause") from None
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


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
        for record in _filtered(found, clauses)
    ]
    return _dumped(records, request.query)


def role_assignments(request: Request) -> Rows:
    story, tenant = request.story, request.story.tenant
    expand = (request.query.option("$expand") or "").strip()
    if expand not in ("", "principal"):
        raise bad_request(f"The $expand of '{expand}' is not supported for this resource.")
    records: list[dict[str, Any]] = []
    for grant in story.directory.grants(story.number(request.day)):
        record: dict[str, Any] = {
            "id": grant.id,
            "principalId": grant.principal_id,
            "principalOrganizationId": tenant.tenant_id,
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
    found = _filtered(records, read_filter(request.query, fields))
    return _dumped(found, request.query, keep="principal" if expand else None)


def organizations(request: Request) -> Rows:
    return _dumped([organization(request.story.tenant, born=request.story.born)], request.query)


def skus(request: Request) -> Rows:
    story = request.story
    number = story.number(request.day)
    users = story.directory.users(number)
    return _dumped(subscribed_skus(story.tenant, day=number, users=users), request.query)


def _filtered(
    records: Sequence[Mapping[str, Any]], clauses: Sequence[Clause]
) -> list[Mapping[str, Any]]:
    def text(value: Any) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)

    return [r for r in records if all(c.holds(text(r[c.field])) for c in clauses)]


def _dumped(records: Sequence[Mapping[str, Any]], query: Query, keep: str | None = None) -> Rows:
    def render(index: int) -> bytes:
        record = dict(selected(records[index], query))
        if keep and keep in records[index]:
            record[keep] = records[index][keep]
        return orjson.dumps(record)

    return Rows(len(records), render)
