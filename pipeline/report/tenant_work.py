"""A tenant's work: what to do next, how far it leads, what regressed, what was decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pipeline.report.charts.steps import step_chart
from pipeline.report.figures import shown
from pipeline.report.rows import Reader, Row, total

ACTIONS_SHOWN, REGRESSIONS_SHOWN, REGRESSION_DAYS, EVENTS_SHOWN = 10, 12, 90, 40
_ACTIONS = """
from marts.mart_recommended_actions
where tenant_id = $tenant and (action_rank is not null or part_of_action_id is not null)
order by action_rank nulls last, gain_points desc, control_id
"""
_ROADMAP = "from marts.mart_roadmap where tenant_id = $tenant order by step_number"
_REGRESSIONS = """
from marts.mart_remediation_log
where tenant_id = $tenant and event_kind in ('regressed', 'opened') and event_date > $after
    and gained_points < 0
qualify row_number() over (
    partition by subject_id order by gained_points, event_date desc, event_number
) = 1
order by gained_points, event_date desc, subject_id, event_number
limit $most
"""
_EXCEPTIONS = """
from marts.mart_exceptions
where tenant_id = $tenant
order by is_review_overdue desc, points_at_stake desc nulls last, control_id
"""
_EVENTS = """
from marts.mart_remediation_log
where tenant_id = $tenant and event_date > $after
    and event_kind not in ('improved', 'regressed', 'state_confirmed')
order by event_date desc, subject_kind desc, subject_id, event_number
"""
_EVENT_COUNTS = """
select event_kind, count(*) from marts.mart_remediation_log
where tenant_id = $tenant and event_date > $after
group by event_kind order by event_kind
"""
_ALERTS = """
from marts.mart_alerts
where tenant_id = $tenant and is_open
order by case severity when 'high' then 1 when 'medium' then 2 else 3 end, first_seen_date,
    alert_kind, subject_id
"""
_LOG_KEY = "tenant_id event_date subject_kind subject_id event_number"


def read_work(reader: Reader) -> dict[str, Any]:
    """The to-do list, the way it makes, and what regressed in the last 90 days."""
    actions = reader.rows("mart_recommended_actions", "tenant_id control_id", _ACTIONS)
    open_now = {row["control_id"]: row for row in actions}
    ranked = [row for row in actions if row["action_rank"] is not None]
    after = reader.as_of - timedelta(days=REGRESSION_DAYS)
    regressions = reader.rows(
        "mart_remediation_log", _LOG_KEY, _REGRESSIONS, after=after, most=REGRESSIONS_SHOWN
    )
    exceptions = reader.rows("mart_exceptions", "tenant_id control_id", _EXCEPTIONS)
    excepted = {row["control_id"] for row in exceptions}
    alerts = reader.rows("mart_alerts", "tenant_id alert_kind subject_id first_seen_date", _ALERTS)
    own: dict[str, Any] = {"tenant_id": reader.tenant_id, "is_open": True}
    high = sum(row["severity"] == "high" for row in alerts)
    return {
        "actions": ranked[:ACTIONS_SHOWN],
        "more_actions": ranked[ACTIONS_SHOWN:],
        "parts": actions[len(ranked) :],
        "roadmap": _roadmap(reader),
        "regressions": [
            (row, open_now.get(row["subject_id"]), row["subject_id"] in excepted)
            for row in regressions
        ],
        "exceptions": exceptions,
        "alerts": alerts,
        "alert_count": total("mart_alerts", "alert_kind", len(alerts), **own),
        "high_count": total("mart_alerts", "alert_kind", high, **own, severity="high"),
    }


def _roadmap(reader: Reader) -> dict[str, Any]:
    """How far the way leads; `owned` is the last step whose licence is owned, `last` any."""
    steps = reader.rows("mart_roadmap", "tenant_id step_number", _ROADMAP)
    known = [row for row in steps if row["ratio_after"] is not None]
    owned = [row for row in known if row["action_group"] == "ranked"]
    return {
        "steps": steps,
        "owned": owned[-1] if owned else None,
        "last": known[-1] if known and known[-1]["action_group"] != "ranked" else None,
        "charts": _stairs(known),
    }


def _stairs(steps: list[Row]) -> dict[str, Any]:
    if not steps or steps[0]["ratio_before"] is None:
        return {}
    start = steps[0]["ratio_before"]
    stairs = [
        (row["ratio_after"], "s1" if row["action_group"] == "ranked" else "s2") for row in steps
    ]
    description = (
        f"From {shown(start, 'percent')} to {shown(stairs[-1][0], 'percent')} in {len(stairs)} "
        "steps, the most gain for the least effort first."
    )
    return {
        kind: step_chart(
            f"reach-{kind}", "Score reached after each action", description, start, stairs,
            axis="actions done, in the order above", width=width,
        )
        for kind, width in (("wide", 900), ("narrow", 380))
    }  # fmt: skip


def read_changes(reader: Reader, since: date) -> dict[str, Any]:
    """What happened after `since`; small ups and downs are only counted."""
    counts = {
        kind: total(
            "mart_remediation_log", "event_kind", count,
            **{"tenant_id": reader.tenant_id, "event_kind": kind, "event_date>": since},
        )
        for kind, count in reader.values(_EVENT_COUNTS, after=since)
    }  # fmt: skip
    events = reader.rows("mart_remediation_log", _LOG_KEY, _EVENTS, after=since)
    return {
        "since": since,
        "counts": counts,
        "events": events[:EVENTS_SHOWN],
        "hidden_count": max(len(events) - EVENTS_SHOWN, 0),
    }
