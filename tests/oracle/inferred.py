"""What one tenant cannot tell, the portfolio can: meanings 10."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from tests.oracle.scope_totals import OVERALL, exact
from tests.oracle.score_changes import BY_MICROSOFT, Inferred, ScoreChanges
from tests.oracle.scores import ControlDay

LEAST_TENANTS = 3
WITHIN = timedelta(days=3)
What = tuple[str, str, str]


@dataclass(frozen=True)
class Event:
    """A control that came, went or was weighed anew in a tenant, by no change of its services.

    `is_open`: the tenant alone cannot say who did it.
    """

    tenant_id: str
    day: date
    control_id: str
    kind: str
    service: str
    is_open: bool

    @property
    def what(self) -> What:
        return self.control_id, self.kind, self.service


@dataclass(frozen=True)
class Seen:
    """What the tenants show: their events, and by service and day who is scored on it."""

    events: list[Event] = field(default_factory=list)
    scored: dict[tuple[str, date], set[str]] = field(default_factory=dict)

    def add(self, changes: ScoreChanges) -> None:
        tenant_id = changes.scores.tenant_id
        for day in changes.scores.records:
            for scope in changes.scopes.members(day):
                if scope.startswith("service:"):
                    service = scope.removeprefix("service:")
                    self.scored.setdefault((service, day), set()).add(tenant_id)
        self.events.extend(_events(changes))

    def told(self) -> dict[str, Inferred]:
        """Tenant -> day, control and what became of it -> how many tenants say so."""
        by_what: dict[What, list[Event]] = {}
        for event in self.events:
            by_what.setdefault(event.what, []).append(event)
        found: dict[str, Inferred] = {}
        for events in by_what.values():
            for event in (one for one in events if one.is_open):
                counts = [len(group) for group in self._groups(event, events)]
                if counts:
                    mine = found.setdefault(event.tenant_id, {})
                    mine[event.day, event.control_id, event.kind] = max(counts)
        return found

    def _groups(self, event: Event, alike: Collection[Event]) -> Iterator[set[str]]:
        """Tenants enough, within three days from one of them on, among which the event is."""
        for first in {one.day for one in alike}:
            if first <= event.day <= first + WITHIN:
                moved = {one.tenant_id for one in alike if first <= one.day <= first + WITHIN}
                concerned = moved | self._scored_within(event.service, first)
                if len(moved) >= LEAST_TENANTS and 2 * len(moved) >= len(concerned):
                    yield moved

    def _scored_within(self, service: str, first: date) -> set[str]:
        days = (first + timedelta(days=n) for n in range(WITHIN.days + 1))
        return set().union(*(self.scored.get((service, day), set()) for day in days))


def inferred(tenants: Iterable[ScoreChanges]) -> Mapping[str, Inferred]:
    """What the tenants say of each other."""
    seen = Seen()
    for changes in tenants:
        seen.add(changes)
    return seen.told()


def _events(changes: ScoreChanges) -> Iterator[Event]:
    for earlier, later in pairwise(sorted(changes.scores.records)):
        before, after = (changes.scopes.members(day).get(OVERALL, {}) for day in (earlier, later))
        for name in before.keys() | after.keys():
            was, now = before.get(name), after.get(name)
            shown = now or was
            if shown is None or shown.service is None:
                continue
            if was and now:
                kind = _weighed_anew(changes, was, now)
                is_open = True
            else:
                kind = "entered" if now else "left"
                cause, _ = changes.own_entry(name, earlier, later, entered=now is not None)
                is_open = cause == "scored_set_changed"
                if not is_open and cause != BY_MICROSOFT[kind]:
                    continue
            if kind is not None:
                yield Event(shown.tenant_id, later, name, kind, shown.service, is_open)


def _weighed_anew(changes: ScoreChanges, was: ControlDay, now: ControlDay) -> str | None:
    """Whether a maximum changed where only backfill shows it: no catalogue of the day says so."""
    before, after = exact(was.maximum.points), exact(now.maximum.points)
    if not before or not after or before == after or not now.is_backfilled:
        return None
    if changes.has_other_services(now.day):
        return None
    return "max_raised" if after > before else "max_lowered"
