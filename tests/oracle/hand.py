"""Hand-made captures for the judge's own tests: short to write, like the wire to read."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.oracle.captures import Capture, Life, Record, Run, TenantSetting

TENANT = "11111111-1111-1111-1111-111111111111"
FIRST = date(2026, 3, 1)


def day(number: int) -> date:
    """Day 1 is the first of March 2026."""
    return FIRST + timedelta(days=number - 1)


def control(
    name: str, score: Any, percentage: Any, *, category: str = "Identity", **detail: Any
) -> dict[str, Any]:
    wire = {"controlCategory": category, "controlName": name, "description": None}
    return wire | {"score": score, "scoreInPercentage": percentage, **detail}


def record(number: int, controls: list[dict[str, Any]], **members: Any) -> dict[str, Any]:
    """The score record of a day; currentScore is the sum of its controls unless given."""
    return {
        "id": f"{TENANT}_{day(number)}",
        "createdDateTime": f"{day(number)}T00:00:00Z",
        "currentScore": sum(c["score"] for c in controls),
        "maxScore": None,
        "activeUserCount": 9,
        "enabledServices": ["HasAADFree"],
        "controlScores": controls,
    } | members


def profile(name: str, maximum: Any, **members: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": f"About {name}",
        "controlCategory": "Identity",
        "service": "AzureAD",
        "maxScore": maximum,
        "controlStateUpdates": [{"state": "Default", "updatedDateTime": None}],
    } | members


def update(state: str, number: int | None) -> dict[str, Any]:
    """A state change at noon of a day, or one without a date."""
    when = None if number is None else f"{day(number)}T12:00:00Z"
    return {"state": state, "updatedDateTime": when}


def life(
    *captures: Capture, runs: Iterable[int] = (), settings: Mapping[str, Any] | None = None
) -> Life:
    """A life of one tenant, with a run on every day of a capture and on the days given."""
    tenant = TenantSetting(TENANT, **(settings or {}))
    days = sorted({c.extract_date for c in captures} | {day(n) for n in runs})
    made = tuple(Run(order, run_date, (tenant,)) for order, run_date in enumerate(days))
    return Life(made, captures)


def capture(
    number: int, feed: str, records: Iterable[Record], *, outcome: str | None = None, order: int = 0
) -> Capture:
    """What a run on a day read; `order` tells several runs of one day apart."""
    kept = tuple(records)
    ended = outcome or ("ok" if kept else "empty")
    return Capture(TENANT, feed, day(number), number * 10 + order, ended, kept)


def scores(number: int, *records: Record, **options: Any) -> Capture:
    return capture(number, "secure_scores", records, **options)


def profiles(number: int, *records: Record, **options: Any) -> Capture:
    return capture(number, "secure_score_control_profiles", records, **options)
