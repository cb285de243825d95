"""The token of one tenant: asked for, checked, kept until near its end."""

import asyncio
import base64
import binascii
import time
from concurrent.futures import Executor
from typing import Any

import orjson
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError

from pipeline.config.settings import Tenant
from pipeline.errors import UsageError
from pipeline.graph.connections import Connections, SignInTransport
from pipeline.graph.credentials import build_credential
from pipeline.graph.outcomes import MAX_TRIES, FeedError, Outcome
from pipeline.graph.retry import Attempts, RetryPolicy, retry_after
from pipeline.graph.sign_in_failure import sign_in_failure
from pipeline.graph.standing import Standing

_REFRESH_BEFORE = 300.0
_REFRESH_SHARE = 0.1
_MAX_REPLY = 60.0


class ClaimsChallenge(Exception):  # noqa: N818  # no error: Graph asks for another sign-in
    """Graph refused a token by continuous access evaluation; `claims` go into the next sign-in."""

    def __init__(self, claims: str) -> None:
        super().__init__("Graph asks for a sign-in with other claims")
        self.claims = claims


class TenantTokens:
    """The access token of one tenant, as a credential that kiota can ask before each request.

    Checks that the token belongs to the tenant; refreshes it before it ends.
    """

    def __init__(
        self,
        tenant: Tenant,
        connections: Connections,
        *,
        policy: RetryPolicy,
        threads: Executor,
        standing: Standing,
    ) -> None:
        self._tenant = tenant
        self._connections = connections
        self._policy = policy
        self._threads = threads
        self._standing = standing
        self._token: AccessToken | None = None
        self._good_until = 0.0
        self._claims: str | None = None
        self._lock = asyncio.Lock()

    async def get_token(self, *_scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        """The token in use, or a new one near its end or after a claims challenge.

        Raises FeedError: auth_failed, throttled or unavailable. Raises ClaimsChallenge where kiota
        was challenged: it would ask again at once, past the limits that a request must wait for.
        """
        if claims:
            raise ClaimsChallenge(claims)
        async with self._lock:
            if self._token is None or time.time() >= self._good_until:
                self._token = await self._sign_in(self._claims)
                lifetime = self._token.expires_on - time.time()
                early = min(_REFRESH_BEFORE, lifetime * _REFRESH_SHARE)
                self._good_until = self._token.expires_on - early
            return self._token

    @property
    def current(self) -> AccessToken | None:
        """The token in use; None before the first sign-in and after a refusal."""
        return self._token

    def forget(self, refused: AccessToken | None, claims: str | None = None) -> None:
        """Drop a token that Graph refused, so that the next request asks for a new one.

        A token that came since stays: several requests may have been refused with the last one.
        """
        if refused is None or self._token is refused:
            self._token = None
        # Claims that are no JSON would make every later sign-in fail.
        if claims and _is_object(claims):
            self._claims = claims

    async def _sign_in(self, claims: str | None) -> AccessToken:
        attempts = Attempts(self._policy)
        loop = asyncio.get_running_loop()
        while True:
            attempts.begin()
            seconds = min(_MAX_REPLY, attempts.seconds_left, self._silence_left(attempts))
            transport = self._connections.sign_in(max(seconds, 1.0))
            try:
                token = await loop.run_in_executor(self._threads, self._ask, transport, claims)
            except (AzureError, UsageError, ValueError, OSError) as error:
                failure, again = sign_in_failure(error, transport)
                wait = attempts.wait_before_next(retry_after(transport.headers), MAX_TRIES)
                if failure.outcome is Outcome.UNAVAILABLE and again:
                    again = wait is not None and wait < self._silence_left(attempts)
                    if not again:
                        self._standing.sign_in_failed()
                if not again or wait is None:
                    raise failure from None
                await asyncio.sleep(wait)
            else:
                self._check(token)
                self._standing.signed_in()
                return token

    def _silence_left(self, attempts: Attempts) -> float:
        """How much longer a sign-in may go unanswered."""
        return self._standing.sign_in_seconds - attempts.elapsed

    def _ask(self, transport: SignInTransport, claims: str | None) -> AccessToken:
        # A new credential each time: msal keeps refusals in its cache and would repeat them.
        credential = build_credential(self._tenant, transport)
        options = {"claims": claims, "enable_cae": True} if claims else {}
        token: AccessToken = credential.get_token(self._tenant.cloud.scope, **options)
        return token

    def _check(self, token: AccessToken) -> None:
        owner = token_claims(token.token).get("tid")
        if owner is not None and str(owner).lower() != self._tenant.tenant_id:
            raise FeedError(
                Outcome.AUTH_FAILED,
                "sign-in gave the token of another tenant and it was not used; "
                "check the credential and the tenant's id",
                error_code="wrong_tenant",
            )


def _is_object(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except ValueError:
        return False


def token_claims(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified: Graph alone can check its own tokens.

    Empty for a token that is not one. Lenient about the rest of it, so that whose token it is
    shows even where a strict reader would give up.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = orjson.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}
