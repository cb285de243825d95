"""Microsoft Graph's half: from a URL and a token to a page of JSON, or to the right refusal."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import orjson

from pipeline.sandbox.protocol.enumerations import hidden, may_hide, wants_all
from pipeline.sandbox.protocol.odata import Query, check_options, page_size, read_query, skip
from pipeline.sandbox.protocol.tokens import GRAPH_APP_ID, Claims, TokenError
from pipeline.sandbox.protocol.wire import (
    Answer,
    Call,
    unauthenticated,
    unknown_segment,
)
from pipeline.sandbox.records.identity_feeds import selects_sign_ins, users
from pipeline.sandbox.records.rows import Request
from pipeline.sandbox.server.admission import Admission, Ask, cost, permit, route
from pipeline.sandbox.server.endpoint import Endpoint
from pipeline.sandbox.server.faults import Fault
from pipeline.sandbox.server.paging import Place, link, scope_of
from pipeline.sandbox.server.world import World
from pipeline.sandbox.story.identity import Tenant


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
            raise unauthenticated(str(refused), ask.origin, claims=refused.claims) from None

    @contextmanager
    def admitted(self, ask: Ask, claims: Claims) -> Iterator[Admission]:
        """Check route, limits, permission and licence, and hold the tenant's place meanwhile."""
        world = self._world
        version, endpoint, target = route(ask)
        tenant = world.estate.find(claims.tenant_id)
        if tenant is None:
            raise unauthenticated("The tenant of the token does not exist.", ask.origin)
        if tenant.china and endpoint.china:
            raise unknown_segment(endpoint.china)
        query = read_query(ask.query)
        held = claims.roles & frozenset(world.roles(claims.tenant_id))
        with ExitStack() as places:
            headers = self._count(endpoint, query, tenant, claims, places)
            permit(endpoint, tenant, held)
            check_options(query, endpoint.options, directory=endpoint.is_directory)
            yield Admission(endpoint, version, tenant, query, headers, held, target)

    def _count(
        self, endpoint: Endpoint, query: Query, tenant: Tenant, claims: Claims, places: ExitStack
    ) -> dict[str, str]:
        """Count the request against its quotas; the headers that report it, or 429."""
        throttle, tenant_id = self._world.throttle, tenant.tenant_id
        if endpoint.limit == "security":
            places.enter_context(throttle.security(tenant_id))
        elif endpoint.limit == "identity":
            throttle.identity(tenant_id)
        elif endpoint.limit == "reports" or (endpoint.rows is users and selects_sign_ins(query)):
            throttle.reports(tenant_id)
        if endpoint.limit != "directory":
            return {}
        return throttle.directory(
            tenant_id, app_id=claims.client_id, users=tenant.user_count, cost=cost(endpoint, query)
        )

    def page(self, ask: Ask, admission: Admission, call: Call) -> Answer:
        """The page asked for, with page faults and edits applied."""
        endpoint, tenant_id = admission.endpoint, admission.tenant.tenant_id
        place = self._place(admission.query, scope_of(tenant_id, ask.path, ask.query))
        size = self._page_size(admission)
        rows = endpoint.rows(self._request(ask, admission, place, call))
        size = min(size, rows.largest_page or size)
        end = min(rows.count, place.offset + size) if endpoint.paged else rows.count
        following = place.following(end - place.offset) if end < rows.count else None
        fault = None
        if not place.after_empty:
            fault = self._world.faults.take(
                tenant_id, ask.target, page=place.page, last=following is None
            )
        if fault and fault.replaces:
            return fault.answer(call)
        if fault and fault.empty_page:
            following, end = replace(place, after_empty=True), place.offset
        head: dict[str, Any] = {"@odata.context": _context(ask, admission)}
        if admission.query.option("$count") == "true" and place.page == 1:
            head["@odata.count"] = rows.count
        if fault and fault.repeat_next_link:
            head["@odata.nextLink"] = f"{ask.origin}{ask.target}"
        elif following:
            head["@odata.nextLink"] = self._link(
                ask, tenant_id, following, path=ask.path, query=ask.query
            )
        records = b",".join(rows.render(index) for index in range(place.offset, end))
        return self._finished(_body(head, records, admission), ask, admission, fault)

    def _page_size(self, admission: Admission) -> int:
        return page_size(
            admission.query,
            default=self._world.page_size,
            directory=admission.endpoint.is_directory,
            largest=admission.endpoint.largest,
        )

    def _link(self, ask: Ask, tenant_id: str, place: Place, *, path: str, query: str) -> str:
        token = self._world.links.seal(place, scope_of(tenant_id, path, query))
        return link(ask.origin, path, raw_query=query, token=token)

    def _request(self, ask: Ask, admission: Admission, place: Place, call: Call) -> Request:
        tenant_id = admission.tenant.tenant_id

        def elsewhere(path: str, offset: int) -> str:
            start = Place(offset, 2, place.day)
            return self._link(ask, tenant_id, start, path=path, query="")

        return Request(
            self._world.estate.story(admission.tenant),
            place.day,
            call.moment,
            admission.version,
            admission.query,
            ask.origin,
            admission.target,
            admission.roles,
            elsewhere,
        )

    def _place(self, query: Query, scope: str) -> Place:
        token = query.option("$skiptoken")
        if token:
            return self._world.links.open(token, scope)
        return Place(skip(query), 1, self._world.clock.today)

    def _finished(self, body: bytes, ask: Ask, admission: Admission, fault: Fault | None) -> Answer:
        for edit in self._world.edits.matching(admission.tenant.tenant_id, ask.target):
            body = orjson.dumps(edit.function(orjson.loads(body)))
        context = admission.endpoint.context
        if may_hide(context) and not wants_all(ask.prefer):
            body = orjson.dumps(hidden(context, orjson.loads(body)))
        answer = Answer(200, body, admission.headers)
        if fault is None:
            return answer
        if fault.truncate and not fault.drop:
            answer = replace(answer, body=body[: len(body) // 2])
        return replace(answer, cut=fault.truncate and fault.drop, delay=fault.delay)


def _body(head: dict[str, Any], records: bytes, admission: Admission) -> bytes:
    """A list in its envelope, or the one record as an object of its own."""
    opened = orjson.dumps(head)[:-1]
    if admission.version in admission.endpoint.singleton:
        return opened + b"," + records[1:]
    return opened + b',"value":[' + records + b"]}"


def _context(ask: Ask, admission: Admission) -> str:
    select, expand = admission.query.option("$select"), admission.query.option("$expand")
    chosen = ",".join(part for part in (select, f"{expand}()" if expand else None) if part)
    context = admission.endpoint.context.replace("{id}", admission.target)
    suffix = f"({chosen})" if chosen else ""
    if admission.version in admission.endpoint.singleton and context.startswith("policies/"):
        suffix += "/$entity"
    return f"{ask.origin}/{admission.version}/$metadata#{context}{suffix}"
