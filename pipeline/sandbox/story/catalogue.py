"""Microsoft's side: the control catalogue, and how it grows, shrinks and reweights over time.

Ids, titles, maxima, tiers and user impact of the Entra controls are facts; the rest is invented in
their likeness. `controls.json` lists them one a line.
"""

import random
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import orjson

BLOCK = 30  # days; every block of the story has the same kinds of events


@dataclass(frozen=True, eq=False)
class Control:
    """One control of the catalogue, as first published; each exists once, so identity is equality.

    `kind` is what it counts; `needs` the service without which a tenant is not scored on it.
    """

    id: str
    title: str
    category: str
    service: str
    max: int
    tier: str
    user_impact: str | None
    kind: str
    needs: str
    status: str
    score_name: str = ""
    default_on: bool = False
    contradicts: str = ""
    profile: bool = True
    reserve: int = 0
    retiring: int = 0

    @property
    def needs_defaults(self) -> bool:
        """Not met in a small business that has security defaults off."""
        return self.default_on or self.id == "AdminMFAV2"

    @property
    def name_in_scores(self) -> str:
        """The `controlName` in scores: for one control its case differs from the profile's id."""
        return self.score_name or self.id


@dataclass(frozen=True)
class Published:
    """The catalogue of one day: maximum by control id, and the controls about to go."""

    maxima: Mapping[str, int]
    deprecated: frozenset[str]


@lru_cache(maxsize=1)
def controls() -> Mapping[str, Control]:
    """All controls that ever are, by id, in the order of profiles (id, case-insensitive)."""
    raw = orjson.loads(files("pipeline.sandbox").joinpath("data/controls.json").read_bytes())
    listed = sorted((Control(**entry) for entry in raw), key=lambda control: control.id.lower())
    return {control.id: control for control in listed}


@dataclass
class Microsoft:
    """What Microsoft does to the catalogue, by day since the sandbox's first day.

    Much happens every month, so that a test meets all of it; where it is `calm` little does, and
    only every third month, as in life.
    """

    seed: int
    calm: bool = False
    _days: list[int] = field(default_factory=lambda: [0])
    _states: list[Published] = field(default_factory=list)
    _blocks: int = 0

    def __post_init__(self) -> None:
        first = {c.id: c.max for c in controls().values() if not c.reserve}
        self._states.append(Published(first, frozenset()))

    def on(self, day: int) -> Published:
        """The catalogue of a day; days before the first have the first one's."""
        while self._blocks * BLOCK <= day:
            self._play(self._blocks)
            self._blocks += 1
        return self._states[max(0, bisect_right(self._days, day) - 1)]

    def _play(self, block: int) -> None:
        rng = random.Random(f"microsoft {self.seed} {block}")
        for day, event, number in _calm_plan(block) if self.calm else _lively_plan(block, rng):
            state = _after(self._states[-1], event, number, rng)
            if state is not self._states[-1]:
                self._days.append(day)
                self._states.append(state)


def _calm_plan(block: int) -> list[tuple[int, str, int]]:
    """From the fourth month on: what the first days after three months of history bring."""
    start, number = block * BLOCK, block // 3
    if block % 3 or not number:
        return []
    return [(start, "add", number), (start + 1, "retire", number), (start + 2, "reweight", 0)]


def _lively_plan(block: int, rng: random.Random) -> list[tuple[int, str, int]]:
    start = block * BLOCK
    return [
        (start + 6 + rng.randint(0, 2), "add", block * 2 + 1),
        (start + 9 + rng.randint(0, 2), "deprecate", block + 1),
        (start + 12 + rng.randint(0, 1), "retire", block + 1),
        (start + 15 + rng.randint(0, 2), "reweight", 0),
        (start + 21 + rng.randint(0, 2), "add", block * 2 + 2),
        (start + 25 + rng.randint(0, 2), "reweight", 0),
    ]


def _after(state: Published, event: str, number: int, rng: random.Random) -> Published:
    maxima, deprecated = dict(state.maxima), set(state.deprecated)
    if event == "reweight":
        # Controls that every shape is scored on, so that the change is felt in each tenant.
        common = [c for c in _common() if c.id in maxima]
        control = rng.choice(common)
        weights = [points for points in (1, 2, 3, 4, 5, 8) if points != maxima[control.id]]
        maxima[control.id] = rng.choice(weights)
        return Published(maxima, state.deprecated)
    attribute = "reserve" if event == "add" else "retiring"
    chosen = [c for c in controls().values() if getattr(c, attribute) == number]
    for control in chosen:
        if event == "add":
            maxima[control.id] = control.max
        elif event == "deprecate":
            deprecated.add(control.id)
        else:
            maxima.pop(control.id, None)
            deprecated.discard(control.id)
    return Published(maxima, frozenset(deprecated)) if chosen else state


@lru_cache(maxsize=1)
def _common() -> tuple[Control, ...]:
    return tuple(
        c
        for c in controls().values()
        if c.needs in ("free", "exo", "spo") and c.kind in ("switch", "setting") and c.profile
    )
