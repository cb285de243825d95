"""Connections that tenants share: one TLS context, a pool to Graph a worker, one to sign-in.

A TLS context of its own costs a tenant 30 ms and 1 MB; azure-identity would make one each.
"""

import logging
import os
import ssl
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter

from pipeline.graph.bounded_client import BoundedClient
from pipeline.graph.bounded_reply import BoundedReply

# hpack prints the encoded bearer token at DEBUG, where no scrubber can see it.
_QUIET = ("h2", "hpack", "httpx", "httpcore", "urllib3", "msal", "azure")
_POOL = 16
_REPLY_SECONDS = 60.0
# A tenant's feeds start together; more connections would cost more handshakes than they save.
_POOL_TO_GRAPH = httpx.Limits(max_connections=6, max_keepalive_connections=6, keepalive_expiry=30.0)


def quiet_loggers() -> None:
    """Keep the libraries that handle tokens silent, whatever the root logger says.

    Their warnings repeat what a server said; the log row of the feed has the cause instead.
    """
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


class Connections:
    """The connections that trust one set of certificate authorities."""

    def __init__(self, ca_bundle: Path | None) -> None:
        self._context = _context(ca_bundle)
        self._session = requests.Session()
        # One session serves many tenants: no cookie of one sign-in may reach another.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("https://", _SharedContext(self._context))

    def graph(self, max_bytes: int) -> BoundedClient:
        """A small pool to Graph for one worker, which keeps it from tenant to tenant.

        Bodies of more than so many bytes are refused.
        One pool for all would poll every idle connection at every request: a fifth of the time.
        """
        return BoundedClient(
            max_bytes=max_bytes,
            verify=self._context,
            follow_redirects=False,
            timeout=httpx.Timeout(100.0, connect=30.0, pool=None),
            limits=_POOL_TO_GRAPH,
            # Microsoft localises titles; a language makes two captures comparable. Without the
            # preference Graph hides its newest words behind `unknownFutureValue`.
            headers={
                "Accept": "application/json",
                "Accept-Language": "en-US",
                "Prefer": "include-unknown-enum-members",
                "User-Agent": "identity-posture",
            },
        )

    def sign_in(self, seconds: float) -> "SignInTransport":
        """A transport for one credential, on the shared pool, that waits so long for a reply."""
        return SignInTransport(self._session, seconds)

    def close(self) -> None:
        """Close the connections to sign-in."""
        self._session.close()


class SignInTransport(RequestsTransport):  # type: ignore[misc]
    """azure-core transport that remembers the last reply, which msal hides from its errors."""

    def __init__(self, session: requests.Session, seconds: float) -> None:
        super().__init__(
            session=session,
            session_owner=False,
            connection_timeout=seconds,
            read_timeout=seconds,
        )
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.is_unreached = False
        self.url = ""

    def send(self, request: Any, **kwargs: Any) -> Any:
        self.status, self.headers, self.is_unreached, self.url = None, {}, True, request.url
        response = super().send(request, **kwargs)
        self.is_unreached = False
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        return response


class _SharedContext(HTTPAdapter):
    """Verifies with the given context instead of reading the trust store a connection."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_maxsize=_POOL, max_retries=0)

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, _ = super().build_connection_pool_key_attributes(request, True, cert)
        return host, {"ssl_context": self._context}

    def send(self, request: Any, **options: Any) -> Any:  # type: ignore[override]
        """The reply, whose body is bounded in bytes and, like its beginning, in seconds."""
        response = super().send(request, **options)
        timeout = options.get("timeout")
        seconds = timeout[1] if isinstance(timeout, tuple) else timeout
        response.raw = BoundedReply(response.raw, seconds or _REPLY_SECONDS)
        return response

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to set: the context verifies."""


def _context(ca_bundle: Path | None) -> ssl.SSLContext:
    if ca_bundle is not None:
        return ssl.create_default_context(cafile=ca_bundle)
    context = httpx.create_ssl_context()
    # requests and azure-identity would honour this one, httpx would not: both must agree.
    extra = os.environ.get("REQUESTS_CA_BUNDLE")
    if extra and Path(extra).is_file():
        context.load_verify_locations(cafile=extra)
    return context
