"""Effective role assignments: who holds a role, by himself or through which groups, in which way.

A holding of a group is multiplied with every way from the group down to a member. A way through
PIM for Groups is `pim_group` whatever its length; the weaker of holding and memberships tells the
kind. Owners of a group are no members of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.oracle.captures import Record
from tests.oracle.roles import makes_administrator
from tests.oracle.tenant_day import OTHER, TenantDay
from tests.oracle.values import lower, moment

ACTIVE, ELIGIBLE = "role_assignment_schedule_instances", "role_eligibility_schedule_instances"
GROUP_ACTIVE = "group_assignment_schedule_instances"
GROUP_ELIGIBLE = "group_eligibility_schedule_instances"
KINDS = {"assigned": "standing", "activated": "activated"}
OPEN = "active_unknown"
Row = dict[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """From when to when, None where it is not told or never ends."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Link:
    """One membership of one group, or the holding that a way begins with."""

    member: str
    kind: str
    by_pim: bool = False
    term: Term = Term()


def effective_rows(day: TenantDay) -> list[Row]:
    """One row per principal, role, scope, kind, path and group that holds the role."""
    links = memberships(day)
    found: dict[Key, list[tuple[tuple[str, ...], Term, bool]]] = {}
    activated = group_activations(day)
    for (holder, template, scope, kind), reported in holdings(day).items():
        first = Link(holder, kind, term=_widest(map(_term, reported)))
        privileged = any(day.roles.is_privileged(t["roleDefinitionId"], day.day) for t in reported)
        for way in _ways(day, links, [first]):
            groups = tuple(link.member for link in way[:-1])
            place, kind, path = (way[-1].member, template, scope), _kind(way), _path(way)
            term = _overlap([one.term for one in way])
            if kind == "eligible" and path != "direct" and place in activated:
                kind, term = "activated", _overlap([term, activated[place]])
            key = (*place, kind, path, (*groups, "")[0])
            found.setdefault(key, []).append((groups, term, privileged))
    return [_row(day, key, ways) for key, ways in sorted(found.items())]


def _row(day: TenantDay, key: Key, ways: list[tuple[tuple[str, ...], Term, bool]]) -> Row:
    principal, template, scope, kind, path, via = key
    _, group_path = min((len(groups), "/".join(groups)) for groups, _, _ in ways)
    term = _widest(term for _, term, _ in ways)
    is_privileged = any(privileged for _, _, privileged in ways)
    return {
        "snapshot_date": day.day,
        "principal_id": principal,
        "role_template_id": template,
        "directory_scope": scope,
        "assignment_kind": kind,
        "path": path,
        "via_group_id": via,
        "group_path": group_path,
        "is_privileged": is_privileged,
        "is_administrator": makes_administrator(
            {"is_privileged": is_privileged, "role_template_id": template}
        ),
        "principal_type": day.type_of(principal),
        "is_guest": day.is_guest(principal),
        "start_at": term.start,
        "end_at": term.end,
    }


def holdings(day: TenantDay) -> dict[tuple[str, str, str, str], list[Record]]:
    """Who is named for which role, where and in which way, with all that says so."""
    found: dict[tuple[str, str, str, str], list[Record]] = {}
    explained = set(group_activations(day))
    for instance in day.of(ACTIVE):
        if not _is_by_group(instance):
            place = _place(day, instance)
            explained.add(place)
            kind = KINDS.get(lower(instance.get("assignmentType")) or "", OPEN)
            found.setdefault((*place, kind), []).append(instance)
    for instance in day.of(ELIGIBLE):
        if not _is_by_group(instance):
            found.setdefault((*_place(day, instance), "eligible"), []).append(instance)
    for assignment in day.of("role_assignments"):
        if (place := _place(day, assignment)) not in explained:
            # An activation would be an instance, and nobody activates a partner's group here.
            is_standing = day.outcome(ACTIVE) == "not_licensed" or (
                day.is_complete(ACTIVE) and place[0] in day.partners
            )
            kind = "standing" if is_standing else OPEN
            found.setdefault((*place, kind), []).append(assignment)
    return found


def group_activations(day: TenantDay) -> dict[tuple[str, str, str], Term]:
    """Who activated which role, where and until when, because a group may: PIM names the person
    and not the group."""
    found: dict[tuple[str, str, str], list[Record]] = {}
    for instance in day.of(ACTIVE):
        if _is_by_group(instance) and lower(instance.get("assignmentType")) == "activated":
            found.setdefault(_place(day, instance), []).append(instance)
    return {place: _widest(map(_term, several)) for place, several in found.items()}


def _place(day: TenantDay, reported: Record) -> tuple[str, str, str]:
    scope = reported.get("directoryScopeId") or reported.get("appScopeId") or ""
    return reported["principalId"].lower(), day.roles.template_id(_role(reported), day.day), scope


def _role(reported: Record) -> str:
    return str(reported["roleDefinitionId"])


def _is_by_group(instance: Record) -> bool:
    return lower(instance.get("memberType")) == "group"


def memberships(day: TenantDay) -> dict[str, list[Link]]:
    """Group -> its direct members, each once a kind: as PIM says where PIM says something."""
    reported: dict[tuple[str, str, str, bool], list[Record]] = {}
    explained = set()
    for instance in day.of(GROUP_ACTIVE):
        kind = KINDS.get(lower(instance.get("assignmentType")) or "", OPEN)
        # What the members of a member group have by it is told by the way through that group.
        if _is_member(instance) and (kind == "activated" or not _is_by_group(instance)):
            pair = instance["groupId"].lower(), instance["principalId"].lower()
            explained.add(pair)
            reported.setdefault((*pair, kind, kind == "activated"), []).append(instance)
    for instance in day.of(GROUP_ELIGIBLE):
        if _is_member(instance) and not _is_by_group(instance):
            pair = instance["groupId"].lower(), instance["principalId"].lower()
            reported.setdefault((*pair, "eligible", True), []).append(instance)
    for group, members in day.members.items() if day.is_complete("group_members") else ():
        for record in members:
            if (pair := (group.lower(), record["id"].lower())) not in explained:
                reported.setdefault((*pair, "standing", False), []).append({})
    links: dict[str, list[Link]] = {}
    for (group, member, kind, by_pim), several in reported.items():
        link = Link(member, kind, by_pim, _widest(map(_term, several)))
        links.setdefault(group, []).append(link)
    return links


def _is_member(instance: Record) -> bool:
    return lower(instance.get("accessId")) == "member"


def _ways(day: TenantDay, links: dict[str, list[Link]], way: list[Link]) -> Iterator[list[Link]]:
    """Every way down to somebody who is no group, or to a group whose members nobody could read."""
    here = way[-1].member
    if day.type_of(here) != "group":
        if day.type_of(here) != OTHER:
            yield way
        return
    if not day.is_complete("group_members"):
        yield way
    for link in links.get(here, ()):
        if link.member not in {passed.member for passed in way}:
            yield from _ways(day, links, [*way, link])


def _kind(way: list[Link]) -> str:
    kinds = {link.kind for link in way}
    return next((kind for kind in ("eligible", "activated", OPEN) if kind in kinds), "standing")


def _path(way: list[Link]) -> str:
    if len(way) == 1:
        return "direct"
    if any(link.by_pim for link in way):
        return "pim_group"
    return "group" if len(way) == 2 else "nested_group"


def _term(reported: Record) -> Term:
    return Term(moment(reported.get("startDateTime")), moment(reported.get("endDateTime")))


def _widest(terms: Iterable[Term]) -> Term:
    """From the first start on; without an end where one of them never ends."""
    several = list(terms)
    starts = [t.start for t in several if t.start is not None]
    ends = [t.end for t in several if t.end is not None]
    return Term(min(starts, default=None), max(ends) if len(ends) == len(several) else None)


def _overlap(terms: list[Term]) -> Term:
    """While every part of the way holds, as far as it is told."""
    starts = [term.start for term in terms if term.start is not None]
    ends = [term.end for term in terms if term.end is not None]
    return Term(max(starts, default=None), min(ends, default=None))
