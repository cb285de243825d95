"""How the portfolio moved: who is there on a day, who came and went, and the constant cohorts.

Written from meanings 10: a missed day is neither a departure nor a hole in a cohort.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import fmean
from typing import Any

from tests.oracle.captures import Life
from tests.oracle.comparison import Averages
from tests.oracle.marts import SLACK_DAYS, overall
from tests.oracle.scores import TenantScores
from tests.oracle.values import number, ratio

WINDOWS = (30, 90, 365)
WEEK = timedelta(days=7)
Row = dict[str, Any]
Group = tuple[str, str]


@dataclass(frozen=True)
class Presence:
    """Every known ratio, by day and tenant, with the groups its tenant was in that day."""

    life: Life
    ratios: Mapping[date, Mapping[str, float]]
    groups: Mapping[tuple[str, date], frozenset[Group]]

    @cached_property
    def days(self) -> list[date]:
        return sorted(self.ratios)

    @cached_property
    def records(self) -> dict[str, list[date]]:
        found: dict[str, list[date]] = defaultdict(list)
        for day in self.days:
            for tenant in self.ratios[day]:
                found[tenant].append(day)
        return found

    def record_of(self, tenant: str, day: date) -> date | None:
        """The day of its last record up to a day."""
        return max((one for one in self.records[tenant] if one <= day), default=None)

    def present(self, day: date) -> dict[str, frozenset[Group]]:
        """Who is there, in the groups of its last record: from the first record to the last one,
        but for days on which it was no longer configured and has no record."""
        found = {}
        for tenant, days in self.records.items():
            last = self.record_of(tenant, day)
            if last is None or day > days[-1]:
                continue
            if last == day or not self._has_been_removed(tenant, day):
                found[tenant] = self.groups[tenant, last]
        return found

    def _has_been_removed(self, tenant: str, day: date) -> bool:
        runs = sorted(self.life.runs, key=lambda run: (run.run_date, run.order))
        listed = [
            any(one.tenant_id == tenant for one in run.tenants)
            for run in runs
            if run.run_date <= day
        ]
        return any(listed) and not listed[-1]

    @cached_property
    def last_day(self) -> date:
        """The newest day on which half of the week's tenants have a record."""
        newest = self.days[-1]
        week = [day for day in self.days if day > newest - WEEK]
        tenants = {tenant for day in week for tenant in self.ratios[day]}
        return max((d for d in week if len(self.ratios[d]) * 2 >= len(tenants)), default=newest)

    def start(self, days: int) -> tuple[date, set[str]] | None:
        """The newest day of [D-n-3, D-n], and who has a record in it."""
        newest = self.last_day - timedelta(days=days)
        oldest = newest - timedelta(days=SLACK_DAYS)
        within = [day for day in self.days if oldest <= day <= newest]
        if not within:
            return None
        return within[-1], {tenant for day in within for tenant in self.ratios[day]}

    def cohort(self, group: Group, day: date, days: int) -> "Cohort | None":
        """The cohort on a day; None outside its window, or where nobody is in it."""
        started = self.start(days)
        if started is None or not started[0] <= day <= self.last_day:
            return None
        members = [
            tenant
            for tenant in started[1] & self.ratios[self.last_day].keys()
            if group in self.groups[tenant, self.last_day]
        ]
        if not members:
            return None
        dated = [(tenant, self.record_of(tenant, day)) for tenant in members]
        if any(at is None or day - at > WEEK for _, at in dated):
            return Cohort((), 0)
        values = tuple(self.ratios[at][tenant] for tenant, at in dated if at is not None)
        return Cohort(values, sum(at != day for _, at in dated))


@dataclass(frozen=True)
class Cohort:
    """Ratios of its members, so many of them of a day before; none where one is too old."""

    ratios: Sequence[float]
    carried: int


def trend_rows(
    life: Life,
    scores: Mapping[str, TenantScores],
    tenant_days: Iterable[Row],
    averages: Averages,
) -> Iterator[Row]:
    """Every group on every day: the mean of who has a record, who came and went, the cohorts."""
    ratios = _ratios_by_day(scores)
    groups = {
        (row["tenant_id"], row["snapshot_date"]): _groups(row)
        for row in tenant_days
        if row["tenant_id"] in ratios.get(row["snapshot_date"], {})
    }
    presence = Presence(life, ratios, groups)
    there: dict[str, frozenset[Group]] = {}
    for day in presence.days:
        here = presence.present(day)
        for group in sorted({one for several in groups.values() for one in several}):
            now, before = _in(group, here), _in(group, there)
            cohorts = {days: presence.cohort(group, day, days) for days in WINDOWS}
            if now or before or any(cohorts.values()):
                yield {
                    **_mean(presence, group, day, now, averages),
                    "joined_tenant_count": len(now - before),
                    "left_tenant_count": len(before - now),
                    **_told(cohorts),
                }
        there = here


def _ratios_by_day(scores: Mapping[str, TenantScores]) -> dict[date, dict[str, float]]:
    found: dict[date, dict[str, float]] = defaultdict(dict)
    for tenant_id, one in scores.items():
        for day in one.records:
            known = number(ratio(*overall(one, day)))
            if known is not None:
                found[day][tenant_id] = known
    return found


def _groups(row: Row) -> frozenset[Group]:
    tier = row["licence_tier"] or "unknown"
    return frozenset({("portfolio", "all"), ("segment", row["segment"]), ("licence_tier", tier)})


def _in(group: Group, present: Mapping[str, frozenset[Group]]) -> set[str]:
    return {tenant for tenant, groups in present.items() if group in groups}


def _mean(
    presence: Presence, group: Group, day: date, present: set[str], averages: Averages
) -> Row:
    """Over who has a record on the very day."""
    recorded = present & presence.ratios[day].keys()
    peers = [averages[t, day, "AllTenants"] for t in recorded if (t, day, "AllTenants") in averages]
    return {
        "trend_date": day,
        "group_kind": group[0],
        "group_name": group[1],
        "average_ratio": fmean(presence.ratios[day][t] for t in recorded) if recorded else None,
        "tenant_count": len(recorded),
        "all_tenants_average_ratio": fmean(peers) if peers else None,
    }


def _told(cohorts: Mapping[int, Cohort | None]) -> Row:
    row: Row = {}
    for days, one in cohorts.items():
        values = one.ratios if one else ()
        row[f"cohort_{days}d_ratio"] = fmean(values) if values else None
        row[f"cohort_{days}d_tenant_count"] = len(values) or None
        row[f"cohort_{days}d_carried_tenant_count"] = one.carried if one and values else None
    return row
