"""Records altered so that the score moves for reasons that the sandbox's story has not."""

from datetime import date
from typing import Any

from tests.oracle.hostile import Change, each_record

Record = dict[str, Any]


def away(name: str, *, since: date, until: date) -> Change:
    """A control that the records of some days do not have."""

    def record(found: Record, _: date) -> Record:
        if not since <= _day(found) < until:
            return found
        return _scored(found, [c for c in found["controlScores"] if c["controlName"] != name])

    return each_record(record)


def crowded(name: str, maximum: float) -> Change:
    """A control that always one person fails, while others come and go."""

    def record(found: Record, _: date) -> Record:
        total = 10 + _day(found).toordinal() % 9
        percentage = round(100 * (total - 1) / total, 2)
        reported = {"score": round(maximum * percentage / 100, 2), "scoreInPercentage": percentage}
        controls = [
            c | reported | ({"total": str(total)} if "total" in c else {})
            if c["controlName"] == name
            else c
            for c in found["controlScores"]
        ]
        return _scored(found, controls)

    return each_record(record)


def _scored(found: Record, controls: list[Record]) -> Record:
    total = round(sum(control["score"] for control in controls), 2)
    return found | {"controlScores": controls, "currentScore": total}


def _day(record: Record) -> date:
    return date.fromisoformat(record["createdDateTime"][:10])
