"""Points and maxima of every scope of a tenant, day by day, as exact fractions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from tests.oracle.scores import ControlDay, TenantScores
from tests.oracle.values import decimal

OVERALL = "overall"
Total = tuple[Fraction, Fraction | None]


@dataclass(frozen=True)
class ScopeTotals:
    """The scopes of one tenant."""

    scores: TenantScores
    _totals: dict[tuple[date, str], Total] = field(default_factory=dict)

    def total(self, day: date, scope: str) -> Total:
        """Points and maximum of a scope on a day: both 0 where nothing of it is scored."""
        if (day, scope) not in self._totals:
            self._totals[day, scope] = self._total(day, scope)
        return self._totals[day, scope]

    def _total(self, day: date, scope: str) -> Total:
        if scope == OVERALL:
            chosen = self.scores.records[day].chosen
            return Fraction(decimal(chosen["currentScore"]) or 0), exact(
                decimal(chosen["maxScore"])
            )
        controls = self.members(day).get(scope, {}).values()
        maxima = [exact(control.maximum.points) for control in controls]
        points = sum((Fraction(control.score or 0) for control in controls), Fraction(0))
        return points, None if None in maxima else sum((m or 0 for m in maxima), Fraction(0))

    def ratio(self, day: date, scope: str) -> Fraction | None:
        points, maximum = self.total(day, scope)
        return points / maximum if maximum else None

    def members(self, day: date) -> Mapping[str, Mapping[str, ControlDay]]:
        return self._members[day]

    @cached_property
    def _members(self) -> Mapping[date, Mapping[str, Mapping[str, ControlDay]]]:
        """Day -> scope -> the controls of it that count."""
        found: dict[date, dict[str, dict[str, ControlDay]]] = {}
        for day, controls in self.scores.controls.items():
            scopes = found.setdefault(day, {})
            for control in controls:
                if control.counts is not False:
                    for scope in (OVERALL, *control.scopes()):
                        scopes.setdefault(scope, {})[control.control_id] = control
        return found


def exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)
