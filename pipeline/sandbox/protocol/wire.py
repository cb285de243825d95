"""One HTTP answer, and Graph's error bodies as clients meet them."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

SCOPES_MISSING = "Auth token does not contain valid permissions or user does not have valid roles"
PRIVILEGES_MISSING = "Insufficient privileges to complete the operation."
GATEWAY_403 = (
    b"<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n"
    b"<center><h1>403 Forbidden</h1></center>\r\n"
    b"<hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Answer:
    """What goes back, `delay` seconds late.

    `drop` sends nothing; `cut` promises the whole body and sends half of it.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    drop: bool = False
    cut: bool = False
    delay: float = 0.0


@dataclass(frozen=True)
class Call:
    """The identifiers that Graph repeats in errors and headers, and when the request came in."""

    request_id: str
    client_request_id: str
    moment: datetime
    arrived: float = 0.0


class GraphError(Exception):
    """A request that Graph answers with an error; carries status, code, message and headers."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = headers or {}

    def answer(self, call: Call) -> Answer:
        return Answer(
            self.status, error_body(self.status, self.code, self.message, call), self.headers
        )


def bad_request(message: str) -> GraphError:
    return GraphError(400, "BadRequest", message)


def unsupported_query(message: str) -> GraphError:
    return GraphError(400, "Request_UnsupportedQuery", message)


def unknown_segment(segment: str) -> GraphError:
    return bad_request(f"Resource not found for the segment '{segment}'.")


def unauthenticated(message: str, authority: str, *, claims: str | None = None) -> GraphError:
    """401; `claims` makes it a continuous access evaluation challenge for those claims (JSON)."""
    challenge = (
        'Bearer realm="", authorization_uri="'
        f'{authority}/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"'
    )
    if claims is not None:
        encoded = base64.b64encode(claims.encode()).decode()
        challenge += f', error="insufficient_claims", claims="{encoded}"'
    headers = {"WWW-Authenticate": challenge}
    return GraphError(401, "InvalidAuthenticationToken", message, headers=headers)


def error_body(status: int, code: str, message: str, call: Call) -> bytes:
    """Graph's error envelope; a 429 nests its own inner message, as the service does."""
    inner: dict[str, Any] = {
        "date": f"{call.moment:%Y-%m-%dT%H:%M:%S}",
        "request-id": call.request_id,
        "client-request-id": call.client_request_id,
    }
    if status == 429:
        inner |= {"code": "429", "message": "Please retry after", "status": "429"}
    return orjson.dumps({"error": {"code": code, "message": message, "innerError": inner}})


def default_error(status: int) -> tuple[str, str]:
    """Code and message that go with a bare status."""
    known = {
        400: ("BadRequest", "Resource not found for the segment."),
        401: ("InvalidAuthenticationToken", "Access token is empty."),
        403: ("Authorization_RequestDenied", PRIVILEGES_MISSING),
        404: ("Request_ResourceNotFound", "Resource does not exist."),
        429: ("TooManyRequests", "Please retry again later."),
        500: ("generalException", "An unspecified error has occurred."),
        502: ("UnknownError", ""),
        503: ("serviceNotAvailable", "The service is not available. Try again after a delay."),
        504: ("UnknownError", ""),
    }
    return known.get(status, ("UnknownError", ""))
