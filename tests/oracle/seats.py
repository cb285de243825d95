"""Licences by seats: whether everybody who is enabled could have one, and how many are short.

Which controls are for all users is a list of the project's with its reasons; the rules are not.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from tests.oracle.captures import COMPLETE, Life
from tests.oracle.records import ScoreRecord
from tests.oracle.seeds import seed
from tests.oracle.tenants import (
    DEFAULT_SEGMENT,
    P1_PLAN,
    P2_PLAN,
    carries,
    licence_on,
    setting_on,
    tenant_days,
    units_of,
)
from tests.oracle.values import lower, number

REPORT, SKUS = "user_registration_details", "subscribed_skus"
# P2 brings what P1 does.
PLANS = {"p1": (P1_PLAN, P2_PLAN), "p2": (P2_PLAN,)}
TIERS = ("free", "p1", "p2")
FULL = Decimal("0.95")
OF_ALL_USERS = (
    "mfa_all_users",
    "block_legacy_authentication",
    "sign_in_risk_policy",
    "user_risk_policy",
)
Records = Mapping[date, ScoreRecord]
Row = dict[str, Any]


def members_on(life: Life, tenant_id: str, day: date, records: Records) -> int | None:
    """Members of the registration report, which leaves out who is disabled; else active users."""
    if life.outcome_on(tenant_id, REPORT, day) in COMPLETE:
        people = life.snapshots(tenant_id, REPORT)[day]
        members = sum(lower(one.get("userType")) != "guest" for one in people)
        if members:
            return members
    users = records[day].chosen.get("activeUserCount") if day in records else None
    return int(users) if users else None


def seats_on(life: Life, tenant_id: str, day: date, records: Records, licence: str) -> Row:
    """Of one licence on one day; nothing where it is not owned or something was not read."""
    nothing: Row = dict.fromkeys(("licensed_seat_ratio", "licence_coverage", "missing_seat_count"))
    tier, _ = licence_on(life, tenant_id, day, records)
    is_read = life.outcome_on(tenant_id, SKUS, day) in COMPLETE
    members = members_on(life, tenant_id, day, records)
    if not is_read or tier is None or TIERS.index(tier) < TIERS.index(licence) or members is None:
        return nothing
    skus = life.snapshots(tenant_id, SKUS)[day]
    seats = units_of([sku for sku in skus if any(carries(sku, plan) for plan in PLANS[licence])])
    share = min(Decimal(seats) / members, Decimal(1))
    return {
        "licensed_seat_ratio": number(share),
        "licence_coverage": "full" if share >= FULL else "partial",
        "missing_seat_count": max(members - seats, 0),
    }


def coverage_on(life: Life, tenant_id: str, day: date, records: Records) -> Row:
    """Of the tier of a day."""
    tier, _ = licence_on(life, tenant_id, day, records)
    found = seats_on(life, tenant_id, day, records, tier if tier in PLANS else "p2")
    return found | {"licence_coverage": "none"} if tier == "free" else found


def newest_coverage(life: Life, tenant_id: str, records: Records) -> Row:
    """Of the newest day on which it is known."""
    days = tenant_days(life, tenant_id, records)
    found = [coverage_on(life, tenant_id, day, records) for day in days]
    known = [row for row in found if row["licence_coverage"]]
    return known[-1] if known else found[-1]


def shortfalls(life: Life, tenant_id: str, records: Records) -> dict[str, int]:
    """Licence -> seats that are short, where too few have one as far as the newest day knows."""
    short: dict[str, int] = {}
    for licence in PLANS:
        for day in reversed(tenant_days(life, tenant_id, records)):
            found = seats_on(life, tenant_id, day, records, licence)
            if found["licence_coverage"] == "partial":
                short[licence] = found["missing_seat_count"]
            if found["licence_coverage"]:
                break
    return short


@cache
def _licences_for_all() -> Mapping[str, str]:
    listed = seed("control_licences")
    return {
        one["control_id"].lower(): one["required_licence"]
        for one in listed
        if one["is_for_all_users"] == "true"
    }


def missing_for_control(control_id: str, short: Mapping[str, int]) -> int | None:
    return short.get(_licences_for_all().get(control_id.lower(), ""))


def missing_for_practice(
    life: Life, tenant_id: str, day: date, records: Records, practice: str
) -> int | None:
    """Seats that the advice on a practice for all users lacks."""
    segment = setting_on(life, tenant_id, day).segment or DEFAULT_SEGMENT
    [licence] = [
        one["required_licence"]
        for one in seed("practice_advice")
        if (one["practice"], one["segment"]) == (practice, segment)
    ]
    tier, _ = licence_on(life, tenant_id, day, records)
    is_owned = tier is not None and TIERS.index(tier) >= TIERS.index(licence)
    if practice not in OF_ALL_USERS or not is_owned:
        return None
    return shortfalls(life, tenant_id, records).get(licence)
