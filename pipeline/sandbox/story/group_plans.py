"""Which groups are planned, and who is in them from when to when."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import orjson


@dataclass(frozen=True)
class Planned:
    """A group as data/groups.json plans it.

    A member is `kind:key`, several of the staff `staff:0..9`; `@20` joins on day 20, `@-50` is
    gone on day 50, `@20-50` both.
    """

    key: str
    name: str
    shapes: tuple[str, ...]
    members: tuple[str, ...]
    holds: str = ""
    description: str | None = None
    assignable: bool = False
    unified: bool = False
    synced: bool = False
    rule: str | None = None


@lru_cache(maxsize=1)
def planned_groups() -> tuple[Planned, ...]:
    """All of them, of every shape of tenant."""
    raw = orjson.loads(files("pipeline.sandbox").joinpath("data/groups.json").read_bytes())
    return tuple(Planned(**entry) for entry in raw)


@dataclass(frozen=True)
class Membership:
    """One direct member from `start` to `end` (exclusive, None while it stays), in story days."""

    kind: str
    id: str
    start: int = 0
    end: int | None = None

    def holds(self, day: int) -> bool:
        return self.start <= day and (self.end is None or day < self.end)
