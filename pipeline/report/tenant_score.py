"""The course of a tenant's score, its largest jumps and what caused them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pipeline.report.charts.line import Band, Mark, Series, line_chart
from pipeline.report.figures import shown
from pipeline.report.rows import Reader, Row, total

DAYS_SHOWN = 365
JUMPS_SHOWN, JUMP_FROM = 6, 0.01
PEERS = (("AllTenants", "all tenants"), ("TotalSeats", "tenants of similar size"))
WIDTHS = (("wide", 900, 200), ("narrow", 380, 150))
_TREND = """
select tenant_id, score_date, scope, score_ratio, score_points, max_points
from core.fct_tenant_score_daily
where tenant_id = $tenant and scope = 'overall' and score_date > $after
order by score_date
"""
_PEERS = """
select tenant_id, score_date, basis, category, average_ratio
from core.fct_score_benchmark_daily
where tenant_id = $tenant and category = 'overall' and basis <> 'IndustryTypes'
    and score_date > $after
order by basis, score_date
"""
_JUMPS = """
select tenant_id, score_date, scope, sum(ratio_delta) as ratio_delta
from core.fct_score_change
where tenant_id = $tenant and scope = 'overall' and score_date > $after
group by all
having abs(sum(ratio_delta)) >= $least
order by abs(sum(ratio_delta)) desc, score_date desc
limit $most
"""
_CAUSES = """
select c.tenant_id, c.score_date, c.scope, c.control_id, c.cause, c.ratio_delta, c.points_delta,
    c.is_inferred,
    coalesce(d.title, nullif(c.control_id, '(none)')) as title
from core.fct_score_change as c
left join core.dim_control as d
    on c.tenant_id = d.tenant_id and c.control_id = d.control_id and d.is_current
where c.tenant_id = $tenant and c.scope = 'overall' and c.ratio_delta is not null
    and c.score_date > $after and c.score_date <= $until
order by abs(c.ratio_delta) desc, c.score_date desc, c.control_id, c.cause
"""


def read_trend(reader: Reader) -> dict[str, Any]:
    """The course over at most a year, with its largest jumps numbered."""
    after = reader.as_of - timedelta(days=DAYS_SHOWN)
    scores = reader.rows(
        "fct_tenant_score_daily", "tenant_id score_date scope", _TREND, after=after
    )
    key = "tenant_id score_date basis category"
    peers = reader.rows("fct_score_benchmark_daily", key, _PEERS, after=after)
    by_basis = {
        basis: {row["score_date"]: row for row in peers if row["basis"] == basis}
        for basis, _ in PEERS
    }
    jumps = _jumps(reader, after)
    return {
        "days": [
            {"score": row, "peers": [by_basis[basis].get(row["score_date"]) for basis, _ in PEERS]}
            for row in reversed(scores)
        ],
        "jumps": jumps,
        "charts": _trend_charts(reader, scores, by_basis, jumps),
    }


def _jumps(reader: Reader, after: date) -> list[dict[str, Any]]:
    """The days that moved the score most, oldest first, each with its weightiest causes."""
    found = reader.values(_JUMPS, after=after, least=JUMP_FROM, most=JUMPS_SHOWN)
    jumps = []
    for _, day, scope, delta in sorted(found, key=lambda row: row[1]):
        change = total(
            "fct_score_change", "ratio_delta", delta, "sum",
            tenant_id=reader.tenant_id, score_date=day, scope=scope,
        )  # fmt: skip
        causes = read_causes(reader, day - timedelta(days=1), day)
        jumps.append({"day": day, "change": change, "causes": causes[:2], "more": causes[2:]})
    return jumps


def read_causes(reader: Reader, after: date, until: date) -> list[Row]:
    """What moved the overall score in a stretch of days, the weightiest first."""
    key = "tenant_id score_date scope control_id cause"
    return reader.rows("fct_score_change", key, _CAUSES, after=after, until=until)


def _trend_charts(
    reader: Reader, scores: list[Row], by_basis: dict[str, Any], jumps: list[dict[str, Any]]
) -> dict[str, Any]:
    ratios = {row["score_date"]: row["score_ratio"] for row in scores}
    known = [row for row in scores if row["score_ratio"] is not None]
    if not known:
        return {}
    series = [Series("score", "s1", list(ratios.items()))] + [
        Series(label, css, [(day, row["average_ratio"]) for day, row in by_basis[basis].items()])
        for (basis, label), css in zip(PEERS, ("s2", "s3"), strict=True)
    ]
    marks = [
        Mark(jump["day"], ratios[jump["day"]], str(number))
        for number, jump in enumerate(jumps, start=1)
        if ratios.get(jump["day"]) is not None
    ]
    first, last = known[0], known[-1]
    description = (
        f"From {shown(first['score_ratio'], 'percent')} on {shown(first['score_date'], 'day')} to "
        f"{shown(last['score_ratio'], 'percent')} on {shown(last['score_date'], 'day')}; "
        f"{len(marks)} days with large moves are numbered and explained below."
    )
    bands = [Band(reader.as_of - timedelta(days=30), last["score_date"], "30 days")]
    return {
        kind: line_chart(
            f"trend-{kind}", "Secure Score over time", description, series,
            marks=marks, bands=bands, width=width, height=300 if kind == "wide" else 260,
        )
        for kind, width, _ in WIDTHS
    }  # fmt: skip
