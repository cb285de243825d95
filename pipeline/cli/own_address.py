"""Answers only who asks for this machine by its own address, and no page of anybody else's.

A web UI that listens on this machine alone is still reached by every page that its user opens: a
name of the page's own can be made to mean 127.0.0.1, and a form needs no answer to do harm.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

NAMES = ("127.0.0.1", "localhost", "[::1]")
REFUSAL = b"Refused: open this page by the address that `posture dev` prints.\n"
# What asks Dagster to do something; nobody comes here by a link.
ASKED = "/graphql"


class OwnAddressOnly:
    """ASGI middleware in front of a server on a loopback address."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or is_own(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Before it was accepted, this is an answer with status 403.
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": REFUSAL})


def is_own(scope: Message) -> bool:
    """Whether a request names this server, and comes from its own pages or from no page at all."""
    port = scope["server"][1]
    hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())
    asked = _values(scope, b"host")
    if len(asked) != 1 or asked[0] not in hosts:
        return False
    if not {f"http://{host}" for host in hosts}.issuperset(_values(scope, b"origin")):
        return False
    return _comes_from_here(scope)


def _comes_from_here(scope: Message) -> bool:
    """By what browsers tell where they leave the origin out; a link that is followed is no harm."""
    if not {"cross-site", "same-site"} & {*_values(scope, b"sec-fetch-site")}:
        return True
    is_link = scope.get("method") == "GET" and _values(scope, b"sec-fetch-mode") == ["navigate"]
    return is_link and not str(scope["path"]).startswith(ASKED)


def _values(scope: Message, name: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for key, value in scope["headers"] if key == name]
