"""Score records read several times: whose numbers count, and whose detail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tests.oracle.captures import Capture, Life, Record
from tests.oracle.values import day_of, decimal

RICH_MEMBERS = ("lastSynced", "count", "total", "on")


def is_rich(record: Record) -> bool:
    """Only Graph's newest record is rich: some control says when it was synced or counts people."""
    controls = record.get("controlScores") or ()
    return any(c.get(member) is not None for c in controls for member in RICH_MEMBERS)


def first_of_each(controls: tuple[Record, ...] | list[Record]) -> dict[str, Record]:
    """Control name -> its first score; a second one of the same name is a duplicate."""
    kept: dict[str, Record] = {}
    for control in controls:
        kept.setdefault(control["controlName"], control)
    return kept


@dataclass(frozen=True)
class ScoreRecord:
    """All captures of one tenant's record of one day, oldest first."""

    day: date
    copies: tuple[Record, ...]

    @property
    def chosen(self) -> Record:
        """The newest complete capture: its numbers count."""
        return self.copies[-1]

    @cached_property
    def controls(self) -> Mapping[str, Record]:
        return first_of_each(self.chosen.get("controlScores") or [])

    @cached_property
    def _rich_controls(self) -> tuple[Mapping[str, Record], ...]:
        """The controls of each rich copy, newest first."""
        rich = [copy for copy in reversed(self.copies) if is_rich(copy)]
        return tuple(first_of_each(copy.get("controlScores") or []) for copy in rich)

    @property
    def duplicates(self) -> tuple[str, ...]:
        names = [c["controlName"] for c in self.chosen.get("controlScores") or ()]
        return tuple(sorted({name for name in names if names.count(name) > 1}))

    @cached_property
    def is_backfilled(self) -> bool:
        return not any(is_rich(copy) for copy in self.copies)

    def detail(self, name: str) -> Mapping[str, Any]:
        """The control in the newest rich capture with the same numbers; empty where none has."""
        wanted = _numbers(self.controls[name])
        for controls in self._rich_controls:
            if name in controls and _numbers(controls[name]) == wanted:
                return controls[name]
        return {}

    @property
    def copies_disagree(self) -> bool:
        return len({_all_numbers(copy) for copy in self.copies}) > 1


def _numbers(control: Record) -> tuple[Any, Any]:
    return decimal(control.get("score")), decimal(control.get("scoreInPercentage"))


def _all_numbers(record: Record) -> tuple[Any, ...]:
    controls = first_of_each(record.get("controlScores") or [])
    totals = decimal(record.get("currentScore")), decimal(record.get("maxScore"))
    return totals, tuple(sorted((name, *_numbers(c)) for name, c in controls.items()))


def score_records(life: Life, tenant_id: str) -> dict[date, ScoreRecord]:
    """Day -> its record, for every day up to the newest run date; days in order."""
    copies: dict[date, list[Record]] = {}
    for capture in life.of(tenant_id, "secure_scores"):
        for day, record in _by_day(capture):
            if day <= life.as_of:
                copies.setdefault(day, []).append(record)
    return {day: ScoreRecord(day, tuple(copies[day])) for day in sorted(copies)}


def _by_day(capture: Capture) -> Iterator[tuple[date, Record]]:
    days: dict[date, Record] = {}
    for record in capture.records if capture.complete else ():
        days.setdefault(day_of(record["createdDateTime"]), record)
    yield from days.items()
