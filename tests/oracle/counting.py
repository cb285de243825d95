"""Which controls of a record count in its own sums: those marked out of it, ignored, or absent."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.oracle.captures import Record
from tests.oracle.values import decimal

if TYPE_CHECKING:
    from tests.oracle.maxima import Maximum
    from tests.oracle.records import ScoreRecord

SUM_TOLERANCE = Decimal("0.000001")
HALF_A_CENT = Decimal("0.005")


def is_marked(control: Record) -> bool:
    return str(control.get("NotScored", "")).lower() == "true"


def counting(
    record: "ScoreRecord", found: Mapping[str, "Maximum"], states: Mapping[str, str | None]
) -> dict[str, bool | None]:
    """Control -> whether it counts; None where neither sum of a day with ignored ones matches."""
    listed = {name for name, control in record.controls.items() if not is_marked(control)}
    ignored = {name for name in listed if states[name] == "ignored"}
    reported = decimal(record.chosen.get("maxScore"))
    absent: set[str] = set()
    counts: bool | None = None
    if _same(reported, total(found[name].points for name in listed - ignored)):
        counts = False
    elif _same(reported, total(found[name].points for name in listed)):
        counts = True
    else:
        ways = list(_ways(record, found, listed, ignored))
        if len(ways) == 1:
            counts, absent = ways[0][0], {ways[0][1]}
    return {
        name: name in listed - absent and (counts if name in ignored else True)
        for name in record.controls
    }


def _ways(
    record: "ScoreRecord", found: Mapping[str, "Maximum"], listed: set[str], ignored: set[str]
) -> Iterator[tuple[bool, str]]:
    """A control without which both sums are the reported ones, with or without the ignored."""
    points, maximum = (decimal(record.chosen.get(name)) for name in ("currentScore", "maxScore"))
    for counted, kept in ((False, listed - ignored), *(((True, listed),) if ignored else ())):
        everything = total(found[name].points for name in kept)
        if everything is None or points is None:
            continue
        scored = sum((decimal(record.controls[name].get("score")) or 0 for name in kept), Decimal())
        for name in listed - ignored:
            rest = everything - (found[name].points or 0)
            left = scored - (decimal(record.controls[name].get("score")) or 0)
            if _same(maximum, rest) and abs(points - left) <= HALF_A_CENT:
                yield counted, name


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= SUM_TOLERANCE


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; None as soon as one value is unknown."""
    result = Decimal(0)
    for value in values:
        if value is None:
            return None
        result += value
    return result
