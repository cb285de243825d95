"""The maximum of a control on a day, by the first of six rules that gives one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.captures import Record
from tests.oracle.counting import counting
from tests.oracle.profiles import Catalogue, ProfileHistory, maximum_of
from tests.oracle.records import ScoreRecord
from tests.oracle.values import CENT, HUNDRED, decimal, rounded


@dataclass(frozen=True)
class Maximum:
    points: Decimal | None
    source: str


UNKNOWN = Maximum(None, "unknown")


def agrees(points: Decimal | None, score: Decimal, percentage: Decimal) -> bool:
    """Score and percentage are both rounded to cents, so a true maximum can miss by one cent."""
    return points is not None and abs(score - points * percentage / HUNDRED) <= CENT


def from_own_record(control: Record, history: ProfileHistory, day: date) -> Maximum | None:
    """Rule 1: the day's own record decides where its percentage is above 0."""
    score, percentage = decimal(control.get("score")), decimal(control.get("scoreInPercentage"))
    if score is None or percentage is None or percentage <= 0:
        return None
    valid, later = maximum_of(history.valid_on(day)), maximum_of(history.first_after(day))
    if agrees(valid, score, percentage):
        return Maximum(valid, "profile")
    if agrees(later, score, percentage):
        return Maximum(later, "first_profile")
    derived = score * HUNDRED / percentage
    whole = rounded(derived, Decimal(1))
    exact = whole if agrees(whole, score, percentage) else rounded(derived, CENT)
    return Maximum(exact, "derived")


def carried(own: Mapping[date, Maximum], history: ProfileHistory, day: date) -> Maximum | None:
    """Rule 2: the nearest earlier, else the nearest later, with the same captured maximum."""
    earlier = [d for d in own if d < day]
    later = [d for d in own if d > day]
    for nearest in ([max(earlier)] if earlier else []) + ([min(later)] if later else []):
        if not history.maximum_changed(nearest, day):
            return Maximum(own[nearest].points, "carried")
    return None


def fits(points: Decimal | None, control: Record) -> bool:
    """No control has more points than its maximum: one below the score is not its maximum."""
    score = decimal(control.get("score"))
    return points is not None and (score is None or score <= points + CENT)


def from_profile(history: ProfileHistory, control: Record, day: date) -> Maximum:
    """Rules 3 and 4: the profile valid that day, else the first captured later."""
    for profile, source in (
        (history.valid_on(day), "profile"),
        (history.first_after(day), "first_profile"),
    ):
        points = maximum_of(profile)
        if points is not None and fits(points, control):
            return Maximum(points, source)
    return UNKNOWN


def maxima(
    records: Mapping[date, ScoreRecord], catalogue: Catalogue
) -> dict[date, dict[str, Maximum]]:
    """Day -> control name -> its maximum, for all records of one tenant."""
    own: dict[str, dict[date, Maximum]] = {}
    for day, record in records.items():
        for name, control in record.controls.items():
            found = from_own_record(control, catalogue.of(name), day)
            if found is not None:
                own.setdefault(name, {})[day] = found
    return {day: _of_day(record, own, catalogue) for day, record in records.items()}


def _of_day(
    record: ScoreRecord, own: Mapping[str, Mapping[date, Maximum]], catalogue: Catalogue
) -> dict[str, Maximum]:
    day, result = record.day, {}
    for name, control in record.controls.items():
        history, known = catalogue.of(name), own.get(name, {})
        maximum = known.get(day)
        if maximum is None and decimal(control.get("scoreInPercentage")) == 0:
            maximum = carried(known, history, day)
            if maximum is not None and not fits(maximum.points, control):
                maximum = None
        result[name] = maximum or from_profile(history, control, day)
    states = {name: catalogue.of(name).state_on(day) for name in record.controls}
    return _with_residual(record, result, counting(record, result, states))


def _with_residual(
    record: ScoreRecord, found: dict[str, Maximum], counts: Mapping[str, bool | None]
) -> dict[str, Maximum]:
    """Rule 5: the only unknown maximum of a day is what the reported one leaves for it."""
    unknown = [name for name, maximum in found.items() if maximum.points is None]
    reported = decimal(record.chosen.get("maxScore"))
    if len(unknown) != 1 or reported is None or None in counts.values():
        return found
    name = unknown[0]
    if not counts[name]:
        return found
    known = (m.points for other, m in found.items() if counts[other] and m.points is not None)
    left = reported - sum(known, Decimal(0))
    score = decimal(record.controls[name].get("score"))
    if left > 0 and score is not None and left >= score:
        return {**found, name: Maximum(left, "residual")}
    return found
