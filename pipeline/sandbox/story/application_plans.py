"""Which applications are planned, and what becomes of them."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import orjson


@dataclass(frozen=True)
class Planned:
    """An application as data/applications.json plans it; days are of the story.

    `secrets` and `certificates` are (first day, days of life); `grants` are (consent, scopes,
    who); `gone` is the day on which the service principal is deleted; `foreign`: of another tenant.
    """

    key: str
    name: str
    shapes: tuple[str, ...]
    created: int
    permissions: tuple[str, ...] = ()
    grants: tuple[tuple[str, ...], ...] = ()
    secrets: tuple[tuple[int, int], ...] = ()
    certificates: tuple[tuple[int, int], ...] = ()
    type: str = "Application"
    foreign: bool = False
    enabled: bool = True
    gone: int | None = None

    def exists(self, day: int) -> bool:
        return self.created <= day and (self.gone is None or day < self.gone)


@lru_cache(maxsize=1)
def planned_applications() -> tuple[Planned, ...]:
    """All of them, of every shape of tenant."""
    raw = orjson.loads(files("pipeline.sandbox").joinpath("data/applications.json").read_bytes())
    return tuple(Planned(**entry) for entry in raw)
