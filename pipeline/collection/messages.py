"""What the processes of a run tell each other, over pipes and as whole messages."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Any

from pipeline.collection.line import Group
from pipeline.collection.run_context import RunContext
from pipeline.config.settings import Tenant
from pipeline.graph.feeds import FEEDS
from pipeline.lake.log import LogRow

_LENGTH = 8


@dataclass(frozen=True)
class Work:
    """A group of tenants with the names of their feeds; a worker has the catalogue itself."""

    tenants: Sequence[tuple[Tenant, tuple[str, ...]]]

    @classmethod
    def of(cls, group: Group) -> "Work":
        return cls([(tenant, tuple(feed.name for feed in feeds)) for tenant, feeds in group])

    @property
    def group(self) -> Group:
        return [(tenant, [FEEDS[name] for name in names]) for tenant, names in self.tenants]


@dataclass(frozen=True)
class Job:
    """What a worker begins with. Secrets are in it as where they are found, never as they read;
    only the key of pseudonyms is itself, and goes through the pipe alone."""

    context: RunContext
    lake: Path
    first: Work


@dataclass(frozen=True)
class Wanted:
    """A worker has given out its tenants and asks for more; the answer is Work or None."""


@dataclass(frozen=True)
class Read:
    """A feed of a tenant has ended."""

    row: LogRow


@dataclass(frozen=True)
class Done:
    """A worker has read and written all that it was given, or ended with an error."""

    error: BaseException | None = None


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
