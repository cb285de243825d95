"""What the judge knows: raw responses by tenant, feed and run; the settings of each run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

COMPLETE = frozenset({"ok", "empty"})
Record = Mapping[str, Any]


@dataclass(frozen=True)
class TenantSetting:
    """One tenant as tenants.yaml has it at the time of a run."""

    tenant_id: str
    name: str | None = None
    segment: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Capture:
    """One feed of one tenant in one run: how it ended and, where it is complete, all its records.

    `order` is the run's position in the life of the lake, `extract_date` the date it ran for.
    """

    tenant_id: str
    feed: str
    extract_date: date
    order: int
    outcome: str
    records: tuple[Record, ...] = ()
    collected_at: datetime | None = None

    @property
    def complete(self) -> bool:
        return self.outcome in COMPLETE


@dataclass(frozen=True)
class Run:
    """One run: its date and every configured tenant."""

    order: int
    run_date: date
    tenants: tuple[TenantSetting, ...]


@dataclass(frozen=True)
class Life:
    """Everything that was ever collected into one lake."""

    runs: tuple[Run, ...]
    captures: tuple[Capture, ...]

    @property
    def as_of(self) -> date:
        """The newest run date: no later record is shown."""
        return max(run.run_date for run in self.runs)

    @cached_property
    def tenant_ids(self) -> tuple[str, ...]:
        return tuple(sorted({t.tenant_id for run in self.runs for t in run.tenants}))

    @cached_property
    def _by_feed(self) -> Mapping[tuple[str, str], tuple[Capture, ...]]:
        index: dict[tuple[str, str], list[Capture]] = {}
        for capture in sorted(self.captures, key=lambda c: c.order):
            index.setdefault((capture.tenant_id, capture.feed), []).append(capture)
        return {key: tuple(values) for key, values in index.items()}

    def of(self, tenant_id: str, feed: str) -> tuple[Capture, ...]:
        """The captures of one feed in the order they were made."""
        return self._by_feed.get((tenant_id, feed), ())

    def snapshots(self, tenant_id: str, feed: str) -> dict[date, tuple[Record, ...]]:
        """Day -> the records of its newest complete capture, which wins whole; days in order."""
        newest = {c.extract_date: c.records for c in self.of(tenant_id, feed) if c.complete}
        return dict(sorted(newest.items()))

    def outcome_on(self, tenant_id: str, feed: str, day: date) -> str:
        """How the feed ended that day: a complete capture beats a later failure."""
        outcomes = [c.outcome for c in self.of(tenant_id, feed) if c.extract_date == day]
        complete = [outcome for outcome in outcomes if outcome in COMPLETE]
        return (complete or outcomes or ["not_collected"])[-1]

    def settings(self, tenant_id: str) -> Iterator[tuple[Run, TenantSetting]]:
        for run in sorted(self.runs, key=lambda r: r.order):
            for tenant in run.tenants:
                if tenant.tenant_id == tenant_id:
                    yield run, tenant
