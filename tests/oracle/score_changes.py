"""Why the score moved from one record to another: the rules of the published meanings, in order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from tests.oracle import scored_sets
from tests.oracle.captures import Life
from tests.oracle.scope_totals import OVERALL, ScopeTotals, exact
from tests.oracle.scores import ControlDay, TenantScores
from tests.oracle.values import HUNDRED, decimal, rounded

NOBODY = "(none)"
WEEK = timedelta(days=7)
DUST = Fraction(1, 10**9)
MICROSOFT = {"control_added", "control_retired", "max_changed", "reclassified"}
UNTOLD = {"scored_set_changed", "max_unknown", "unattributed"}
# What Microsoft did where a control entered or left the score.
BY_MICROSOFT = {"entered": "control_added", "left": "control_retired"}
Row = dict[str, Any]
# Day, control and what became of it -> how many tenants of the portfolio say so.
Inferred = Mapping[tuple[date, str, str], int]


@dataclass(frozen=True)
class Change:
    """One row: what one cause moved in one scope."""

    scope: str
    control_id: str
    cause: str
    points: Fraction
    maximum: Fraction | None
    state_changed_at: datetime | None = None
    inferred_from: int | None = None


@dataclass(frozen=True)
class ScoreChanges:
    """The changes of one tenant between any two of its records."""

    life: Life
    scores: TenantScores
    inferred: Inferred = field(default_factory=dict)
    _told: dict[tuple[date, date], list[Change]] = field(default_factory=dict)

    @cached_property
    def scopes(self) -> ScopeTotals:
        return ScopeTotals(self.scores)

    @cached_property
    def _offering_days(self) -> list[date]:
        return scored_sets.offering_days(self.life, self.scores)

    @cached_property
    def _listings(self) -> scored_sets.Listings:
        return scored_sets.listings(self.scores.catalogue)

    def between(self, earlier: date, later: date) -> list[Change]:
        """Every row of every scope; what two records tell is worked out once."""
        if (earlier, later) not in self._told:
            self._told[earlier, later] = self._between(earlier, later)
        return self._told[earlier, later]

    def _between(self, earlier: date, later: date) -> list[Change]:
        before, after = self.scopes.members(earlier), self.scopes.members(later)
        found = [
            change
            for scope in sorted(before.keys() | after.keys())
            for name in sorted(before.get(scope, {}).keys() | after.get(scope, {}).keys())
            for change in self._of_control(scope, name, earlier, later)
        ]
        return found + list(self._unattributed(earlier, later, found))

    def _of_control(self, scope: str, name: str, earlier: date, later: date) -> Iterator[Change]:
        was = self.scopes.members(earlier).get(scope, {}).get(name)
        now = self.scopes.members(later).get(scope, {}).get(name)
        if was and now:
            yield from self._of_kept(scope, was, now)
        elif only := now or was:
            sign = 1 if now else -1
            points = sign * Fraction(only.score or 0)
            known = exact(only.maximum.points)
            maximum = None if known is None else sign * known
            if all(name in self.scopes.members(day).get(OVERALL, {}) for day in (earlier, later)):
                yield from _told(Change(scope, name, "reclassified", points, maximum))
                return
            cause, at = self.own_entry(name, earlier, later, entered=now is not None)
            kind, tenants = "entered" if now else "left", None
            if cause == "scored_set_changed":
                tenants = self._inferred_from(name, kind, earlier, later)
            cause = BY_MICROSOFT[kind] if tenants else cause
            yield from _told(Change(scope, name, cause, points, maximum, at, tenants))

    def _inferred_from(self, name: str, kind: str, earlier: date, later: date) -> int | None:
        """How many tenants of the portfolio say that Microsoft did it."""
        counts = [
            count
            for (day, *what), count in self.inferred.items()
            if what == [name, kind] and earlier < day <= later
        ]
        return max(counts, default=None)

    def has_other_services(self, day: date) -> bool:
        """Whether services or SKUs changed near the day."""
        return _any_near(self._offering_days, day)

    def own_entry(
        self, name: str, earlier: date, later: date, *, entered: bool
    ) -> tuple[str, datetime | None]:
        """Why a control came or went, as far as the tenant itself can tell."""
        history = self.scores.catalogue.of(name)
        if (history.state_on(earlier) == "ignored") != (history.state_on(later) == "ignored"):
            at = history.state_changed_at(later)
            return "exception_changed", at if at and at >= _midnight(earlier) + timedelta(
                1
            ) else None
        if self.has_other_services(later):
            return ("service_gained" if entered else "service_lost"), None
        profile = self.scores.catalogue.profile_id(name) or ""
        if entered and _any_near(self._listings.appeared.get(profile, []), later):
            return "control_added", None
        if not entered and _any_near(self._listings.left.get(profile, []), later):
            return "control_retired", None
        return "scored_set_changed", None

    def _of_kept(self, scope: str, was: ControlDay, now: ControlDay) -> Iterator[Change]:
        if (was.score, was.maximum.points, was.state) == (now.score, now.maximum.points, now.state):
            return
        s0, s1 = Fraction(was.score or 0), Fraction(now.score or 0)
        m0, m1 = exact(was.maximum.points), exact(now.maximum.points)
        name = now.control_id
        if not m0 or not m1:
            grown = m1 - m0 if m0 is not None and m1 is not None and m0 != m1 else None
            if s1 != s0 or grown:
                yield Change(scope, name, "max_unknown", s1 - s0, grown)
            return
        if m1 != m0:
            kind = "max_raised" if m1 > m0 else "max_lowered"
            tenants = self._inferred_from(name, kind, was.day, now.day)
            moved = s0 / m0 * (m1 - m0)
            yield Change(scope, name, "max_changed", moved, m1 - m0, inferred_from=tenants)
        rest = s1 - s0 / m0 * m1
        at = self.scores.catalogue.of(name).state_changed_at(now.day)
        if at is not None and at >= _midnight(now.day) - WEEK:
            if rest or (was.state or "default") != (now.state or "default"):
                yield Change(scope, name, "exception_changed", rest, Fraction(0), at)
        elif rest:
            moved = "improved" if rest > 0 else "regressed"
            cause = "population_changed" if self._only_people_moved(was, now) else moved
            yield Change(scope, name, cause, rest, Fraction(0))

    def _only_people_moved(self, was: ControlDay, now: ControlDay) -> bool:
        """Other people are counted, and as many as before do not meet the control."""
        counted: list[tuple[Decimal, Decimal]] = []
        for control in (was, now):
            record = self.scores.records[control.day]
            total = decimal(record.detail(control.control_id).get("total"))
            share = decimal(record.controls[control.control_id].get("scoreInPercentage"))
            if total is None or share is None:
                return False
            counted.append((total, rounded(total * (HUNDRED - share) / HUNDRED, Decimal(1))))
        (total0, unmet0), (total1, unmet1) = counted
        return total0 != total1 and unmet0 == unmet1

    def _unattributed(self, earlier: date, later: date, found: list[Change]) -> Iterator[Change]:
        """What the reported whole moved beyond its controls."""
        points0, maximum0 = self.scopes.total(earlier, OVERALL)
        points1, maximum1 = self.scopes.total(later, OVERALL)
        rows = [change for change in found if change.scope == OVERALL]
        points = points1 - points0 - sum(change.points for change in rows)
        maximum = (maximum1 or 0) - (maximum0 or 0) - sum(change.maximum or 0 for change in rows)
        if abs(points) > DUST or abs(maximum) > DUST:
            yield Change(OVERALL, NOBODY, "unattributed", Fraction(points), Fraction(maximum))

    def ratio_delta(self, change: Change, earlier: date, later: date) -> Fraction | None:
        """The part of a row in the change of its scope's ratio."""
        before, maximum = (
            self.scopes.ratio(earlier, change.scope),
            self.scopes.total(later, change.scope)[1],
        )
        if before is None or not maximum:
            return None
        return change.points / maximum - before * (change.maximum or 0) / maximum


def change_rows(changes: ScoreChanges) -> Iterator[Row]:
    """fct_score_change: each record against the one before it."""
    for earlier, later in pairwise(sorted(changes.scores.records)):
        for change in changes.between(earlier, later):
            moved = changes.ratio_delta(change, earlier, later)
            yield {
                "tenant_id": changes.scores.tenant_id,
                "score_date": later,
                "scope": change.scope,
                "control_id": change.control_id,
                "cause": change.cause,
                "previous_date": earlier,
                "days_spanned": (later - earlier).days,
                "points_delta": float(change.points),
                "max_points_delta": None if change.maximum is None else float(change.maximum),
                "ratio_delta": None if moved is None else float(moved),
                "is_microsoft_change": None
                if change.cause in UNTOLD
                else change.cause in MICROSOFT,
                "is_inferred": change.inferred_from is not None,
                "inferred_from_tenant_count": change.inferred_from,
                "state_changed_at": change.state_changed_at,
            }


def _told(change: Change) -> Iterator[Change]:
    """A row of zeros is none, unless a state is its news."""
    if change.points or change.maximum or change.cause == "exception_changed":
        yield change


def _any_near(days: Iterable[date], day: date) -> bool:
    return any(abs(day - one) <= WEEK for one in days)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)
