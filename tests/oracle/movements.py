"""What a period moved, in parts: points and maxima row by row, the ratio from ratio to ratio."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from tests.oracle.marts import PERIODS, reference_day
from tests.oracle.scope_totals import OVERALL
from tests.oracle.score_changes import Change, ScoreChanges

Row = dict[str, Any]
PART_OF = {
    "improved": "earned",
    "regressed": "regressed",
    "population_changed": "population",
    "exception_changed": "exception",
    "service_gained": "licence",
    "service_lost": "licence",
    "control_added": "microsoft",
    "control_retired": "microsoft",
    "max_changed": "microsoft",
    "reclassified": "microsoft",
    "scored_set_changed": "unexplained",
    "max_unknown": "unexplained",
    "unattributed": "unexplained",
}
PARTS = tuple(dict.fromkeys(PART_OF.values()))
WEIGHED = ("exception", "licence", "microsoft", "reweighted")
ZERO = Fraction(0)
Sums = dict[str, Fraction]


@dataclass(frozen=True)
class Movements:
    """The movements of one tenant."""

    changes: ScoreChanges

    def between(self, earlier: date, later: date, scope: str) -> Iterator[Change]:
        return (c for c in self.changes.between(earlier, later) if c.scope == scope)

    def periods(self) -> Iterator[tuple[str, date | None, date]]:
        days = sorted(self.changes.scores.records)
        for back in PERIODS if days else ():
            yield f"{back}d", reference_day(days, days[-1], back), days[-1]
        last = None
        for month, found in groupby(days, key=lambda day: f"{day:%Y-%m}"):
            members = list(found)
            yield f"month:{month}", last or members[0], members[-1]
            last = members[-1]

    def rows(self) -> Iterator[Row]:
        for period, start, end in self.periods():
            ends = [end] if start is None else [start, end]
            for scope in sorted(
                {OVERALL} | {s for day in ends for s in self.changes.scopes.members(day)}
            ):
                row = {"tenant_id": self.changes.scores.tenant_id, "scope": scope}
                row |= {"period": period, "start_date": start, "end_date": end}
                row["days_spanned"] = None if start is None else (end - start).days
                yield row | {
                    name: float(value) if isinstance(value, Fraction) else value
                    for name, value in self._values(scope, start, end).items()
                }

    def _values(self, scope: str, start: date | None, end: date) -> Row:
        values = self._ends(scope, start, end)
        if start is None:
            parts = (*PARTS, "reweighted")
            kinds = ("points", "max_points", "ratio")
            return values | {f"{p}_{k}": None for p in parts for k in kinds}
        days = [day for day in sorted(self.changes.scores.records) if start <= day <= end]
        points, maxima = self._record_by_record(scope, days)
        values |= {f"{part}_points": points[part] for part in points}
        values |= {f"{part}_max_points": maxima[part] for part in WEIGHED}
        moved = values["max_points_delta"]
        rest = sum(maxima[part] for part in WEIGHED if part != "reweighted")
        values["unexplained_max_points"] = None if moved is None else moved - rest
        ratios = self._ratio_by_ratio(scope, days) if values["ratio_delta"] is not None else None
        values |= {f"{part}_ratio": ratios[part] if ratios else None for part in points}
        return values | self._like_for_like(scope, start, end)

    def _ends(self, scope: str, start: date | None, end: date) -> Row:
        nothing: tuple[Fraction | None, ...] = (None, None, None)
        s0, m0, r0 = nothing if start is None else self._end(scope, start)
        s1, m1, r1 = self._end(scope, end)
        return {
            "start_points": s0,
            "end_points": s1,
            "points_delta": _minus(s1, s0),
            "start_max_points": m0,
            "end_max_points": m1,
            "max_points_delta": _minus(m1, m0),
            "start_ratio": r0,
            "end_ratio": r1,
            "ratio_delta": _minus(r1, r0),
        }

    def _end(self, scope: str, day: date) -> tuple[Fraction | None, ...]:
        return *self.changes.scopes.total(day, scope), self.changes.scopes.ratio(day, scope)

    def _record_by_record(self, scope: str, days: list[date]) -> tuple[Sums, Sums]:
        points, maxima = _nothing(), _nothing()
        for earlier, later in pairwise(days):
            for change in self.between(earlier, later, scope):
                _add(points, change, change.points)
                _add(maxima, change, change.maximum or ZERO)
        return points, maxima

    def _ratio_by_ratio(self, scope: str, days: list[date]) -> Sums:
        ratios = _nothing()
        rated = [day for day in days if self.changes.scopes.ratio(day, scope) is not None]
        for earlier, later in pairwise(rated):
            for change in self.between(earlier, later, scope):
                _add(ratios, change, self.changes.ratio_delta(change, earlier, later) or ZERO)
        return ratios

    def _like_for_like(self, scope: str, start: date, end: date) -> Row:
        """The controls scored at both ends, with the maxima of the later one."""
        before = self.changes.scopes.members(start).get(scope, {})
        after = self.changes.scopes.members(end).get(scope, {})
        held = earned = whole = ZERO
        both = [n for n in before.keys() & after.keys() if before[n].ratio is not None]
        both = [n for n in both if after[n].ratio is not None]
        for name in both:
            was, now = before[name], after[name]
            maximum = Fraction(now.maximum.points or 0)
            held += Fraction(was.score or 0) / Fraction(was.maximum.points or 0) * maximum
            earned += Fraction(now.score or 0)
            whole += maximum
        return {
            "like_for_like_start_ratio": held / whole if whole else None,
            "like_for_like_end_ratio": earned / whole if whole else None,
            "like_for_like_control_count": len(both),
        }


def movement_rows(changes: ScoreChanges) -> Iterable[Row]:
    return Movements(changes).rows()


def _nothing() -> Sums:
    return dict.fromkeys((*PARTS, "reweighted"), ZERO)


def _add(sums: Sums, change: Change, value: Fraction) -> None:
    sums[PART_OF[change.cause]] += value
    if change.cause == "max_changed":
        sums["reweighted"] += value


def _minus(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one - other
