"""Who holds or may take a role on a day, in which way, and what is known of the holders."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.judge.captures import Record
from tests.judge.roles import Roles, is_by_group
from tests.judge.values import lower, moment

OPEN = "active_unknown"
Row = dict[str, Any]
Holding = tuple[str, str, str, str]


def assignment_rows(tenant_id: str, roles: Roles) -> Iterator[Row]:
    """One row per day, principal, role, scope and kind."""
    for day in roles.days:
        people = _people(roles, day)
        terms: dict[Holding, list[Record]] = {}
        for kind, told in _kinds(roles, day):
            terms.setdefault((*_place(roles, told, day), kind), []).append(told)
        for (principal_id, template, scope, kind), several in terms.items():
            yield {
                "tenant_id": tenant_id,
                "snapshot_date": day,
                "principal_id": principal_id,
                "role_template_id": template,
                "directory_scope": scope,
                "assignment_kind": kind,
                "path": "direct",
                "via_group_id": "",
                "is_privileged": any(
                    roles.is_privileged(t["roleDefinitionId"], day) for t in several
                ),
                "principal_type": principal_type(people[principal_id]),
                "is_guest": _is_guest(people[principal_id]),
                "start_at": _earliest([moment(t.get("startDateTime")) for t in several]),
                "end_at": _latest([moment(t.get("endDateTime")) for t in several]),
            }


def _kinds(roles: Roles, day: date) -> Iterator[tuple[str, Record]]:
    """Every holding with its kind: PIM's own word, and for assignments PIM does not list none."""
    explained = set()
    for instance in roles.active.get(day, ()):
        if not is_by_group(instance):
            explained.add(_place(roles, instance, day))
            kind = lower(instance.get("assignmentType"))
            yield {"assigned": "standing", "activated": "activated"}.get(kind or "", OPEN), instance
    for instance in roles.eligible.get(day, ()):
        if not is_by_group(instance):
            yield "eligible", instance
    for assignment in roles.assignments.get(day, ()):
        if _place(roles, assignment, day) not in explained:
            yield "standing" if day in roles.unlicensed else OPEN, assignment


def _place(roles: Roles, told: Record, day: date) -> tuple[str, str, str]:
    """Who, which role, where."""
    scope = told.get("directoryScopeId") or told.get("appScopeId") or ""
    template = roles.template_id(told["roleDefinitionId"], day)
    return str(lower(told["principalId"])), template, scope


def _people(roles: Roles, day: date) -> dict[str, Record | None]:
    """Principal id -> what any feed of the day says of it; None where none could resolve it."""
    found: dict[str, Record | None] = {}
    for told in roles.told(day):
        key = str(lower(told["principalId"]))
        found[key] = told.get("principal") or found.get(key)
    return found


def _earliest(moments: list[datetime | None]) -> datetime | None:
    return min((m for m in moments if m is not None), default=None)


def _latest(moments: list[datetime | None]) -> datetime | None:
    """None where one of them never ends."""
    known = [m for m in moments if m is not None]
    return max(known) if len(known) == len(moments) else None


def principal_rows(tenant_id: str, roles: Roles) -> Iterator[Row]:
    """One row per principal ever seen, with the values of the newest capture that resolved it."""
    newest: dict[str, Record | None] = {}
    for day in roles.days:
        for key, principal in _people(roles, day).items():
            newest[key] = principal or newest.get(key)
    for key, principal in sorted(newest.items()):
        known = principal or {}
        yield {
            "tenant_id": tenant_id,
            "principal_id": key,
            "principal_type": principal_type(principal),
            "principal_name": known.get("displayName"),
            "is_guest": _is_guest(principal),
            "is_enabled": known.get("accountEnabled"),
            "is_synced": known.get("onPremisesSyncEnabled"),
        }


def principal_type(principal: Record | None) -> str:
    """`user`, `group` or `service_principal`; `unknown` where Graph could not resolve it."""
    kind = (principal or {}).get("@odata.type", "").rsplit(".", 1)[-1]
    return {"user": "user", "group": "group", "servicePrincipal": "service_principal"}.get(
        kind, "unknown"
    )


def _is_guest(principal: Record | None) -> bool | None:
    kind = (principal or {}).get("userType")
    return None if kind is None else kind.lower() == "guest"
