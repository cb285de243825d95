"""What two processes tell each other: whole messages over a pipe."""

import pickle
from io import RawIOBase
from typing import Any

_LENGTH = 8


def send(pipe: RawIOBase, message: object) -> None:
    """Write one message. Raises OSError where nobody reads any more."""
    body = pickle.dumps(message)
    left = memoryview(len(body).to_bytes(_LENGTH, "big") + body)
    while left:
        left = left[pipe.write(left) or 0 :]


def receive(pipe: RawIOBase) -> Any:
    """The next message. Raises EOFError where whoever writes is gone."""
    return pickle.loads(_exactly(pipe, int.from_bytes(_exactly(pipe, _LENGTH), "big")))


def _exactly(pipe: RawIOBase, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = pipe.read(size - len(pieces))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)
