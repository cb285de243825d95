"""Conditional Access plans, which nobody here judges (meanings 8)."""

from tests.oracle.tenant_day import TenantDay
from tests.oracle.values import lower

FEED = "conditional_access_plans"
IDLE = ("disabled", "enabledforreportingbutnotenforced")


def has_plan(day: TenantDay) -> bool:
    """Whether a plan may be at work: one that is enabled, or in a state that nobody knows."""
    return any(lower(plan.get("state")) not in IDLE for plan in day.of(FEED))
