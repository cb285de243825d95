"""What to do next and how far it takes a tenant: order of the actions, roadmap, licences owned.

Effort and licence of a control are lists of the project's with their sources; the rules are not.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from tests.oracle.bundle import bundled, is_fulfilled
from tests.oracle.counting import total
from tests.oracle.marts import EXCEPTION_FREE, WEIGHTS, action_rows, overall, ratio_after
from tests.oracle.scores import ControlDay, TenantScores
from tests.oracle.seats import missing_for_control
from tests.oracle.seeds import seed
from tests.oracle.values import decimal, number, ratio

TIERS = {"free": 0, "p1": 1, "p2": 2}
LAST = 10**9
Row = dict[str, Any]


@cache
def _licences() -> dict[str, str]:
    return {one["control_id"].lower(): one["required_licence"] for one in seed("control_licences")}


@cache
def _efforts() -> dict[str, dict[str, str]]:
    return {one["control_id_prefix"].lower(): one for one in seed("control_efforts")}


def is_owned(control_id: str, tier: str | None) -> bool | None:
    """Whether a tier reaches a control; what no source names a licence for is owned."""
    needed = TIERS[_licences().get(control_id.lower(), "free")]
    return True if needed == 0 else None if tier is None else TIERS[tier] >= needed


def ranked_rows(
    scores: TenantScores,
    tier: str | None,
    *,
    is_offered: bool = False,
    short: Mapping[str, int] | None = None,
) -> tuple[list[Row], list[Row]]:
    """The open controls in order: licence owned, owned with too few seats for all users, not owned,
    then gain for the effort, gain, rank, name; and those that security defaults stand for, where
    they can be turned on. `short` has the seats that are missing by licence."""
    found, parts = list(action_rows(scores)), []
    if is_offered and found:
        found, parts = bundled(found, overall(scores, max(scores.records))[1])
    rows = [row | _effort(row, tier) for row in found]
    for row in rows:
        gain = round(decimal(row["gain_points"]) or Decimal(0), 9)
        missing = missing_for_control(row["control_id"], short or {})
        row["missing_seat_count"] = missing if row["is_licence_owned"] else None
        row["order"] = (
            row["is_licence_owned"] is not True,
            row["missing_seat_count"] is not None,
            -(gain / Decimal(str(row["effort_weight"]))),
            -gain,
            LAST if row["rank"] is None else row["rank"],
            row["control_id"],
        )
    rows.sort(key=lambda row: row["order"])
    ranked = [
        row | {"action_rank": place, "part_of_action_id": None}
        for place, row in enumerate(rows, start=1)
    ]
    free = {"action_rank": None, "is_licence_owned": True, "missing_seat_count": None}
    return ranked, [row | _effort(row, tier) | free for row in parts]


def _effort(row: Row, tier: str | None) -> Row:
    """As the catalogue says, else as judged for the control or its family, else high."""
    name = row["control_id"].lower()
    judged: dict[str, str] = max(
        (one for prefix, one in _efforts().items() if name.startswith(prefix)),
        key=lambda one: len(one["control_id_prefix"]),
        default={},
    )
    words = [
        said if said != "unknown" else judged.get(column) or "unknown"
        for said, column in (
            (row["implementation_cost"], "judged_cost"),
            (row["user_impact"], "judged_user_impact"),
        )
    ]
    return {
        "effective_cost": words[0],
        "effective_user_impact": words[1],
        "effort_weight": sum(WEIGHTS.get(word, WEIGHTS["high"]) for word in words) / 2,
        "is_quick_win": words == ["low", "low"],
        "is_licence_owned": is_owned(row["control_id"], tier),
    }


def roadmap_rows(scores: TenantScores, ranked: Sequence[Row]) -> Iterator[Row]:
    """The actions in order with what is reached after each."""
    if not scores.records:
        return
    points, maximum = overall(scores, max(scores.records))
    gained = Decimal(0)
    for row in ranked:
        gained += decimal(row["gain_points"]) or Decimal(0)
        after = ratio_after(ratio(points, maximum), gained, scores.controls[max(scores.records)])
        yield {
            "tenant_id": row["tenant_id"],
            "step_number": row["action_rank"],
            "control_id": row["control_id"],
            "cumulative_points": number(gained),
            "score_after_points": None
            if after is None or maximum is None
            else number(after * maximum),
            "ratio_after": number(after),
            "missing_seat_count": row["missing_seat_count"],
        }


def licence_ratios(
    controls: Sequence[ControlDay],
    tier: str | None,
    reached: tuple[Decimal | None, Decimal | None],
    *,
    is_offered: bool = False,
) -> Row:
    """Where the tenant stands among what it owns, and where all of that would bring it; nobody
    knows where an ownership or a maximum is not known."""
    counted = [c for c in controls if c.counts is not False]
    licensed = {
        c.control_id: (is_offered and is_fulfilled(c.control_id)) or is_owned(c.control_id, tier)
        for c in counted
    }
    owned = [c for c in counted if licensed[c.control_id]]
    is_open_question = None in licensed.values()
    if is_open_question or any(c.maximum.points is None for c in owned):
        return {"current_licence_ratio": None, "achievable_ratio": None}
    left = total(
        c.maximum.points - c.score
        for c in owned
        if c.ratio is not None and c.ratio < 1 and c.state in EXCEPTION_FREE
    )
    best = ratio_after(ratio(*reached), left or Decimal(0), counted)
    whole = total(c.maximum.points for c in owned)
    return {
        "current_licence_ratio": number(ratio(total(c.score for c in owned), whole)),
        "achievable_ratio": number(best),
    }
