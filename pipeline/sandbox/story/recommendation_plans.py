"""Which recommendations Entra makes, and of what."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import orjson


@dataclass(frozen=True)
class Planned:
    """A recommendation as data/recommendations.json has it; `control` is the score's own name."""

    type: str
    control: str
    title: str
    priority: str
    licence: str
    impact: str
    resources: str
    areas: tuple[str, ...]
    insight: str

    @property
    def tier(self) -> str:
        """The licence tier that is shown it."""
        return self.licence.removeprefix("microsoftEntraId").lower()


@lru_cache(maxsize=1)
def planned_recommendations() -> tuple[Planned, ...]:
    """All of them, of every licence."""
    raw = files("pipeline.sandbox").joinpath("data/recommendations.json").read_bytes()
    return tuple(Planned(**entry) for entry in orjson.loads(raw))
