"""Microsoft Graph's half: from a URL and a token to a page of JSON, or to the right refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import orjson

from pipeline.sandbox.endpoints import ENDPOINTS, Endpoint
from pipeline.sandbox.faults import Fault
from pipeline.sandbox.feeds import Request
from pipeline.sandbox.identity import Tenant
from pipeline.sandbox.odata import Query, check_options, page_size, read_query, skip
from pipeline.sandbox.paging import Place, link, scope_of
from pipeline.sandbox.tokens import GRAPH_APP_ID, Claims, TokenError
from pipeline.sandbox.wire import (
    PRIVILEGES_MISSING,
    SCOPES_MISSING,
    Answer,
    Call,
    GraphError,
    bad_request,
    unauthenticated,
    unknown_segment,
)
from pipeline.sandbox.world import World


@dataclass(frozen=True)
class Ask:
    """One HTTP request to Graph, less its transport."""

    method: str
    origin: str
    path: str
    query: str
    authorization: str | None

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class Graph:
    """Answers requests out of a World."""

    def __init__(self, world: World) -> None:
        self._world = world

    def caller(self, ask: Ask) -> Claims:
        """Who asks; raises GraphError (401) without a good token."""
        scheme, _, token = (ask.authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthenticated("Access token is empty.", ask.origin)
        audiences = (ask.origin, "https://graph.microsoft.com", GRAPH_APP_ID)
        try:
            return self._world.tokens.check(token, audiences)
        except TokenError as refused:
            raise unauthenticated(str(refused), ask.origin) from None

    @contextmanager
    def admitted(self, ask: Ask, claims: Claims) -> Iterator["Admission"]:
        """Check route, permission and limits, and hold the tenant's place while it is answered."""
        world = self._world
        version, endpoint = _route(ask)
        _permit(endpoint, claims, frozenset(world.roles(claims.tenant_id)))
        tenant = world.estate.find(claims.tenant_id)
        if tenant is None:
            raise unauthenticated("The tenant of the token does not exist.", ask.origin)
        query = read_query(ask.query)
        check_options(query, endpoint.options, directory=not endpoint.security)
        if endpoint.security:
            with world.throttle.security(claims.tenant_id):
                yield Admission(endpoint, version, tenant, query, {})
            return
        headers = world.throttle.directory(
            claims.tenant_id,
            app_id=claims.client_id,
            users=tenant.user_count,
            cost=_cost(endpoint, query),
        )
        yield Admission(endpoint, version, tenant, query, headers)

    def page(self, ask: Ask, admission: "Admission", call: Call) -> Answer:
        """The page asked for, with page faults and edits applied."""
        world, tenant, query = self._world, admission.tenant, admission.query
        endpoint = admission.endpoint
        scope = scope_of(tenant.tenant_id, ask.path, ask.query)
        place = self._place(query, scope)
        story = world.estate.story(tenant)
        rows = endpoint.rows(Request(story, place.day, call.moment, admission.version, query))
        size = page_size(query, default=world.page_size, directory=not endpoint.security)
        end = min(rows.count, place.offset + size) if endpoint.paged else rows.count
        following = place.following(end - place.offset) if end < rows.count else None
        fault = None
        if not place.after_empty:
            fault = world.faults.take(
                tenant.tenant_id, ask.target, page=place.page, last=following is None
            )
        if fault and fault.replaces:
            return fault.answer(call)
        if fault and fault.empty_page:
            following, end = replace(place, after_empty=True), place.offset
        head: dict[str, Any] = {"@odata.context": _context(ask, admission)}
        if query.option("$count") == "true" and place.page == 1:
            head["@odata.count"] = rows.count
        if fault and fault.repeat_next_link:
            head["@odata.nextLink"] = f"{ask.origin}{ask.target}"
        elif following:
            token = world.links.seal(following, scope)
            next_link = link(ask.origin, ask.path, raw_query=ask.query, token=token)
            head["@odata.nextLink"] = next_link
        records = b",".join(rows.render(index) for index in range(place.offset, end))
        body = orjson.dumps(head)[:-1] + b',"value":[' + records + b"]}"
        return self._finished(body, ask, admission, fault)

    def _place(self, query: Query, scope: str) -> Place:
        token = query.option("$skiptoken")
        if token:
            return self._world.links.open(token, scope)
        return Place(skip(query), 1, self._world.clock.today)

    def _finished(
        self, body: bytes, ask: Ask, admission: "Admission", fault: Fault | None
    ) -> Answer:
        for edit in self._world.edits.matching(admission.tenant.tenant_id, ask.target):
            body = orjson.dumps(edit.function(orjson.loads(body)))
        answer = Answer(200, body, admission.headers)
        if fault is None:
            return answer
        if fault.truncate and not fault.drop:
            answer = replace(answer, body=body[: len(body) // 2])
        return replace(answer, cut=fault.truncate and fault.drop, delay=fault.delay)


@dataclass(frozen=True)
class Admission:
    """A request past the door: what it asks, of which tenant, and the headers it is owed."""

    endpoint: Endpoint
    version: str
    tenant: Tenant
    query: Query
    headers: dict[str, str]


def _route(ask: Ask) -> tuple[str, Endpoint]:
    _, _, rest = ask.path.partition("/")
    version, _, resource = rest.partition("/")
    endpoint = ENDPOINTS.get("/" + resource.rstrip("/").lower())
    if version not in ("v1.0", "beta"):
        raise bad_request("Invalid version: " + version)
    if endpoint is None or version not in endpoint.versions:
        raise unknown_segment(resource.rstrip("/").rpartition("/")[2])
    if ask.method != "GET":
        raise GraphError(405, "Request_BadRequest", f"Method not allowed: {ask.method}.")
    return version, endpoint


def _permit(endpoint: Endpoint, claims: Claims, granted: frozenset[str]) -> None:
    if claims.roles & endpoint.permissions & granted:
        return
    if endpoint.security:
        raise GraphError(403, "Forbidden", SCOPES_MISSING)
    raise GraphError(403, "Authorization_RequestDenied", PRIVILEGES_MISSING)


def _cost(endpoint: Endpoint, query: Query) -> int:
    top = query.option("$top")
    cost = endpoint.cost - (query.option("$select") is not None)
    cost += query.option("$expand") is not None
    cost -= top is not None and top.isdigit() and int(top) < 20
    return max(1, cost)


def _context(ask: Ask, admission: Admission) -> str:
    select, expand = admission.query.option("$select"), admission.query.option("$expand")
    chosen = ",".join(part for part in (select, f"{expand}()" if expand else None) if part)
    suffix = f"({chosen})" if chosen else ""
    return f"{ask.origin}/{admission.version}/$metadata#{admission.endpoint.context}{suffix}"
