"""HTTP/1.1 over TLS on loopback, on aiohttp; raw enough to drop a connection half-way."""

import asyncio
import gzip
import random
import uuid
from time import monotonic
from urllib.parse import parse_qsl

from aiohttp import web

from pipeline.sandbox.protocol.clock import http_date
from pipeline.sandbox.protocol.wire import Answer, Call, GraphError
from pipeline.sandbox.server.admission import Ask
from pipeline.sandbox.server.authority import Authority
from pipeline.sandbox.server.graph import Graph
from pipeline.sandbox.server.request_log import LoggedRequest
from pipeline.sandbox.server.world import World

_DIAGNOSTIC = (
    '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"001",'
    '"RoleInstance":"SBX0000001"}}'
)
_JSON = "application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8"
_WORTH_ZIPPING = 1000


class Handler:
    """Turns one HTTP request into one answer of the login authority or of Graph."""

    def __init__(self, world: World) -> None:
        self._world, self._graph, self._authority = world, Graph(world), Authority(world)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        arrived = monotonic()
        path, _, query = request.raw_path.partition("?")
        ask = Ask(
            request.method,
            f"https://{request.host}",
            path,
            query,
            request.headers.get("Authorization"),
            ",".join(request.headers.getall("Prefer", [])),
        )
        # No secret: asking the system for randomness takes longer than many an answer.
        request_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        call = Call(
            request_id,
            request.headers.get("client-request-id") or request_id,
            self._world.clock.now(),
            arrived,
        )
        login_tenant = Authority.tenant_of(path)
        if login_tenant is not None:
            return await self._login(request, ask, call, login_tenant)
        return await self._ask(request, ask, call)

    async def _login(
        self, request: web.BaseRequest, ask: Ask, call: Call, tenant_id: str
    ) -> web.StreamResponse:
        form = dict(parse_qsl((await request.text()), keep_blank_values=True))
        fault = self._world.faults.take(tenant_id, ask.target)
        if fault:
            answer = fault.answer(call)
        else:
            answer = self._authority.answer(
                method=ask.method, origin=ask.origin, path=ask.path, form=form
            )
        return await self._send(request, answer, ask, call, tenant_id)

    async def _ask(self, request: web.BaseRequest, ask: Ask, call: Call) -> web.StreamResponse:
        tenant_id: str | None = None
        try:
            claims = self._graph.caller(ask)
            tenant_id = claims.tenant_id
            fault = self._world.faults.take(tenant_id, ask.target)
            if fault:
                return await self._send(request, fault.answer(call), ask, call, tenant_id)
            with self._graph.admitted(ask, claims) as admission:
                await asyncio.sleep(self._world.latency)
                answer = self._graph.page(ask, admission, call)
                return await self._send(request, answer, ask, call, tenant_id)
        except GraphError as refusal:
            return await self._send(request, refusal.answer(call), ask, call, tenant_id)

    async def _send(
        self, request: web.BaseRequest, answer: Answer, ask: Ask, call: Call, tenant_id: str | None
    ) -> web.StreamResponse:
        self._world.requests.note(
            LoggedRequest(
                ask.method,
                ask.target,
                tenant_id,
                0 if answer.drop else answer.status,
                ask.authorization is not None,
                call.request_id,
                {k: v for k, v in request.headers.items() if k.lower() != "authorization"},
                call.arrived,
            )
        )
        await asyncio.sleep(answer.delay)
        if answer.drop:
            return self._hang_up(request)
        body, headers = answer.body, self._headers(answer, call)
        zips = "gzip" in request.headers.get("Accept-Encoding", "")
        if zips and len(body) > _WORTH_ZIPPING:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = len(body)
        await response.prepare(request)
        if answer.cut:
            await response.write(body[: len(body) // 2])
            return self._hang_up(request)
        await response.write_eof(body)
        return response

    def _hang_up(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.close()
        raise asyncio.CancelledError

    def _headers(self, answer: Answer, call: Call) -> dict[str, str]:
        is_json = answer.content_type == "application/json"
        return {
            "Content-Type": _JSON if is_json else answer.content_type,
            "Vary": "Accept-Encoding",
            "Strict-Transport-Security": "max-age=31536000",
            "request-id": call.request_id,
            "client-request-id": call.client_request_id,
            "x-ms-ags-diagnostic": _DIAGNOSTIC,
            "Date": http_date(call.moment),
            "Server": "sandbox",
            **answer.headers,
        }
