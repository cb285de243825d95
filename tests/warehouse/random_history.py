"""Random lives of many tenants: everything that can make an earlier day look different."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.warehouse.lake_writer import control, profile, record, tenant, write_run
from tests.warehouse.random_entra import Entra
from tests.warehouse.random_policies import policies
from tests.warehouse.random_roles import definitions, holdings

FIRST_DAY = date(2026, 2, 26)
NAMES = ["AdminMFAV2", "OneAdmin", "mdo_safe", "aad_x", "scid_1", "Mixed_Case"]


@dataclass
class Life:
    """One tenant's true values, changed a little every day."""

    number: int
    chance: random.Random
    maxima: dict[str, float] = field(default_factory=dict)
    percentages: dict[str, float] = field(default_factory=dict)
    catalogue: set[str] = field(default_factory=set)
    states: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    records: dict[date, dict[str, Any]] = field(default_factory=dict)
    entra: Entra = field(init=False)

    def __post_init__(self) -> None:
        self.entra = Entra(self.tenant_id, random.Random(self.number))
        self.policy_chance = random.Random(self.number)
        for name in NAMES:
            self.maxima[name] = self.chance.choice([5.0, 8.0, 10.0])
            self.percentages[name] = self.chance.choice([0.0, 0.0, 50.0, 100.0])
        self.catalogue = {name for name in NAMES if self.chance.random() < 0.7}

    @property
    def tenant_id(self) -> str:
        return tenant(self.number)

    def live(self, day: date) -> None:
        """Let a day pass: the record of the day, and perhaps a change of anything."""
        chance = self.chance
        for name in NAMES:
            if chance.random() < 0.12:
                self.percentages[name] = chance.choice([0.0, 30.0, 50.0, 100.0])
            if chance.random() < 0.05:
                self.maxima[name] = chance.choice([4.0, 5.0, 8.0, 10.0, 7.3])
            if chance.random() < 0.08:
                self.catalogue ^= {name}
            if chance.random() < 0.06:
                self._change_state(name, day)
        if chance.random() < 0.9:
            self.records[day] = self._record(day)

    def _change_state(self, name: str, day: date) -> None:
        if self.states.get(name) and self.chance.random() < 0.3:
            self.states.pop(name)
            return
        made = day - timedelta(days=self.chance.choice([0, 0, 1, 4]))
        update = {
            "assignedTo": None,
            "comment": "why",
            "state": self.chance.choice(["Ignored", "ThirdParty", "Default", "Reviewed"]),
            "updatedBy": "someone",
            "updatedDateTime": f"{made.isoformat()}T12:00:00Z",
        }
        self.states.setdefault(name, []).append(update)

    def _record(self, day: date) -> dict[str, Any]:
        scored = [name for name in NAMES if self.chance.random() < 0.85]
        controls = []
        for name in scored:
            percentage = self.percentages[name]
            shown = name.lower() if name == "Mixed_Case" else name
            score = round(self.maxima[name] * percentage / 100, 2)
            if self.chance.random() < 0.04:
                score = round(score * 0.9, 2)
            shown_percentage = None if self.chance.random() < 0.03 else percentage
            controls.append(control(shown, score, shown_percentage))
        if controls and self.chance.random() < 0.05:
            controls.append(dict(controls[0], score=1.0))
        reported = sum(self.maxima[name] for name in scored)
        if self.chance.random() < 0.3:
            ignored = [name for name in scored if self._is_ignored(name)]
            reported -= sum(self.maxima[name] for name in ignored)
        return record(
            self.tenant_id, day, controls, maximum=max(reported, 0.0), services=self._services(day)
        )

    def _services(self, day: date) -> list[str]:
        """Another service every now and then, of dice of their own."""
        since = day.toordinal() // random.Random(f"services {self.number}").choice([4, 9, 30])
        more = random.Random(f"services {self.number} {since}").choice([[], ["HasEOP"]])
        return ["HasAADP1", *more]

    def _skus(self, day: date) -> list[dict[str, Any]]:
        dice = random.Random(f"skus {self.number} {day.toordinal() // 3}")
        return [
            {
                "id": sku,
                "skuId": sku,
                "capabilityStatus": dice.choice(["Enabled", "Suspended"]),
                "prepaidUnits": {"enabled": day.day},
                "servicePlans": [],
            }
            for sku in ("s1", "s2")
        ]

    def _is_ignored(self, name: str) -> bool:
        states = self.states.get(name, [])
        return bool(states) and states[-1]["state"] == "Ignored"

    def answers(self, day: date, *, first: bool) -> dict[str, Any]:
        """What Graph answers on a day: a window of records, newest rich, and today's catalogue."""
        chance = self.chance
        window = 90 if first else chance.choice([2, 2, 8])
        known = sorted(self.records)[-window:]
        if chance.random() < 0.1 and known:
            revised = chance.choice(known)
            self.records[revised] = self._record(revised)
        shown = []
        for one in reversed(known):
            copy = dict(self.records[one])
            if one == known[-1]:
                copy["controlScores"] = [
                    {**item, "count": "1", "total": "2", "description": "d"}
                    for item in copy["controlScores"]
                ]
            shown.append(copy)
        catalogue = [
            profile(self.tenant_id, name, self.maxima[name], states=self.states.get(name))
            for name in sorted(self.catalogue)
        ]
        roles = holdings(chance, licensed=self.number % 3 > 0)
        return {
            "secure_scores": _maybe_failing(chance, shown),
            "secure_score_control_profiles": _maybe_failing(chance, catalogue),
            "role_definitions": _maybe_failing(chance, definitions()),
            **{feed: _maybe_failing(chance, answer) for feed, answer in roles.items()},
            "organization": [{"id": self.tenant_id, "displayName": f"Org {self.number}"}],
            "subscribed_skus": _maybe_failing(chance, self._skus(day)),
            **{feed: _maybe_failing(chance, one) for feed, one in self.entra.answers(day).items()},
            **policies(self.policy_chance),
        }


def _maybe_failing(chance: random.Random, answer: Any) -> Any:
    return "unavailable" if chance.random() < 0.07 else answer


def _register(chance: random.Random, tenants: list[str]) -> list[dict[str, Any]]:
    """Owners of a few controls, others every day; drawn apart from the lives, which stay as is."""
    return [
        {
            "tenant_id": one,
            "control_id": chance.choice(NAMES).upper(),
            "owner": chance.choice(["Ada", "Bo"]),
            "review_by": FIRST_DAY + timedelta(days=chance.choice([1, 400])),
        }
        for one in tenants
        if chance.random() < 0.5
    ]


def write_history(lake: Path, *, seed: int, tenants: int, days: int, on_day: Any = None) -> None:
    """Write `days` collection days of `tenants` random lives; `on_day(day)` after each of them.

    It is called between two runs of one day as well, sometimes.
    """
    chance = random.Random(seed)
    lives = [Life(number, random.Random(seed * 1000 + number)) for number in range(1, tenants + 1)]
    for life in lives:
        for back in range(12, 0, -1):
            life.live(FIRST_DAY - timedelta(days=back))
    met: set[int] = set()
    for offset in range(days):
        day = FIRST_DAY + timedelta(days=offset)
        present = [life for life in lives if life.number <= tenants * (offset + 3) // (days + 1)]
        for life in lives:
            life.live(day)
        answers = {}
        for life in present:
            if chance.random() < 0.1:
                continue
            answers[life.tenant_id] = life.answers(day, first=life.number not in met)
            met.add(life.number)
        register = _register(random.Random(seed * 100 + offset), sorted(answers))
        write_run(lake, day, answers, names={tenant(1): "One"}, register=register)
        if chance.random() < 0.25 and answers:
            if chance.random() < 0.5 and on_day:
                on_day(day)
            again = chance.sample(sorted(answers), max(1, len(answers) // 4))
            by_id = {life.tenant_id: life for life in lives}
            write_run(
                lake,
                day,
                {one: by_id[one].answers(day, first=False) for one in again},
                configured=list(answers),
            )
        if on_day:
            on_day(day)
