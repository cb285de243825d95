"""The judge of who changed a policy, on hand-made days."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.oracle.audits import who_rows
from tests.oracle.captures import Capture
from tests.oracle.hand import TENANT, capture, day, life
from tests.oracle.hand_days import lived

POLICIES = "conditional_access_policies"


def policies(number: int, state: str) -> list[Capture]:
    at = datetime.combine(day(number), datetime.min.time(), UTC).replace(hour=9)
    found = [{"id": "p", "state": state}]
    read = [capture(number, POLICIES, found), capture(number, "security_defaults", [])]
    return [
        Capture(one.tenant_id, one.feed, one.extract_date, one.order, one.outcome, one.records, at)
        for one in read
    ]


def entry(name: str, number: int, hour: int, **members: Any) -> dict[str, Any]:
    return {
        "id": f"{name} {number} {hour}",
        "category": "Policy",
        "result": "success",
        "activityDateTime": f"{day(number)}T{hour:02d}:00:00Z",
        "initiatedBy": {"user": {"userPrincipalName": name}, "app": None},
        "targetResources": [{"id": "P"}],
    } | members


def told(*captures: Capture) -> list[tuple[Any, Any]]:
    made = life(*captures)
    rows = who_rows(made, TENANT, lived(made), {})
    return [(row["changed_by"], row["changed_by_status"]) for row in rows]


def test_everyone_between_the_two_captures_is_named_and_nobody_else() -> None:
    log = [
        entry("bo", 2, 8),
        entry("ada", 1, 10),
        entry("early", 1, 8),
        entry("late", 2, 10),
        entry("failed", 2, 7, result="failure"),
        entry("elsewhere", 2, 7, targetResources=[{"id": "q"}]),
    ]
    read = capture(2, "directory_audits", log)
    assert told(*policies(1, "enabled"), *policies(2, "disabled"), read) == [("ada, bo", "ok")]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (None, (None, "not_collected")),
        (capture(12, "directory_audits", [], outcome="not_permitted"), (None, "not_permitted")),
        # Seven days without P1: the first capture lies eleven days back.
        (capture(12, "directory_audits", [entry("ada", 11, 8)]), ("ada", "partial")),
        (capture(14, "directory_audits", [entry("ada", 11, 8)]), ("ada", "partial")),
        (capture(30, "directory_audits", [entry("ada", 11, 8)]), (None, "not_collected")),
    ],
)
def test_what_was_not_read_names_nobody_and_says_why(
    reading: Capture | None, expected: tuple[str | None, str]
) -> None:
    days = [*policies(1, "enabled"), *policies(12, "disabled")]
    assert told(*days, *([reading] if reading else [])) == [expected]
