"""Everybody whom a feed of roles, groups or people named, with the newest that it told of each."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.oracle.days import Gathered
from tests.oracle.effective import GROUP_ACTIVE, GROUP_ELIGIBLE
from tests.oracle.tenant_day import PARTNER, ROLE_FEEDS, TYPES

FLAGS = ("is_guest", "is_synced", "is_deleted")
VALUES = {
    "principal_name": "displayName",
    "is_enabled": "accountEnabled",
}
Row = dict[str, Any]


def principal_rows(
    tenant_id: str, gathered: Mapping[date, Gathered], applications: Mapping[date, set[str]]
) -> Iterator[Row]:
    """One row per principal ever named; a value that one day does not tell keeps the last one.

    `applications` are those that were asked for because of what they may do, day by day.
    """
    found: dict[str, Row] = {}
    for day, one in sorted(gathered.items()):
        for key in _named(one, applications.get(day, set())):
            row = found.setdefault(key, _unknown(tenant_id, key))
            row |= {name: value for name, value in _told(one, key).items() if value is not None}
    for _, row in sorted(found.items()):
        yield row | {"principal_type": row["principal_type"] or "unknown"}


def _unknown(tenant_id: str, key: str) -> Row:
    reported = dict.fromkeys(("principal_type", *FLAGS, "partner_tenant_id", *VALUES))
    return {"tenant_id": tenant_id, "principal_id": key, **reported}


def _told(one: Gathered, key: str) -> Row:
    kind = one.day.type_of(key)
    principal = one.day.principals.get(key, {})
    return {
        "principal_type": kind if kind in (PARTNER, *TYPES.values()) else None,
        "partner_tenant_id": one.day.partners.get(key),
        "is_guest": one.day.is_guest(key),
        "is_synced": one.day.is_synced(key),
        "is_deleted": {r["id"].lower(): r.get("isDeleted") is True for r in one.day.at_risk}.get(
            key
        ),
        **{name: principal.get(member) for name, member in VALUES.items()},
    }


def _named(one: Gathered, applications: set[str]) -> set[str]:
    """Holders, the groups between and their members, whom PIM names, people at risk, and the
    applications that Graph described."""
    day = one.day
    named = {r["principalId"].lower() for feed in ROLE_FEEDS for r in day.of(feed)}
    for feed in (GROUP_ACTIVE, GROUP_ELIGIBLE):
        for record in day.of(feed):
            named |= {record["principalId"].lower(), record["groupId"].lower()}
    if day.is_complete("group_members"):
        for group, members in day.members.items():
            named |= {group, *(m["id"].lower() for m in members)}
    named |= {group["id"].lower() for group in day.of("groups")}
    named |= {user["id"].lower() for user in day.at_risk}
    listed = {p["id"].lower() for p in day.of("service_principals")}
    return named | (applications & listed)
