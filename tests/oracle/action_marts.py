"""What happened to the controls, since when each is open, exceptions, and controls across tenants.

Written from the meanings over the judge's own days, record after record.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from tests.oracle.marts import EXCEPTION_FREE, FRESH_DAYS
from tests.oracle.scores import ControlDay, TenantScores
from tests.oracle.values import number

HELD = ("third_party", "alternate_mitigation")
Row = dict[str, Any]
Controls = dict[str, ControlDay]


def is_open(control: ControlDay) -> bool:
    return control.ratio is not None and control.ratio < 1 and control.state in EXCEPTION_FREE


def is_closed(control: ControlDay) -> bool:
    return not is_open(control) and control.ratio is not None


def by_day(scores: TenantScores) -> dict[date, Controls]:
    return {
        day: {control.control_id: control for control in scores.controls[day]}
        for day in sorted(scores.records)
    }


def age_rows(scores: TenantScores) -> Iterator[Row]:
    """Since when the controls of the newest record are open: back to where each was closed."""
    days = by_day(scores)
    if not days:
        return
    first, newest = min(days), max(days)
    for name, control in days[newest].items():
        if not is_open(control):
            continue
        since = newest
        for day in sorted(days, reverse=True):
            before = days[day].get(name)
            if before is not None and is_closed(before):
                break
            if before is not None and is_open(before):
                since = day
        yield {
            "tenant_id": scores.tenant_id,
            "control_id": name,
            "open_since_date": since,
            "days_open_count": (newest - since).days,
            "is_open_since_first_record": since == first,
        }


def event_rows(scores: TenantScores) -> Iterator[Row]:
    """Every change of a score between two records, with how long a fix took."""
    trouble: dict[str, date] = {}
    last: dict[str, date] = {}
    for (_, before), (day, after) in pairwise(by_day(scores).items()):
        for name in sorted(before.keys() | after.keys()):
            kind = _kind(before.get(name), after.get(name))
            now = after.get(name)
            if kind is not None:
                yield {
                    "tenant_id": scores.tenant_id,
                    "event_date": day,
                    "subject_id": name,
                    "event_kind": kind,
                    "previous_value": before[name].level if name in before else None,
                    "new_value": now.level if now else None,
                    "gained_points": number(_points(now) - _points(before.get(name))),
                    "days_since_previous_count": (day - last[name]).days if name in last else None,
                    "days_to_fix_count": (day - trouble[name]).days
                    if kind == "completed" and name in trouble
                    else None,
                }
                last[name] = day
            if now is not None and now.level == "full":
                trouble.pop(name, None)
            elif kind in ("opened", "regressed") or (
                kind == "appeared" and now is not None and now.ratio is not None
            ):
                trouble.setdefault(name, day)


def _points(control: ControlDay | None) -> Decimal:
    return Decimal(0) if control is None or control.score is None else control.score


def _kind(before: ControlDay | None, after: ControlDay | None) -> str | None:
    if before is None or after is None:
        return "appeared" if before is None else "disappeared"
    if before.ratio is None or after.ratio is None:
        if before.ratio is not after.ratio:
            return "reassessed"
        moved = _points(after) - _points(before)
    else:
        if before.ratio < 1 <= after.ratio:
            return "completed"
        if after.ratio < 1 <= before.ratio:
            return "opened"
        moved = round(after.ratio - before.ratio, 9)
    return None if moved == 0 else "improved" if moved > 0 else "regressed"


def exception_rows(scores: TenantScores, day: date) -> Iterator[Row]:
    """What is excepted at the end of a day, with the points of the newest record."""
    newest = by_day(scores)[max(scores.records)] if scores.records else {}
    names = scores.scored_names
    for profile in scores.catalogue.profile_ids:
        state = scores.catalogue.of(profile).state_on(day)
        if state in EXCEPTION_FREE:
            continue
        name = names.get(profile, profile)
        control = newest.get(name)
        yield {
            "tenant_id": scores.tenant_id,
            "control_id": name,
            "state": state,
            "is_scored": control is not None,
            "points_at_stake": _at_stake(control, state),
        }


def _at_stake(control: ControlDay | None, state: str | None) -> float | None:
    if control is None or control.score is None:
        return None
    if state in HELD:
        return number(control.score)
    maximum = control.maximum.points
    return None if maximum is None else number(maximum - control.score)


def portfolio_rows(tenants: Iterable[TenantScores], as_of: date) -> Iterator[Row]:
    """Each control over the tenants given, each on its newest day of the last week."""
    found: dict[str, list[ControlDay]] = {}
    for scores in tenants:
        day = max(scores.records, default=date.min)
        if as_of - timedelta(days=FRESH_DAYS) <= day <= as_of:
            for control in scores.controls[day]:
                found.setdefault(control.control_id, []).append(control)
    for name, controls in found.items():
        missing = [one for one in controls if is_open(one) and one.counts is not False]
        ratios = [float(one.ratio) for one in controls if one.ratio is not None]
        gains = [one.maximum.points - one.score for one in missing if one.maximum.points]
        yield {
            "control_id": name,
            "tenant_count": len(controls),
            "missing_tenant_count": len(missing),
            "full_tenant_count": sum(one.level == "full" for one in controls),
            "excepted_tenant_count": sum(one.state not in EXCEPTION_FREE for one in controls),
            "unknown_tenant_count": sum(one.ratio is None for one in controls),
            "at_stake_points": float(sum(gains, Decimal(0))),
            "median_ratio": median(ratios) if ratios else None,
            "mean_ratio": fmean(ratios) if ratios else None,
        }
