"""An HTTP client whose responses end where they become too large, packed or not."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpx

# Told of the status once it is there: a long body is no silence.
on_reply: ContextVar[Callable[[int], None] | None] = ContextVar("on_reply", default=None)
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")


class OversizedBodyError(Exception):
    """A body went past the bound, which the message names."""


class BoundedClient(httpx.AsyncClient):
    """Reads a body piece by piece, unpacked, and lets go of one that is larger than allowed.

    httpx alone would unpack all of it first: a gigabyte of zeros is a megabyte on the wire.
    """

    def __init__(self, *, max_bytes: int, **options: Any) -> None:
        super().__init__(**options)
        self._max_bytes = max_bytes

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> Any:
        """The response with its body, unless a stream was asked for. Raises OversizedBodyError."""
        response = await super().send(request, stream=True, **options)
        if stream:
            return response
        told = on_reply.get()
        if told is not None:
            told(response.status_code)
        try:
            body = await self._body(response)
        finally:
            await response.aclose()
        headers = [pair for pair in response.headers.multi_items() if pair[0] not in _OF_THE_WIRE]
        return httpx.Response(
            response.status_code,
            headers=headers,
            content=body,
            request=request,
            extensions=response.extensions,
        )

    async def _body(self, response: httpx.Response) -> bytes:
        pieces, size = [], 0
        async for piece in response.aiter_bytes():
            size += len(piece)
            if size > self._max_bytes:
                raise OversizedBodyError(
                    f"the body is larger than {self._max_bytes // 2**20} MB, "
                    "which is limits: response_megabytes"
                )
            pieces.append(piece)
        return b"".join(pieces)
