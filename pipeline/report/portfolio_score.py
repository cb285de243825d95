"""The portfolio's score: headline, course, and which clients moved it and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipeline.report.charts.line import Series, line_chart
from pipeline.report.charts.small import diverging
from pipeline.report.figures import shown
from pipeline.report.rows import Reader, Row, difference

DAYS_SHOWN, MOVERS_SHOWN, CAUSES_SHOWN = 365, 5, 2
COHORTS = ("365d", "90d", "30d")
_TREND = """
from marts.mart_portfolio_trend
where group_kind = 'portfolio' and trend_date > $after
order by trend_date
"""
_MOVEMENT = """
select m.*, o.tenant_name
from marts.mart_score_movement as m
inner join marts.mart_posture_overview as o on m.tenant_id = o.tenant_id and o.is_active
where m.scope = 'overall' and m.period = '30d' and m.ratio_delta is not null
order by m.ratio_delta desc, m.tenant_id
"""
_CAUSES = """
select c.tenant_id, c.score_date, c.scope, c.control_id, c.cause, c.ratio_delta,
    c.is_inferred, c.inferred_from_tenant_count,
    coalesce(d.title, nullif(c.control_id, '(none)')) as title
from core.fct_score_change as c
left join core.dim_control as d
    on c.tenant_id = d.tenant_id and c.control_id = d.control_id and d.is_current
where c.scope = 'overall' and c.ratio_delta is not null and c.tenant_id in (select unnest($movers))
    and c.score_date > $after
qualify row_number() over (
    partition by c.tenant_id order by abs(c.ratio_delta) desc, c.score_date desc, c.control_id,
        c.cause
) <= 12
order by c.tenant_id, abs(c.ratio_delta) desc, c.score_date desc, c.control_id, c.cause
"""


def read_trend(reader: Reader) -> dict[str, Any]:
    """The course over at most a year; `cohort` is the longest constant one that there is."""
    after = reader.as_of - timedelta(days=DAYS_SHOWN)
    key = "trend_date group_kind group_name"
    days = reader.rows("mart_portfolio_trend", key, _TREND, after=after)
    cohort = next((one for one in COHORTS if _course(days, one)), None)
    month = _course(days, "30d")
    return {
        "days": list(reversed(days)),
        "newest": days[-1] if days else None,
        "cohort": cohort,
        "cohort_column": f"cohort_{cohort}_ratio",
        "carried_column": f"cohort_{cohort}_carried_tenant_count",
        "month": month[-1] if month else None,
        "month_change": difference(month[-1], month[0], "cohort_30d_ratio") if month else None,
        "charts": _charts(days, cohort),
    }


def _course(days: list[Row], cohort: str) -> list[Row]:
    return [row for row in days if row[f"cohort_{cohort}_ratio"] is not None]


def _charts(days: list[Row], cohort: str | None) -> dict[str, Any]:
    known = [row for row in days if row["average_ratio"] is not None]
    if not known:
        return {}
    columns = [("average_ratio", "s1"), ("all_tenants_average_ratio", "s2")]
    columns += [(f"cohort_{cohort}_ratio", "halo")] if cohort else []
    series = [
        Series(column, css, [(row["trend_date"], row[column]) for row in days])
        for column, css in columns
    ]
    first, last = known[0], known[-1]
    description = (
        f"Mean of the clients from {shown(first['average_ratio'], 'percent')} on "
        f"{shown(first['trend_date'], 'day')} to {shown(last['average_ratio'], 'percent')} on "
        f"{shown(last['trend_date'], 'day')}."
    )
    return {
        kind: line_chart(
            f"trend-{kind}", "Mean Secure Score of the portfolio over time", description, series,
            width=width, height=300 if kind == "wide" else 260,
        )
        for kind, width in (("wide", 900), ("narrow", 380))
    }  # fmt: skip


def read_movers(reader: Reader) -> dict[str, Any]:
    """The clients that rose and fell most in 30 days, with what weighed most."""
    rows = reader.rows("mart_score_movement", "tenant_id scope period", _MOVEMENT)
    up = [row for row in rows if row["ratio_delta"] > 0][:MOVERS_SHOWN]
    down = [row for row in reversed(rows) if row["ratio_delta"] < 0][:MOVERS_SHOWN]
    chosen = [*up, *down]
    starts = {row["tenant_id"]: row["start_date"] for row in chosen}
    causes: dict[str, list[Row]] = {}
    key = "tenant_id score_date scope control_id cause"
    if chosen:
        for row in reader.rows(
            "fct_score_change", key, _CAUSES, movers=list(starts), after=min(starts.values())
        ):
            if row["score_date"] > starts[row["tenant_id"]]:
                causes.setdefault(row["tenant_id"], []).append(row)
    largest = max((abs(row["ratio_delta"]) for row in chosen), default=0)
    return {
        name: [
            {
                "row": row,
                "bar": diverging(row["ratio_delta"], largest),
                "causes": causes.get(row["tenant_id"], [])[:CAUSES_SHOWN],
            }
            for row in side
        ]
        for name, side in (("up", up), ("down", down))
    }
