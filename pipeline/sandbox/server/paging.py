"""Opaque links: a page's place is sealed in a GUID, so that the server remembers nothing."""

import struct
import uuid
import zlib
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pipeline.sandbox.protocol.odata import without_skiptoken
from pipeline.sandbox.protocol.wire import bad_request

_LAYOUT = ">IIHHI"


@dataclass(frozen=True)
class Place:
    """Where a page starts: row offset, number of the page (from 1), and the day it is read on."""

    offset: int
    page: int
    day: date
    after_empty: bool = False

    def following(self, rows: int) -> "Place":
        return replace(self, offset=self.offset + rows, page=self.page + 1, after_empty=False)


class Links:
    """Seals and opens `$skiptoken` for one sandbox; deterministic from its seed."""

    def __init__(self, seed: int) -> None:
        key = sha256(f"skiptoken {seed}".encode()).digest()[:16]
        # One block per token: a mode with an initialisation vector would not fit into a GUID.
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())

    def seal(self, place: Place, scope: str) -> str:
        block = struct.pack(
            _LAYOUT,
            place.offset,
            place.day.toordinal(),
            place.page,
            int(place.after_empty),
            zlib.crc32(scope.encode()),
        )
        return str(uuid.UUID(bytes=self._cipher.encryptor().update(block)))

    def open(self, token: str, scope: str) -> Place:
        """The place behind a token of the same tenant, path and query; 400 for any other."""
        try:
            block = self._cipher.decryptor().update(uuid.UUID(token).bytes)
        except ValueError:
            raise bad_request("The skip token is invalid.") from None
        offset, ordinal, page, after_empty, check = struct.unpack(_LAYOUT, block)
        if check != zlib.crc32(scope.encode()):
            raise bad_request("The skip token is invalid.")
        return Place(offset, page, date.fromordinal(ordinal), bool(after_empty))


def scope_of(tenant_id: str, path: str, raw_query: str) -> str:
    """What a link is good for: the same tenant, path and query."""
    return f"{tenant_id}\n{path.lower()}\n{without_skiptoken(raw_query)}"


def link(origin: str, path: str, *, raw_query: str, token: str) -> str:
    """The next link: the request's own URL and query with the token at its end."""
    query = without_skiptoken(raw_query)
    return f"{origin}{path}?{query}{'&' if query else ''}$skiptoken={token}"
