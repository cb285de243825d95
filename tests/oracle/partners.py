"""Holders from other tenants: what they hold on the newest day, since when, and what is new."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.oracle.days import Gathered
from tests.oracle.tenant_day import PARTNER

NEWS_DAYS, GAP_DAYS = 30, 3
Row = dict[str, Any]
Days = Mapping[date, Gathered]
# Principal and role.
Access = tuple[str, str]


def partner_rows(gathered: Days) -> Iterator[Row]:
    """Every role that a partner holds or may take on the newest day on which roles were read."""
    held = _held(gathered)
    if not held:
        return
    newest, first = max(held), min(held)
    one, since = gathered[newest], _since(held)[newest]
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in one.assignments:
        if row["principal_type"] == PARTNER:
            names = ("principal_id", "role_template_id", "directory_scope", "assignment_kind")
            found.setdefault(tuple(row[name] for name in names), []).append(row)
    for (principal, role, scope, kind), rows in found.items():
        ends = [row["end_at"] for row in rows]
        yield {
            "tenant_id": one.tenant_id,
            "snapshot_date": newest,
            "principal_id": principal,
            "role_template_id": role,
            "directory_scope": scope,
            "assignment_kind": kind,
            "partner_tenant_id": one.day.partners[principal],
            "is_privileged": any(row["is_privileged"] for row in rows),
            "start_at": min((r["start_at"] for r in rows if r["start_at"]), default=None),
            "end_at": None if None in ends else max(ends),
            "first_seen_date": since[principal, role],
            "is_since_first_day": since[principal, role] == first,
        }


def partner_news(gathered: Days) -> Iterator[tuple[str, date]]:
    """Partners and the days on which something that they hold is new: it was not there on an
    earlier day that was read, and came less than a month ago."""
    held = _held(gathered)
    for day, since in _since(held).items():
        new = {
            principal
            for (principal, _), start in since.items()
            if start > min(held) and (day - start).days < NEWS_DAYS
        }
        yield from ((principal, day) for principal in new)


def _held(gathered: Days) -> dict[date, set[Access]]:
    """What partners hold on each day on which the assignments were read, in any way."""
    return {
        day: {
            (row["principal_id"], row["role_template_id"])
            for row in one.assignments
            if row["principal_type"] == PARTNER
        }
        for day, one in sorted(gathered.items())
        if one.day.is_complete("role_assignments")
    }


def _since(held: Mapping[date, set[Access]]) -> dict[date, dict[Access, date]]:
    """By day, when each of that day's was first seen; what is away a few days has not gone."""
    found: dict[date, dict[Access, date]] = {}
    last: dict[Access, tuple[date, date]] = {}
    previous: set[Access] = set()
    for day, there in held.items():
        for access in there:
            start, seen = last.get(access, (day, day))
            is_new = access not in previous and (day - seen).days > GAP_DAYS
            last[access] = (day if is_new else start, day)
        found[day] = {access: last[access][0] for access in there}
        previous = there
    return found
