"""How tenants compare, and how the portfolio moved: meanings 10."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from tests.oracle.marts import FRESH_DAYS, SMALLEST_PEER_GROUP, overall, percentiles
from tests.oracle.scores import TenantScores
from tests.oracle.values import number, ratio

WINDOWS = (30, 90, 365)
BASES = {
    "all_tenants": "AllTenants",
    "total_seats": "TotalSeats",
    "industry_types": "IndustryTypes",
}
Row = dict[str, Any]
Group = tuple[str, str]
Averages = Mapping[tuple[str, date, str], float]


def averages_of(benchmarks: Iterable[Row]) -> Averages:
    """Microsoft's overall averages by tenant, day and basis."""
    return {
        (row["tenant_id"], row["score_date"], row["basis"]): row["average_ratio"]
        for row in benchmarks
        if row["category"] == "overall"
    }


def comparison_rows(
    tenants: Sequence[Row],
    scores: Mapping[str, TenantScores],
    averages: Averages,
    as_of: date,
) -> Iterator[Row]:
    """Every active tenant, ranked among those that can be compared, or with the reason why not."""
    tenants = [row for row in tenants if row["is_active"]]
    statuses = {row["tenant_id"]: _status(row, scores, as_of) for row in tenants}
    compared = [row for row in tenants if statuses[row["tenant_id"]] == "compared"]
    ratios = {row["tenant_id"]: _newest_ratio(scores[row["tenant_id"]]) for row in compared}
    for row in tenants:
        one = row["tenant_id"]
        reported: Row = {"tenant_id": one, "comparison_status": statuses[one]}
        reported["score_ratio"] = ratios.get(one)
        reported["portfolio_rank"] = (
            None if one not in ratios else 1 + sum(r > ratios[one] for r in ratios.values())
        )
        for group in ("portfolio", "segment", "licence_tier"):
            reported |= _place(group, row, compared, ratios)
        day = max(scores[one].records, default=None)
        for name, basis in BASES.items():
            average = averages.get((one, day, basis)) if one in ratios and day else None
            reported[f"{name}_average_ratio"] = average
            reported[f"{name}_gap_ratio"] = None if average is None else ratios[one] - average
        yield reported


def _status(row: Row, scores: Mapping[str, TenantScores], as_of: date) -> str:
    records = scores[row["tenant_id"]].records
    if not records:
        return "no_score"
    if (as_of - max(records)).days > FRESH_DAYS:
        return "stale"
    known = _newest_ratio(scores[row["tenant_id"]]) is not None
    return "compared" if known else "unknown_ratio"


def _newest_ratio(scores: TenantScores) -> Any:
    return number(ratio(*overall(scores, max(scores.records))))


def _place(group: str, row: Row, compared: Sequence[Row], ratios: Mapping[str, float]) -> Row:
    """The percentile, the decile and the size of one group."""
    one, names = row["tenant_id"], {}
    if one in ratios and (group == "portfolio" or row[group] is not None):
        names = {
            other["tenant_id"]: ratios[other["tenant_id"]]
            for other in compared
            if group == "portfolio" or other[group] == row[group]
        }
    percentile = percentiles(names).get(one) if names else None
    decile = None
    if percentile is not None:
        below = sum(other < ratios[one] for other in names.values())
        decile = min(below * 10 // (len(names) - 1), 9) + 1
    assert percentile is None or len(names) >= SMALLEST_PEER_GROUP
    return {
        f"{group}_tenant_count": len(names) or None,
        f"{group}_percentile_ratio": percentile,
        f"{group}_decile": decile,
    }


Ratios = Mapping[date, Mapping[str, float]]


def ratios_by_day(scores: Mapping[str, TenantScores]) -> dict[date, dict[str, float]]:
    found: dict[date, dict[str, float]] = defaultdict(dict)
    for tenant_id, one in scores.items():
        for day in one.records:
            known = number(ratio(*overall(one, day)))
            if known is not None:
                found[day][tenant_id] = known
    return found


def trend_rows(
    scores: Mapping[str, TenantScores], tenant_days: Iterable[Row], averages: Averages
) -> Iterator[Row]:
    """Every group on every day: the mean of who is there, who came and went, and the cohorts."""
    ratios = ratios_by_day(scores)
    groups = {
        (row["tenant_id"], row["snapshot_date"]): _groups(row)
        for row in tenant_days
        if row["tenant_id"] in ratios.get(row["snapshot_date"], {})
    }
    names = sorted({group for several in groups.values() for group in several})
    last = last_day(ratios)
    before: date | None = None
    for day in sorted(ratios):
        for group in names:
            here = {t for t in ratios[day] if group in groups[t, day]}
            there = {t for t in ratios[before] if group in groups[t, before]} if before else set()
            cohorts = {days: _cohort(ratios, groups, group, day, last, days) for days in WINDOWS}
            if here or there or any(cohorts.values()):
                yield _trend_row(day, group, here, there, cohorts, ratios[day], averages)
        before = day


def _groups(row: Row) -> set[Group]:
    tier = row["licence_tier"] or "unknown"
    return {("portfolio", "all"), ("segment", row["segment"]), ("licence_tier", tier)}


def last_day(ratios: Ratios) -> date:
    """The newest day on which half of the week's tenants have a record."""
    newest = max(ratios)
    week = [day for day in ratios if day > newest - timedelta(days=7)]
    tenants = {tenant for day in week for tenant in ratios[day]}
    return max((d for d in week if len(ratios[d]) * 2 >= len(tenants)), default=newest)


def _cohort(
    ratios: Ratios,
    groups: Mapping[tuple[str, date], set[Group]],
    group: Group,
    day: date,
    last: date,
    days: int,
) -> list[float]:
    """The ratios of a day of who has a record on both ends of the window."""
    first = last - timedelta(days=days - 1)
    if not first <= day <= last:
        return []
    members = ratios.get(first, {}).keys() & ratios[last].keys()
    return [
        value for one, value in ratios[day].items() if one in members and group in groups[one, last]
    ]


def _trend_row(
    day: date,
    group: Group,
    here: set[str],
    there: set[str],
    cohorts: Mapping[int, list[float]],
    ratios: Mapping[str, float],
    averages: Averages,
) -> Row:
    peers = [averages[t, day, "AllTenants"] for t in here if (t, day, "AllTenants") in averages]
    row: Row = {
        "trend_date": day,
        "group_kind": group[0],
        "group_name": group[1],
        "average_ratio": fmean(ratios[t] for t in here) if here else None,
        "tenant_count": len(here),
        "joined_tenant_count": len(here - there),
        "left_tenant_count": len(there - here),
        "all_tenants_average_ratio": fmean(peers) if peers else None,
    }
    for days, values in cohorts.items():
        row[f"cohort_{days}d_ratio"] = fmean(values) if values else None
        row[f"cohort_{days}d_tenant_count"] = len(values) or None
    return row
