"""A reply of the sign-in service, which ends where it is too large or takes too long."""

import time
from collections.abc import Iterator
from typing import Any

from requests.exceptions import ContentDecodingError, ReadTimeout

# A token with its envelope has some kilobytes.
MAX_REPLY_BYTES = 2**20


class BoundedReply:
    """A raw body of urllib3's that counts what it unpacks; all else is as it was.

    requests alone would unpack a gigabyte of zeros, and wait for ever for one byte at a time.
    """

    def __init__(self, raw: Any, seconds: float) -> None:
        self._raw = raw
        self._deadline = time.monotonic() + seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, *arguments: Any, **options: Any) -> Iterator[bytes]:
        """Pieces of the body. Raises what requests raises for a body that cannot be read."""
        size = 0
        for piece in self._raw.stream(*arguments, **options):
            size += len(piece)
            if size > MAX_REPLY_BYTES:
                raise ContentDecodingError("the reply is larger than any token")
            if time.monotonic() > self._deadline:
                raise ReadTimeout("the reply does not end")
            yield piece
