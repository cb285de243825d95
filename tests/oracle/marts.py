"""The numbers of the marts: overview, recommended actions, data quality."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.oracle.counting import SUM_TOLERANCE, total
from tests.oracle.profiles import maximum_of
from tests.oracle.scores import ControlDay, TenantScores
from tests.oracle.values import decimal, number, ratio

EXCEPTION_FREE = frozenset({None, "default", "reviewed"})
PERIODS = (7, 30, 90)
SLACK_DAYS = 3
FRESH_DAYS = 7
SMALLEST_PEER_GROUP = 5
ZONES = (0.5, 0.8)
ZONE_NAMES = ("bad", "okay", "good")
WEIGHTS = {"low": 1.0, "moderate": 2.0, "high": 3.0}
Row = dict[str, Any]


def overview_row(scores: TenantScores, actions: Sequence[Row]) -> Row | None:
    """The newest record of a tenant and its change over 7, 30 and 90 days."""
    if not scores.records:
        return None
    day = max(scores.records)
    now = overall(scores, day)
    row: Row = {
        "tenant_id": scores.tenant_id,
        "score_date": day,
        "score_points": number(now[0]),
        "max_points": number(now[1]),
        "score_ratio": number(ratio(*now)),
        "zone": zone(ratio(*now)),
        "open_action_count": len(actions),
        "open_points": sum(action["gain_points"] for action in actions),
    }
    for days in PERIODS:
        row |= _change(scores, day, days)
    return row


def _change(scores: TenantScores, day: date, days: int) -> Row:
    """Points and ratio against the record that many days back, and how far back it really is."""
    before = reference_day(list(scores.records), day, days)
    now = overall(scores, day)
    then = (None, None) if before is None else overall(scores, before)
    return {
        f"change_{days}d_points": number(_minus(now[0], then[0])),
        f"change_{days}d_ratio": number(_minus(ratio(*now), ratio(*then))),
        f"change_{days}d_days_spanned": None if before is None else (day - before).days,
    }


def _minus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def zone(score: Decimal | None) -> str | None:
    """Below the first bound, between them, at or above the second."""
    return None if score is None else ZONE_NAMES[sum(float(score) >= bound for bound in ZONES)]


def overall(scores: TenantScores, day: date) -> tuple[Decimal | None, Decimal | None]:
    chosen = scores.records[day].chosen
    return decimal(chosen.get("currentScore")), decimal(chosen.get("maxScore"))


def reference_day(days: list[date], day: date, back: int) -> date | None:
    """The newest record at least `back` days old, and not more than three days older still."""
    newest, oldest = day - timedelta(days=back), day - timedelta(days=back + SLACK_DAYS)
    return max((d for d in days if oldest <= d <= newest), default=None)


def percentiles(ratios: Mapping[str, float]) -> dict[str, float | None]:
    """(rank - 1) / (n - 1), higher is better, ties share the lowest rank; None below 5 tenants."""
    if len(ratios) < SMALLEST_PEER_GROUP:
        return dict.fromkeys(ratios)
    others = len(ratios) - 1
    return {
        tenant: sum(other < mine for other in ratios.values()) / others
        for tenant, mine in ratios.items()
    }


def open_controls(scores: TenantScores) -> Iterator[ControlDay]:
    """Scored on the newest day, below its maximum, and not in an exception state."""
    for control in scores.controls[max(scores.records)]:
        if is_missing(control) and control.state in EXCEPTION_FREE:
            yield control


def is_missing(control: ControlDay) -> bool:
    """Below its maximum, and counted: what does not count brings nothing."""
    return control.ratio is not None and control.ratio < 1 and control.counts is not False


def ratio_after(
    reached: Decimal | None, gained: Decimal, controls: Iterable[ControlDay]
) -> Decimal | None:
    """The ratio after a gain: 1 when all that the controls that count miss is gained."""
    missing = total(c.maximum.points - c.score for c in controls if is_missing(c))  # type: ignore[operator]
    if reached is None:
        return None
    left = 1 - gained / missing if missing else Decimal(0)
    return 1 - (1 - reached) * left


def action_rows(scores: TenantScores) -> Iterator[Row]:
    if not scores.records:
        return
    _, maximum = overall(scores, max(scores.records))
    for control in open_controls(scores):
        assert control.maximum.points is not None
        assert control.score is not None
        gain = control.maximum.points - control.score
        profile = scores.catalogue.of(control.control_id).shown_on(control.day) or {}
        yield {
            "tenant_id": scores.tenant_id,
            "control_id": control.control_id,
            "gain_points": number(gain),
            "gain_ratio": number(ratio(gain, maximum)),
            "rank": profile.get("rank"),
            "user_impact": normalised(profile.get("userImpact")),
            "implementation_cost": normalised(profile.get("implementationCost")),
        }


def normalised(word: str | None) -> str:
    """low, moderate or high; medium is moderate; anything else is unknown."""
    known = (word or "").strip().lower().replace("medium", "moderate")
    return known if known in WEIGHTS else "unknown"


def quality_rows(scores: TenantScores) -> Iterator[Row]:
    """What is wrong with the source: gaps, sums, copies, duplicates, orphans."""
    days = sorted(scores.records)
    for earlier, later in pairwise(days):
        for gap in range(1, (later - earlier).days):
            yield _issue(scores, "gap", earlier + timedelta(days=gap))
    for day, record in scores.records.items():
        for control in record.duplicates:
            yield _issue(scores, "duplicate", day, control)
        if record.copies_disagree:
            yield _issue(scores, "copies", day)
        yield from _sums(scores, day)
    yield from _orphans(scores)


def _sums(scores: TenantScores, day: date) -> Iterator[Row]:
    points, maximum = overall(scores, day)
    controls = scores.controls[day]
    scored = total(control.score for control in controls if control.counts is not False)
    if points is not None and scored is not None and abs(points - scored) > SUM_TOLERANCE:
        yield _issue(scores, "score_sum", day)
    if any(control.counts is None for control in controls):
        yield _issue(scores, "ignored_maximum", day)
    known = total(control.maximum.points for control in controls if control.counts is not False)
    if maximum is not None and known is not None and abs(maximum - known) > SUM_TOLERANCE:
        yield _issue(scores, "max_sum", day)


def _orphans(scores: TenantScores) -> Iterator[Row]:
    scored = {control.control_id for day in scores.controls.values() for control in day}
    matched = scores.scored_names
    for control in sorted(scored):
        if scores.catalogue.profile_id(control) is None:
            yield _issue(scores, "score_only", None, control)
    for profile in scores.catalogue.profile_ids:
        if profile not in matched:
            yield _issue(scores, "profile_only", None, profile)


def _issue(scores: TenantScores, kind: str, day: date | None, control: str | None = None) -> Row:
    return {"tenant_id": scores.tenant_id, "kind": kind, "day": day, "control_id": control}


def profile_row(scores: TenantScores, profile_id: str, day: date) -> Row:
    """What dim_control says of a control on a captured day, under the name it is scored by."""
    history = scores.catalogue.of(profile_id)
    profile = history.valid_on(day) or {}
    return {
        "tenant_id": scores.tenant_id,
        "control_id": scores.scored_names.get(profile_id, profile_id),
        "day": day,
        "title": profile.get("title"),
        "control_category": profile.get("controlCategory"),
        "service": profile.get("service"),
        "tier": profile.get("tier"),
        "rank": profile.get("rank"),
        "max_points": number(maximum_of(profile)),
        "action_type": profile.get("actionType"),
        "action_url": profile.get("actionUrl"),
        "state": history.state_on(day),
        "is_deprecated": bool(profile.get("deprecated"))
        or not scores.catalogue.listed_on(profile_id, day),
    }
