"""Who changed policies: what the audit log says of the time between two captures of a tenant.

From meanings 3 and the mart's own promise: joined by target and the window between two captures;
several names where several people had a hand in it; null with the reason where the log was not
read. The log is kept for 30 days with P1, for 7 without.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.oracle.captures import COMPLETE, Life, Record
from tests.oracle.days import Gathered
from tests.oracle.statuses import group_status
from tests.oracle.tenants import licence_on
from tests.oracle.values import moment

FEED = "directory_audits"
FEEDS = {True: "security_defaults", False: "conditional_access_policies"}
KEPT = {"p1": timedelta(days=30), "p2": timedelta(days=30)}
KEPT_FREE = timedelta(days=7)
Row = dict[str, Any]


def who_rows(
    life: Life, tenant_id: str, gathered: Mapping[date, Gathered], records: Any
) -> Iterator[Row]:
    """Policies that came, went or changed their state, with who did it."""
    days = [
        day for day in gathered if group_status(life, tenant_id, "policy_status", day) in COMPLETE
    ]
    entries = _entries(life, tenant_id)
    for before, after in pairwise(sorted(days)):
        earlier, later = (_states(gathered[day]) for day in (before, after))
        for policy in sorted(earlier.keys() | later.keys()):
            kind = _kind(earlier.get(policy), later.get(policy))
            if kind is None:
                continue
            status = _status(life, tenant_id, before, after, records)
            window = [_captured(life, tenant_id, policy, gathered, day) for day in (before, after)]
            yield {
                "event_date": after,
                "subject_id": policy,
                "event_kind": kind,
                "changed_by": _names(entries, policy, *window)
                if status in ("ok", "empty", "partial")
                else None,
                "changed_by_status": status,
            }


def _states(one: Gathered) -> dict[str, str]:
    return {row["policy_id"]: row["policy_state"] for row in one.policies}


def _kind(before: str | None, after: str | None) -> str | None:
    if before is None or after is None:
        return "policy_appeared" if before is None else "policy_removed"
    return None if before == after else "policy_state_changed"


def _entries(life: Life, tenant_id: str) -> list[Record]:
    """Each entry once, however often it was read."""
    found = {one["id"]: one for c in life.of(tenant_id, FEED) if c.complete for one in c.records}
    return [one for one in found.values() if one["category"] == "Policy"]


def _captured(
    life: Life, tenant_id: str, policy: str, gathered: Mapping[date, Gathered], day: date
) -> datetime:
    is_defaults = any(one["id"] == policy for one in gathered[day].day.of(FEEDS[True]))
    captures = life.of(tenant_id, FEEDS[is_defaults])
    newest = [c for c in captures if c.complete and c.extract_date == day][-1]
    assert newest.collected_at is not None
    return newest.collected_at


def _names(entries: list[Record], policy: str, after: datetime, until: datetime) -> str | None:
    names = set()
    for entry in entries:
        at = moment(entry["activityDateTime"])
        targets = {str(one["id"]).lower() for one in entry["targetResources"]}
        if at is None or not after < at <= until or policy.lower() not in targets:
            continue
        if entry["result"] == "success":
            names |= {_actor(entry["initiatedBy"])}
    return ", ".join(sorted(name for name in names if name)) or None


def _actor(initiated: Record) -> str | None:
    user, app = initiated.get("user") or {}, initiated.get("app") or {}
    return user.get("userPrincipalName") or user.get("displayName") or app.get("displayName")


def _status(life: Life, tenant_id: str, before: date, after: date, records: Any) -> str:
    """How the log was read that reaches the change: on its day, else when it was read next."""
    read = sorted(life.snapshots(tenant_id, FEED))
    own = life.outcome_on(tenant_id, FEED, after)
    following = [day for day in read if day >= after]
    if not following:
        return own
    day = following[0]
    tier, _ = licence_on(life, tenant_id, day, records)
    kept = KEPT.get(tier or "", KEPT_FREE)
    start = day - kept
    previous = [one for one in read if one < day]
    if previous and previous[-1] >= start:
        start = previous[-1] - kept
    if after < start:
        return own
    return "partial" if before < start else life.outcome_on(tenant_id, FEED, day)
