"""The customer's controls over time: what gets done, what slips back, what is set aside.

A control's standing changes by events (three done and two regressed a month, one set aside) and
by a slow drift where users or devices are counted.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.sandbox.story.catalogue import BLOCK, Control, Microsoft, controls
from pipeline.sandbox.story.directory import Directory
from pipeline.sandbox.story.identity import Tenant
from pipeline.sandbox.story.standing import COUNTED, DEFAULT_UPDATE, Standing

_SERVICES = {
    "small_business": {"free", "exo", "spo", "p2_or_defaults"},
    "mid_size": {"free", "exo", "spo", "p1", "mdo"},
    "regulated": {"free", "exo", "spo", "p1", "p2", "p2_or_defaults", "mdo", "e5", "mcas", "mdi"}
    | {"mde", "MDA_SF", "MDA_GitHub"},
}
_DONE_AT_START = {"small_business": 0.4, "mid_size": 0.55, "regulated": 0.7}


@dataclass
class _Course:
    """Where a control stands while the story plays; `unmet` for counted ones, else 0 or 1."""

    control: Control
    unmet: float
    state: str = "Default"
    changes: list[tuple[int, str]] = field(default_factory=list)
    updates: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    last: Standing | None = None
    cause: tuple[object, ...] = ()


class Progress:
    """One tenant's controls; plays day after day from the first one and keeps every day."""

    def __init__(
        self, tenant: Tenant, *, microsoft: Microsoft, directory: Directory, born: date, offset: int
    ) -> None:
        self._tenant, self._microsoft, self._directory = tenant, microsoft, directory
        self._born, self._offset = born, offset
        self._days: list[tuple[Standing, ...]] = []
        self._courses: dict[str, _Course] = {}
        self._events: dict[int, list[str]] = {}
        self._has_defaults = tenant.has_security_defaults(lifelike=microsoft.calm)
        owned = _SERVICES[tenant.segment] | ({"hybrid"} if tenant.is_hybrid else set())
        self._licensed = [control for control in controls().values() if control.needs in owned]

    def on(self, day: int) -> tuple[Standing, ...]:
        """The scored controls of a day (0 is the tenant's first), in catalogue order."""
        while len(self._days) <= day:
            self._days.append(self._play(len(self._days)))
        return self._days[day]

    def updates(self, day: int) -> Mapping[str, list[dict[str, Any]]]:
        """`controlStateUpdates` by control id as of a day, for the controls that were touched.

        The newest comes first, after it the older ones: position says nothing about time.
        """
        self.on(max(0, day))
        found = {}
        for name, course in self._courses.items():
            upto = [update for since, update in course.updates if since <= day]
            if upto:
                found[name] = [*reversed(upto), DEFAULT_UPDATE]
        return found

    def _play(self, day: int) -> tuple[Standing, ...]:
        if day % BLOCK == 0:
            self._schedule(day // BLOCK)
        rng = self._tenant.rng("day", day)
        # Scores follow the catalogue two days later, in both directions.
        known = self._microsoft.on(day + self._offset - 2).maxima
        courses = [self._course(c, rng) for c in self._licensed if c.id in known]
        open_to_change = [c for c in courses if not self._is_fixed(c.control)]
        for event in self._events.pop(day, ()):
            self._happen(event, open_to_change, day, rng)
        census = self._census(day)
        return tuple(_stand(course, census, day, rng) for course in courses)

    def _is_fixed(self, control: Control) -> bool:
        """What only the number of administrators moves, or turning security defaults on."""
        is_small = self._tenant.segment == "small_business"
        waits = control.needs_defaults and is_small and not self._has_defaults
        return control.kind == "global_admins" or waits

    def _census(self, day: int) -> "_Census":
        users = self._directory.users(day)
        admins, global_admins, least = self._directory.administrators(day)
        return _Census(
            self._microsoft.on(day + self._offset).maxima,
            {"users": users, "admins": admins, "devices": users + users // 3},
            {"global_admins": global_admins, "role_overlap": least},
        )

    def _course(self, control: Control, rng: random.Random) -> _Course:
        course = self._courses.get(control.id)
        if course is None:
            share = _DONE_AT_START[self._tenant.segment]
            if control.kind != "global_admins" and self._is_fixed(control):
                unmet = 1.0
            elif control.default_on and self._tenant.segment == "small_business":
                unmet = 0.0
            elif control.kind in COUNTED:
                unmet = 0.0 if rng.random() < 0.2 else round(rng.uniform(0.05, 1.2 - share), 3)
            else:
                unmet = float(rng.random() > share)
            course = self._courses[control.id] = _Course(control, min(unmet, 1.0))
        return course

    def _schedule(self, block: int) -> None:
        rng, start = self._tenant.rng("progress", block), block * BLOCK
        plan = [("done", 3, 5), ("regress", 9, 12), ("done", 18, 20), ("regress", 22, 24)]
        plan += [("done", 25, 27), ("joiners", 7, 9)]
        plan += [("ignore", 13, 14)] if block % 2 == 0 else [("restore", 10, 12)]
        plan += [("third_party", 20, 21)] if block % 2 else [("review", 16, 17)]
        for event, low, high in plan:
            self._events.setdefault(start + rng.randint(low, high), []).append(event)

    def _happen(self, event: str, courses: list[_Course], day: int, rng: random.Random) -> None:
        open_ = [c for c in courses if c.unmet > 0 and c.state == "Default"]
        met = [c for c in courses if c.unmet == 0 and c.state == "Default"]
        touched = [c for c in courses if c.state != "Default"]
        match event:
            case "done" if open_:
                rng.choice(open_).unmet = 0.0
            case "regress" if met:
                slipped = rng.choice(met)
                counted = slipped.control.kind in COUNTED
                slipped.unmet = round(rng.uniform(0.1, 0.5), 3) if counted else 1.0
            case "joiners":
                for course in courses:
                    if course.control.kind == "users" and course.unmet > 0:
                        course.unmet = min(1.0, course.unmet + 0.03)
            case "ignore" if open_:
                self._set_state(rng.choice(open_), "Ignored", day, rng)
            case "third_party" if open_:
                self._set_state(rng.choice(open_), "ThirdParty", day, rng)
            case "review" if open_:
                self._set_state(rng.choice(open_), "Reviewed", day, rng)
            case "restore" if touched:
                self._set_state(rng.choice(touched), "Default", day, rng)

    def _set_state(self, course: _Course, state: str, day: int, rng: random.Random) -> None:
        """The profile shows it at once; the score follows, in trouble one to three days later."""
        course.state, lag = state, rng.randint(1, 3)
        course.changes.append((day if self._microsoft.calm else day + lag, state))
        moment = datetime.combine(self._born, datetime.min.time()) + timedelta(days=day, hours=8)
        moment += timedelta(seconds=rng.randint(0, 5000))
        who = f"security@{self._tenant.domain}"
        update = {
            "assignedTo": who if rng.random() < 0.5 else None,
            "comment": rng.choice(("Accepted by management", "Handled elsewhere", "", None)),
            "state": state,
            "updatedBy": who,
            "updatedDateTime": f"{moment:%Y-%m-%dT%H:%M:%S}.{rng.randint(10**6, 10**7 - 1)}Z",
        }
        course.updates.append((day, update))


@dataclass(frozen=True)
class _Census:
    """What a day counts: maxima by control, totals and bare numbers by kind of control."""

    maxima: Mapping[str, int]
    totals: Mapping[str, int]
    numbers: Mapping[str, int]


def _stand(course: _Course, census: _Census, day: int, rng: random.Random) -> Standing:
    kind, last = course.control.kind, course.last
    total, number = census.totals.get(kind), census.numbers.get(kind, 0)
    if total is not None and 0 < course.unmet < 0.999 and rng.random() < 0.08:
        course.unmet = round(course.unmet * 0.97, 4)
    # A retired control is scored two days longer, at the maximum it had.
    maximum = census.maxima.get(course.control.id) or (last.maximum if last else course.control.max)
    state = "Default"
    for since, changed in course.changes:
        if since <= day:
            state = changed
    cause = (course.unmet, total, number, maximum, state)
    if last is None or cause != course.cause:
        met = _met(course, total, number)
        course.last = last = Standing(course.control, met, total or 1, maximum, state, number)
        course.cause = cause
    return last


def _met(course: _Course, total: int | None, number: int) -> int:
    if course.control.kind == "global_admins":
        return int(number > 1)
    if total is None:
        return int(course.unmet == 0)
    return total - min(total, max(1, round(total * course.unmet))) if course.unmet else total
