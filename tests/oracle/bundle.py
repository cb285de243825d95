"""Security defaults as one action: where they can be turned on, and what they bring.

Which controls they fulfil is a list of the project's with its sources; the rules are not.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from tests.oracle.policies import ENABLED, policies_of, policy_state
from tests.oracle.seeds import seed
from tests.oracle.tenant_day import TenantDay
from tests.oracle.values import decimal, number, ratio

ACTION = "security_defaults"
# What is only likely, seen in one tenant, is no gain.
COUNTED = ("certain", "registration")
Row = dict[str, Any]


@cache
def _fulfilled() -> frozenset[str]:
    listed = seed("security_defaults_controls")
    return frozenset(r["control_id"].lower() for r in listed if r["fulfilment"] in COUNTED)


def is_fulfilled(control_id: str) -> bool:
    """Whether the control's points come with security defaults."""
    return control_id.lower() in _fulfilled()


def is_offered(day: TenantDay) -> bool:
    """Both were read: no policy is enabled, and security defaults are off."""
    if not day.is_complete("conditional_access_policies", "security_defaults"):
        return False
    states = [bool(one.get("isEnabled")) for one in day.of("security_defaults")]
    is_free = all(policy_state(policy) != ENABLED for policy in policies_of(day))
    return is_free and states == [False]


def bundled(rows: Sequence[Row], maximum: Decimal | None) -> tuple[list[Row], list[Row]]:
    """The actions with the one that stands for its parts, and the parts that say so."""
    parts = [row | {"part_of_action_id": ACTION} for row in rows if is_fulfilled(row["control_id"])]
    alone = [row for row in rows if not is_fulfilled(row["control_id"])]
    if not parts:
        return alone, []
    gain = sum((decimal(row["gain_points"]) or Decimal(0) for row in parts), Decimal(0))
    whole: Row = {
        "tenant_id": parts[0]["tenant_id"],
        "control_id": ACTION,
        "gain_points": number(gain),
        "gain_ratio": number(ratio(gain, maximum)),
        "rank": None,
        "user_impact": "unknown",
        "implementation_cost": "unknown",
    }
    return [*alone, whole], parts


def age_of(parts: Sequence[Row]) -> Row:
    """Open since the part that is open longest."""
    oldest = min(parts, key=lambda row: row["open_since_date"])
    names = ("open_since_date", "days_open_count", "is_open_since_first_record")
    return {name: oldest[name] for name in names}
