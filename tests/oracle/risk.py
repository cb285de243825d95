"""Users at risk and what was detected, from raw Graph records of one tenant and day."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.oracle.captures import Record

DAYS = 30
Row = dict[str, Any]


def risk_rows(
    tenant_id: str,
    day: date,
    *,
    users: Iterable[Record] | None,
    detections: Iterable[Record] | None,
    holders: set[str],
    knows_holders: bool,
) -> list[Row]:
    """The rows of fct_risk_daily; a feed that was not read is None.

    `holders` are the principals with a directory role that day; `knows_holders` is false where
    roles were not read or a group's members were not, so that others may hold one too.
    """
    people: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    events: dict[tuple[str, str, str], set[str]] = defaultdict(set)

    def key(record: Record, user_id: str | None) -> tuple[str, str, str]:
        if user_id in holders:
            held = "holder"
        else:
            held = "not_holder" if knows_holders and user_id is not None else "unknown"
        return (_word(record.get("riskLevel")), _word(record.get("riskState")), held)

    for one in users or ():
        # Kept with its mark, and counted nowhere.
        if one.get("isDeleted") is True:
            continue
        people[key(one, one["id"])].add(one["id"])
    for one in detections or ():
        if one["detectedDateTime"][:10] >= (day - timedelta(days=DAYS)).isoformat():
            events[key(one, one.get("userId"))].add(one["id"])
    return [
        {
            "tenant_id": tenant_id,
            "snapshot_date": day,
            "risk_level": level,
            "risk_state": state,
            "role_holder": held,
            "is_role_holder": {"holder": True, "not_holder": False}.get(held),
            "user_count": None if users is None else len(people[level, state, held]),
            "detection_count": None if detections is None else len(events[level, state, held]),
        }
        for level, state, held in sorted({*people, *events})
    ]


def _word(text: str | None) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower() if text else "unknown"
