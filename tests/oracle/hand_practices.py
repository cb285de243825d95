"""The status of one practice on a hand-made day."""

from typing import Any

from tests.oracle.coverage import coverage_of
from tests.oracle.effective import effective_rows
from tests.oracle.hand_days import a_day
from tests.oracle.hand_policies import DEFAULTS
from tests.oracle.people import person_rows
from tests.oracle.practices import practice_rows

OFF = {**DEFAULTS, "isEnabled": False}


def practice_status(
    practice: str, *policies: dict[str, Any], tier: str | None = "p2", **reported: Any
) -> str:
    """Security defaults are off and every feed is read unless told."""
    reported.setdefault("security_defaults", [OFF])
    day = a_day(conditional_access_policies=list(policies), **reported)
    rows = effective_rows(day)
    people = person_rows(day, rows, coverage_of(day, rows))
    found = practice_rows(day, rows, people, tier, {})
    return str(next(row["status"] for row in found if row["practice"] == practice))
