"""What the judge knows: raw responses by tenant, feed and run; the settings of each run.

A judge is given a `Life` and nothing else, and says from it what a model must hold. Most need two
questions, answered per tenant, feed and day:

    life.read_on(tenant_id, "conditional_access_policies", day)
        the records of the winning capture, or None where the feed was not read that day: the
        facts of that feed are then null
    life.outcome_on(tenant_id, "conditional_access_policies", day)
        why: ok, empty, or what went wrong

Records are the JSON of the wire, members and all; every number with a fraction is a Decimal, and
`tests.oracle.values` reads numbers, times and words. Feeds have the names of `--feed`. Some are
read as several lists, whose further ones are asked for by name, and are None where refused:

    role_definitions_beta                beside role_definitions
    conditional_access_policies_beta     all that beta shows; v1.0 leaves some out
    group_members, group_members_transitive
                                         records carry `group_id`; direct members of the groups that
                                         hold roles and of those below, all members of the groups
                                         that policies name
    application_permissions              who may what in Graph, Exchange and SharePoint
                                         (appRoleAssignedTo)
    application_permissions_resource     these three themselves with their appRoles
    application_permissions_grants       delegated grants; what opens them may be withheld
    service_principals_applications      the applications behind the tenant's own

PIM for Groups comes with its `groupId`, recommendations with all their impactedResources, the three
settings as one record each. More is read than the pipeline keeps of people: all users, all service
principals, everybody's registration. A judge leaves out what meanings 3 leaves out.

Score records are no snapshots: each capture holds many days (see tests/oracle/records.py).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

COMPLETE = frozenset({"ok", "empty"})
Record = Mapping[str, Any]


@dataclass(frozen=True)
class TenantSetting:
    """One tenant as tenants.yaml and register.yaml have it at the time of a run."""

    tenant_id: str
    name: str | None = None
    segment: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    declared: tuple[Mapping[str, Any], ...] = ()


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
    """One run: its date, every configured tenant, and those it was for where not for all."""

    order: int
    run_date: date
    tenants: tuple[TenantSetting, ...]
    asked: frozenset[str] | None = None

    def asks(self, tenant_id: str) -> bool:
        return self.asked is None or tenant_id in self.asked


@dataclass(frozen=True)
class Life:
    """Everything that was ever collected into one lake; `judged` are the tenants to speak of."""

    runs: tuple[Run, ...]
    captures: tuple[Capture, ...]
    judged: tuple[str, ...] | None = None

    @property
    def as_of(self) -> date:
        """The newest run date: no later record is shown."""
        return max(run.run_date for run in self.runs)

    @cached_property
    def tenant_ids(self) -> tuple[str, ...]:
        everybody = {t.tenant_id for run in self.runs for t in run.tenants}
        return (
            tuple(sorted(everybody & set(self.judged))) if self.judged else tuple(sorted(everybody))
        )

    @cached_property
    def _by_feed(self) -> Mapping[tuple[str, str], tuple[Capture, ...]]:
        index: dict[tuple[str, str], list[Capture]] = {}
        for capture in sorted(self.captures, key=lambda c: c.order):
            index.setdefault((capture.tenant_id, capture.feed), []).append(capture)
        return {key: tuple(values) for key, values in index.items()}

    @cached_property
    def _snapshots(self) -> dict[tuple[str, str], dict[date, tuple[Record, ...]]]:
        return {}

    def of(self, tenant_id: str, feed: str) -> tuple[Capture, ...]:
        """The captures of one feed in the order they were made."""
        return self._by_feed.get((tenant_id, feed), ())

    def snapshots(self, tenant_id: str, feed: str) -> dict[date, tuple[Record, ...]]:
        """Day -> the records of its newest complete capture, which wins whole; days in order."""
        key = tenant_id, feed
        if key not in self._snapshots:
            newest = {c.extract_date: c.records for c in self.of(tenant_id, feed) if c.complete}
            self._snapshots[key] = dict(sorted(newest.items()))
        return self._snapshots[key]

    def read_on(self, tenant_id: str, feed: str, day: date) -> tuple[Record, ...] | None:
        """The records of the day's winning capture; None where none is complete."""
        return self.snapshots(tenant_id, feed).get(day)

    def days_of(self, tenant_id: str) -> tuple[date, ...]:
        """The days for which a run asked something of the tenant, in order."""
        return tuple(sorted({c.extract_date for c in self.captures if c.tenant_id == tenant_id}))

    def only(self, tenant_ids: Collection[str]) -> "Life":
        """The same life with the captures of some tenants; the settings of runs stay whole."""
        kept = tuple(c for c in self.captures if c.tenant_id in tenant_ids)
        return Life(self.runs, kept, tuple(sorted(tenant_ids)))

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
