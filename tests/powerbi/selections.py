"""What a reader may select, as Power BI filters it and as SQL says it of each published model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.estate import Estate

DATES = {
    "fct_tenant_score_daily": "score_date",
    "fct_identity_posture_daily": "snapshot_date",
    "fct_score_change": "score_date",
    "mart_portfolio_trend": "trend_date",
    "mart_alerts": "first_seen_date",
}
SCOPED = ("fct_tenant_score_daily", "fct_score_change", "mart_score_movement")
RELATED_TO_CONTROL = (
    "fct_score_change",
    "mart_recommended_actions",
    "mart_roadmap",
    "mart_control_portfolio",
)
IN_CATEGORY = """
    lower(control_id) in (
        select lower(control_id) from core.dim_control
        where is_current and control_category = 'Identity'
    )
"""


@dataclass(frozen=True)
class Selection:
    """A filter as Power BI has it, and the same said of each published model."""

    where: Mapping[str, list[Any]]
    conditions: Mapping[str, str] = field(default_factory=dict)
    scope: str = "overall"
    period: str = "30d"


def of_tenants(names: list[str]) -> Selection:
    listed = ", ".join(f"'{name}'" for name in names)
    return Selection({"Tenant.Tenant id": list(names)}, {"*": f"tenant_id in ({listed})"})


def of_month(month: str) -> Selection:
    return Selection(
        {"Date.Year and month": [month]},
        {model: f"strftime({day}, '%Y-%m') = '{month}'" for model, day in DATES.items()},
    )


def of_scope(scope: str) -> Selection:
    conditions = dict.fromkeys(SCOPED, f"scope = '{scope}'")
    return Selection({"Scope.Scope": [scope]}, conditions, scope=scope)


def of_period(period: str) -> Selection:
    conditions = {"mart_score_movement": f"period = '{period}'"}
    return Selection({"Score movement.Period": [period]}, conditions, period=period)


SELECTIONS: dict[str, Callable[[Estate], Selection]] = {
    "everything": lambda _: Selection({}),
    "the first tenant": lambda estate: of_tenants([estate.tenant_ids[0]]),
    "a tenant of a hostile name": lambda estate: of_tenants([estate.tenant_ids[4]]),
    "three tenants": lambda estate: of_tenants(list(estate.tenant_ids[2:5])),
    "nobody": lambda _: of_tenants(["nobody"]),
    "a month": lambda _: of_month("2026-06"),
    "a month without data": lambda _: of_month("2026-12"),
    "a category": lambda _: Selection(
        {"Control.Control category": ["Identity"]},
        dict.fromkeys(RELATED_TO_CONTROL, IN_CATEGORY),
    ),
    "a scope": lambda _: of_scope("category:Identity"),
    "Entra's own scope": lambda _: of_scope("entra_identity_secure_score"),
    "a week": lambda _: of_period("7d"),
    "a period": lambda _: of_period("month:2026-05"),
}
