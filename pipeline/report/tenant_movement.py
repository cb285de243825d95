"""Why a tenant's score moved, and how it divides into categories and services."""

from __future__ import annotations

from typing import Any

from pipeline.report import words
from pipeline.report.charts.dots import Dot, dot_plot
from pipeline.report.charts.waterfall import Part, waterfall
from pipeline.report.figures import shown
from pipeline.report.rows import Reader, Row
from pipeline.report.tenant_score import WIDTHS, read_causes
from pipeline.text import printable

_MOVEMENT = """
from marts.mart_score_movement
where tenant_id = $tenant and (scope = 'overall' or period = '30d')
order by period, scope
"""
_SCOPES = """
select s.tenant_id, s.score_date, s.scope, s.score_ratio, s.known_score_ratio, s.score_points,
    s.max_points, s.control_count, s.unknown_max_count
from core.fct_tenant_score_daily as s
where s.tenant_id = $tenant and s.scope <> 'overall'
    and s.score_date = (
        select max(score_date) from core.fct_tenant_score_daily
        where tenant_id = $tenant and scope = s.scope
    )
order by s.scope
"""
_CATEGORY_PEERS = """
select tenant_id, score_date, basis, category, average_ratio
from core.fct_score_benchmark_daily
where tenant_id = $tenant and basis = 'AllTenants' and category <> 'overall'
    and score_date = (
        select max(score_date) from core.fct_tenant_score_daily
        where tenant_id = $tenant and scope = 'overall'
    )
"""


def read_movement(reader: Reader) -> dict[str, Any]:
    """Why the score moved: all periods, and the waterfall of the longest usual one."""
    rows = reader.rows("mart_score_movement", "tenant_id scope period", _MOVEMENT)
    overall = {row["period"]: row for row in rows if row["scope"] == "overall"}
    order = ["7d", "30d", "90d", *sorted(p for p in overall if p.startswith("month:"))]
    main = next(
        (overall[period] for period in ("30d", "90d", "7d") if _is_told(overall.get(period))), None
    )
    causes = read_causes(reader, main["start_date"], main["end_date"]) if main else []
    return {
        "periods": [overall[period] for period in order if period in overall],
        "main": main,
        "causes": [row for row in causes if abs(row["ratio_delta"]) > 0][:10],
        "by_scope": {row["scope"]: row for row in rows if row["period"] == "30d"},
        "charts": _waterfalls(main) if main else {},
    }


def _is_told(row: Row | None) -> bool:
    return row is not None and row["ratio_delta"] is not None


def _waterfalls(row: Row) -> dict[str, Any]:
    parts = [
        Part(label, row[f"{part}_ratio"], shown(row[f"{part}_ratio"], "change"))
        for part, label, _ in words.PARTS
        if row[f"{part}_ratio"]
    ]
    ends = [
        (
            shown(row[f"{end}_date"], "day"),
            row[f"{end}_ratio"],
            shown(row[f"{end}_ratio"], "percent"),
        )
        for end in ("start", "end")
    ]
    moves = "; ".join(f"{part.label} {part.text}" for part in parts) or "no part moved it"
    description = f"From {ends[0][2]} on {ends[0][0]} to {ends[1][2]} on {ends[1][0]}: {moves}."
    return {
        kind: waterfall(
            f"why-{kind}", "Why the score moved", description, ends[0], parts, ends[1],
            width=width, label=label,
        )
        for kind, width, label in WIDTHS
    }  # fmt: skip


def read_scopes(reader: Reader) -> dict[str, Any]:
    """The newest ratio of each scope, categories beside Microsoft's average."""
    rows = reader.rows("fct_tenant_score_daily", "tenant_id score_date scope", _SCOPES)
    key = "tenant_id score_date basis category"
    peers = {
        row["category"]: row
        for row in reader.rows("fct_score_benchmark_daily", key, _CATEGORY_PEERS)
    }
    categories = [row for row in rows if row["scope"].startswith("category:")]
    services = [row for row in rows if row["scope"].startswith("service:")]
    dots = [
        Dot(printable(words.scope(row["scope"])), row["known_score_ratio"],
            _peer(peers.get(words.scope(row["scope"]))), shown(row["known_score_ratio"], "percent"))
        for row in categories
        if row["known_score_ratio"] is not None
    ]  # fmt: skip
    description = "; ".join(f"{dot.label} {dot.text}" for dot in dots) + "."
    return {
        "identity": [row for row in rows if ":" not in row["scope"]],
        "categories": categories,
        "services": sorted(services, key=lambda row: words.scope(row["scope"]).lower()),
        "peers": peers,
        "charts": {
            kind: dot_plot(f"categories-{kind}", "Score by category", description, dots,
                           width=width, label=label - 50)
            for kind, width, label in WIDTHS
        },
    }  # fmt: skip


def _peer(row: Row | None) -> float | None:
    return row["average_ratio"] if row is not None else None
