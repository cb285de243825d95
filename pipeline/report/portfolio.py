"""Everything the report of the whole portfolio shows."""

from __future__ import annotations

from typing import Any

from pipeline.report.access import findings
from pipeline.report.charts.small import sparkline
from pipeline.report.coverage import read_quality
from pipeline.report.figures import shown
from pipeline.report.portfolio_score import read_movers, read_trend
from pipeline.report.rows import Reader, Row, total

CONTROLS_SHOWN, ACTIONS_SHOWN, ALERTS_SHOWN = 15, 3, 100
_OVERVIEW = """
from marts.mart_posture_overview
order by is_active desc, score_ratio desc nulls last, tenant_name, tenant_id
"""
_COMPARISON = "from marts.mart_tenant_comparison order by tenant_id"
_POSTURE = """
select p.* from core.fct_identity_posture_daily as p
semi join (
    select tenant_id, max(snapshot_date) as snapshot_date from core.fct_identity_posture_daily
    group by tenant_id
) as newest on p.tenant_id = newest.tenant_id and p.snapshot_date = newest.snapshot_date
"""
# A point a week, counted back from the newest record, shows a year in a sparkline.
_SPARKS = """
select tenant_id, list(score_ratio order by score_date), min(score_date), max(score_date)
from (
    select tenant_id, score_date, score_ratio,
        date_diff('day', score_date, max(score_date) over (partition by tenant_id)) as age
    from core.fct_tenant_score_daily
    where scope = 'overall' and score_ratio is not null
        and score_date > snapshot_date() - 365
)
where age % case when (select count(distinct score_date) from core.fct_tenant_score_daily
    where score_date > snapshot_date() - 365) > 120 then 7 else 2 end = 0
group by tenant_id
"""
_CONTROLS = """
from marts.mart_control_portfolio
where missing_tenant_count > 0
order by missing_tenant_count desc, at_stake_points desc, control_id
"""
_ALERTS = """
from marts.mart_alerts
where is_open
order by case severity when 'high' then 1 when 'medium' then 2 else 3 end, tenant_name, tenant_id,
    first_seen_date, alert_kind, subject_id
"""
_ACTIONS = f"""
from marts.mart_recommended_actions
where action_rank <= {ACTIONS_SHOWN}
order by tenant_id, action_rank
"""
_MOVEMENT = "from marts.mart_score_movement where scope = 'overall' and period = '30d'"
_COUNTS = """
select
    count(*) filter (where is_active),
    count(*) filter (where is_active and zone = 'good'),
    count(*) filter (where is_active and zone = 'okay'),
    count(*) filter (where is_active and zone = 'bad'),
    count(*) filter (where is_active and is_stale),
    sum(quick_win_count) filter (where is_active)
from marts.mart_posture_overview
"""


def read_portfolio(reader: Reader) -> dict[str, Any]:
    """The content of the portfolio's report."""
    alerts = reader.rows("mart_alerts", "tenant_id alert_kind subject_id first_seen_date", _ALERTS)
    return {
        "counts": _counts(reader, alerts),
        "trend": read_trend(reader),
        "movers": read_movers(reader),
        "clients": _clients(reader, alerts),
        "controls": reader.rows("mart_control_portfolio", "control_id", _CONTROLS),
        "controls_shown": CONTROLS_SHOWN,
        "findings": findings(reader),
        "alerts": alerts,
        "alerts_shown": ALERTS_SHOWN,
        "quality": read_quality(reader),
    }


def _counts(reader: Reader, alerts: list[Row]) -> dict[str, Row]:
    """How many clients are in each zone, how much is open."""
    [(active, good, okay, bad, stale, quick_wins)] = reader.values(_COUNTS)
    overview = "mart_posture_overview"
    high = sum(row["severity"] == "high" for row in alerts)
    return {
        "active": total(overview, "tenant_id", active, is_active=True),
        "good": total(overview, "zone", good, is_active=True, zone="good"),
        "okay": total(overview, "zone", okay, is_active=True, zone="okay"),
        "bad": total(overview, "zone", bad, is_active=True, zone="bad"),
        "stale": total(overview, "is_stale", stale, is_active=True, is_stale=True),
        "quick_wins": total(overview, "quick_win_count", quick_wins, "sum", is_active=True),
        "alerts": total("mart_alerts", "alert_kind", len(alerts), is_open=True),
        "high": total("mart_alerts", "alert_kind", high, is_open=True, severity="high"),
    }


def _clients(reader: Reader, alerts: list[Row]) -> list[dict[str, Any]]:
    """One entry a client, the best score first: its row of each model, its sparkline."""
    compared = _by_tenant(reader, "mart_tenant_comparison", "tenant_id", _COMPARISON)
    posture = _by_tenant(reader, "fct_identity_posture_daily", "tenant_id snapshot_date", _POSTURE)
    moved = _by_tenant(reader, "mart_score_movement", "tenant_id scope period", _MOVEMENT)
    sparks = {row[0]: row[1:] for row in reader.values(_SPARKS)}
    actions: dict[str, list[Row]] = {}
    for row in reader.rows("mart_recommended_actions", "tenant_id control_id", _ACTIONS):
        actions.setdefault(row["tenant_id"], []).append(row)
    open_alerts: dict[str, list[Row]] = {}
    for alert in alerts:
        open_alerts.setdefault(alert["tenant_id"], []).append(alert)
    clients = []
    for number, overview in enumerate(
        reader.rows("mart_posture_overview", "tenant_id", _OVERVIEW), start=1
    ):
        tenant_id = overview["tenant_id"]
        own = open_alerts.get(tenant_id, [])
        clients.append(
            {
                "number": number,
                "overview": overview,
                "compared": compared.get(tenant_id),
                "posture": posture.get(tenant_id),
                "movement": moved.get(tenant_id),
                "actions": actions.get(tenant_id, []),
                "alerts": _by_kind(own),
                "alert_count": total(
                    "mart_alerts", "alert_kind", len(own), tenant_id=tenant_id, is_open=True
                ),
                "spark": _spark(sparks.get(tenant_id)),
            }
        )
    return clients


def _by_kind(alerts: list[Row]) -> list[tuple[str, str, list[Row]]]:
    """Severity, kind and the alerts of it, the gravest first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for alert in alerts:
        found.setdefault((alert["severity"], alert["alert_kind"]), []).append(alert)
    return [(*key, rows) for key, rows in found.items()]


def _by_tenant(reader: Reader, model: str, key: str, query: str) -> dict[str, Row]:
    return {row["tenant_id"]: row for row in reader.rows(model, key, query)}


def _spark(course: Any) -> Any:
    if not course:
        return None
    ratios, first, last = course
    return sparkline(
        f"{shown(first, 'day')} to {shown(last, 'day')}: from {shown(ratios[0], 'percent')} to "
        f"{shown(ratios[-1], 'percent')}, lowest {shown(min(ratios), 'percent')}, "
        f"highest {shown(max(ratios), 'percent')}",
        ratios,
    )
