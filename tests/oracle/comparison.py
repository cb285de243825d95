"""How tenants compare: meanings 10."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tests.oracle.marts import FRESH_DAYS, SMALLEST_PEER_GROUP, overall, percentiles
from tests.oracle.scores import TenantScores
from tests.oracle.values import number, ratio

BASES = {
    "all_tenants": "AllTenants",
    "total_seats": "TotalSeats",
    "industry_types": "IndustryTypes",
}
Row = dict[str, Any]
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
