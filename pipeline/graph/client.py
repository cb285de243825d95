"""One tenant's way to Graph: msgraph-sdk's adapter, our own retry loop, native responses."""

import asyncio
import binascii
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import httpx

from pipeline.config.bounds import Bounds
from pipeline.config.settings import Tenant
from pipeline.graph.adapter import adapter_of, get_request
from pipeline.graph.addresses import refuse_foreign
from pipeline.graph.bounded_client import OversizedBodyError, on_reply
from pipeline.graph.connections import Connections
from pipeline.graph.feed import Feed, Workload
from pipeline.graph.limits import Gates, SharedGates, shared_gates
from pipeline.graph.outcomes import (
    FeedError,
    Outcome,
    Refusal,
    bad_page,
    is_token_refused,
    judge,
    no_answer,
)
from pipeline.graph.retry import Attempts, RetryPolicy, http_date, retry_after
from pipeline.graph.sign_in import ClaimsChallenge, TenantTokens
from pipeline.graph.standing import Standing
from pipeline.graph.tally import Tally
from pipeline.graph.unanswered import challenged, unreached

Page = TypeVar("Page")

# A token may be refused once for its age and once by continuous access evaluation.
_RENEWALS = 2


@dataclass(frozen=True)
class Workers:
    """Threads for what blocks. Pages have one: a second parsed page in memory gains nothing."""

    sign_in: Executor
    pages: Executor


@dataclass(frozen=True)
class _Asked:
    """What a refusal is judged by: who serves the request, and what that needs."""

    permission: str
    licence: str | None
    workload: Workload
    is_optional: bool


class UnusablePageError(Exception):
    """A 200 whose body is no page. Carries the refusal that says what it is."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.note)
        self.refusal = refusal


class GraphClient:
    """Reads from Graph for one tenant: GET only, to its own cloud only, within the limits.

    `is_premium` is what is known of the tenant's licences: P1 or P2, neither, or nothing yet.
    """

    def __init__(
        self,
        tenant: Tenant,
        connections: Connections,
        http: httpx.AsyncClient,
        *,
        policy: RetryPolicy,
        workers: Workers,
        bounds: Bounds,
        shared: SharedGates | None = None,
    ) -> None:
        self.tenant = tenant
        self.bounds = bounds
        self.is_premium: bool | None = None
        self.standing = Standing(min(bounds.silent_seconds, policy.seconds))
        self.tokens = TenantTokens(
            tenant, connections, policy=policy, threads=workers.sign_in, standing=self.standing
        )
        self._policy = policy
        self._workers = workers
        self._gates = Gates(shared_gates() if shared is None else shared)
        self._adapter = adapter_of(tenant.cloud, self.tokens, http)

    async def get(
        self,
        url: str,
        read: Callable[[bytes], Page],
        *,
        feed: Feed,
        tally: Tally,
        workload: Workload | None = None,
        permission: str | None = None,
        units: int = 1,
    ) -> Page:
        """What `read` makes of the body at a URL, tried again while that makes sense.

        `read` runs in a worker and raises UnusablePageError for a body that is no page;
        `workload` and `permission` are the feed's where they are not given.
        Raises FeedError; adds to the tally in any case.
        """
        refuse_foreign(url, self.tenant.cloud)
        workload = workload or feed.workload
        asked = _Asked(permission or feed.permission, feed.licence, workload, feed.optional)
        attempts = Attempts(self._policy)
        renewals = 0
        while True:
            # Asked here and not by the adapter: a refused sign-in is no request to Graph.
            await self.tokens.get_token(self.tenant.cloud.scope)
            tally.requests += 1
            tally.retries += attempts.tries > 0
            async with self._gates.passing(workload, units):
                began = attempts.begin()
                refusal, headers = await self._try(url, asked, attempts.seconds_left, tally)
            if isinstance(refusal, bytes):
                try:
                    loop = asyncio.get_running_loop()
                    return await loop.run_in_executor(self._workers.pages, read, refusal)
                except UnusablePageError as error:
                    refusal = error.refusal
            if is_token_refused(refusal) and renewals < _RENEWALS:
                renewals += 1
                continue
            if refusal.outcome is Outcome.UNAVAILABLE:
                self.standing.failed(workload, feed.name, began)
            allowed = 1 if self.standing.is_down else refusal.tries
            wait = attempts.wait_before_next(retry_after(headers), allowed)
            if wait is None:
                raise refusal.error
            await asyncio.sleep(self.standing.pause(wait))

    async def _try(
        self, url: str, asked: "_Asked", seconds: float, tally: Tally
    ) -> tuple[bytes | Refusal, Mapping[str, str]]:
        used = self.tokens.current
        try:
            async with asyncio.timeout(max(self.standing.seconds(seconds), 1)) as patience:
                on_reply.set(partial(self._heard, patience, seconds))
                response = await self._send(url)
        except FeedError:
            raise
        except ClaimsChallenge as challenge:
            self.tokens.forget(used, challenge.claims)
            return challenged(), {}
        except binascii.Error:
            return challenged(), {}
        except TimeoutError:
            return no_answer("no answer in time"), {}
        except OversizedBodyError as error:
            return bad_page(str(error)), {}
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return unreached(error, url), {}
        tally.bytes += len(response.content)
        tally.http_status = response.status_code
        tally.request_id = response.headers.get("request-id")
        if tally.date is None:
            tally.date = http_date(response.headers.get("date", ""))
        if response.status_code == httpx.codes.OK:
            return response.content, response.headers
        refusal = judge(
            response.status_code,
            response.content,
            permission=asked.permission,
            licence=asked.licence,
            cloud=self.tenant.cloud.name,
            workload=asked.workload,
            is_premium=self.is_premium,
            is_optional=asked.is_optional,
        )
        if is_token_refused(refusal):
            self.tokens.forget(used)
        return refusal, response.headers

    def _heard(self, patience: asyncio.Timeout, seconds: float, status: int) -> None:
        """The beginning of a reply: the rest of it has all the time that is left."""
        if status < httpx.codes.INTERNAL_SERVER_ERROR:
            self.standing.answered()
        patience.reschedule(asyncio.get_running_loop().time() + max(seconds, 1))

    async def _send(self, url: str) -> httpx.Response:
        response = await self._adapter.send_primitive_async(get_request(url), "bytes", {})
        assert isinstance(response, httpx.Response)
        return response
