"""Groups and who is in them over time: holders of roles, those that policies name, and others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.group_plans import Membership, Planned, planned_groups
from pipeline.sandbox.story.identity import Tenant, derived_uuid
from pipeline.sandbox.story.people import user_id

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story


def group_id(tenant: Tenant, key: str) -> str:
    """The id of a planned group; for a key that nobody planned, that of a group long gone."""
    return derived_uuid("planned group", tenant.seed, tenant.index, key)


def _with_second(plan: Planned) -> Planned:
    """The group of the emergency accounts where there are two."""
    return replace(plan, members=("holder:2", *plan.members))


class Groups:
    """The groups of one tenant; role-holding ones are those of its directory."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant
        plans = [p for p in planned_groups() if story.tenant.segment in p.shapes]
        if story.directory.are_emergencies_in_order:
            plans = [_with_second(plan) if plan.key == "emergency" else plan for plan in plans]
        self._planned = plans

    @cached_property
    def _records(self) -> dict[str, dict[str, Any]]:
        """Every group by id, as /groups has it."""
        held = {
            principal["displayName"]: principal
            for principal in self._story.directory.principals(0)
            if principal["@odata.type"].endswith(".group")
        }
        found = {}
        for plan in self._planned:
            record = self._record(plan, held.get(plan.name) if plan.holds else None)
            found[record["id"]] = record
        return found

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {
            plan.key: identifier
            for plan, identifier in zip(self._planned, self._records, strict=True)
        }

    def _record(self, plan: Planned, held: dict[str, Any] | None) -> dict[str, Any]:
        tenant = self._tenant
        created = self._story.born - timedelta(days=90 + int(tenant.fraction(plan.key) * 900))
        own = {
            "id": group_id(tenant, plan.key),
            "deletedDateTime": None,
            "createdDateTime": f"{created.isoformat()}T10:21:07Z",
            "description": plan.description,
            "displayName": plan.name,
            "groupTypes": ["Unified"] if plan.unified else ["DynamicMembership"] * bool(plan.rule),
            "isAssignableToRole": True if plan.assignable else None,
            "mail": f"{plan.key}@{tenant.domain}" if plan.unified else None,
            "mailEnabled": plan.unified,
            "mailNickname": plan.key,
            "securityEnabled": not plan.unified,
            "visibility": "Private" if plan.assignable or plan.unified else None,
        }
        if held:
            own = {name: value for name, value in held.items() if name != "@odata.type"}
        return own | {
            "membershipRule": plan.rule,
            "membershipRuleProcessingState": "On" if plan.rule else None,
            "onPremisesSyncEnabled": True if plan.synced and tenant.is_hybrid else None,
        }

    def id_of(self, key: str) -> str:
        """The id of a planned group of this tenant, or of one long gone."""
        return self._ids.get(key) or group_id(self._tenant, key)

    def all(self) -> Sequence[dict[str, Any]]:
        return list(self._records.values())

    def find(self, identifier: str) -> dict[str, Any] | None:
        return self._records.get(identifier.lower())

    def principal(self, key: str) -> dict[str, Any]:
        """A planned group as `$expand=principal` shows it."""
        record = self._records[self.id_of(key)]
        return {"@odata.type": "#microsoft.graph.group", **record}

    @cached_property
    def _plans(self) -> dict[str, tuple[Membership, ...]]:
        """What was planned for each group, by id."""
        return {
            self.id_of(plan.key): tuple(
                membership for text in plan.members for membership in self._memberships(text)
            )
            for plan in self._planned
        }

    def _memberships(self, text: str) -> list[Membership]:
        who, _, when = text.partition("@")
        kind, _, key = who.partition(":")
        start, _, end = when.partition("-")
        first, _, last = key.partition("..")
        keys = [str(n) for n in range(int(first), int(last) + 1)] if last else [key]
        until = int(end) if end else None
        return [Membership(kind, self._member_id(kind, k), int(start or 0), until) for k in keys]

    def membership(self, kind: str, key: str) -> Membership:
        """Somebody or something that is no member yet, as one."""
        return Membership(kind, self._member_id(kind, key))

    def _member_id(self, kind: str, key: str) -> str:
        tenant, story = self._tenant, self._story
        match kind:
            case "staff":
                return story.cast.staff.person(int(key)).id
            case "holder":
                return user_id(tenant, int(key))
            case "group":
                return self.id_of(key)
            case "sp":
                return story.applications.id_of(key)
            case _:
                return derived_uuid(kind, tenant.seed, tenant.index, key)

    def planned(self, identifier: str, day: int) -> list[Membership]:
        """Who is a member for good on a day: without those whom PIM lets in for some hours."""
        return [m for m in self._plans.get(identifier, ()) if m.holds(day) and self._exists(m, day)]

    def members(self, identifier: str, day: int) -> list[Membership]:
        """The direct members on a day."""
        found = {member.id: member for member in self.planned(identifier, day)}
        for user in self._story.group_pim.activated(identifier, day):
            member = Membership("staff", user)
            if self._exists(member, day):
                found.setdefault(user, member)
        return list(found.values())

    def transitive(self, identifier: str, day: int) -> list[Membership]:
        """Everything beneath a group on a day, nested groups included, each once."""
        found: dict[str, Membership] = {}
        open_ = [identifier]
        while open_:
            for member in self.members(open_.pop(0), day):
                if member.id not in found and member.id != identifier:
                    found[member.id] = member
                    open_ += [member.id] if member.kind == "group" else []
        return list(found.values())

    def _exists(self, member: Membership, day: int) -> bool:
        """Small tenants have no staff of that number."""
        if member.kind not in ("staff", "holder"):
            return True
        return self._story.cast.find(member.id, day) is not None

    def object(self, member: Membership, day: int) -> dict[str, Any]:
        """A member as a directory object; of a device nothing but its id may be read."""
        match member.kind:
            case "staff" | "holder":
                return self._story.cast.find(member.id, day) or {}
            case "group":
                return {"@odata.type": "#microsoft.graph.group", **self._records[member.id]}
            case "sp":
                return {
                    "@odata.type": "#microsoft.graph.servicePrincipal",
                    **(self._story.applications.find(member.id, day) or {}),
                }
            case _:
                return {"@odata.type": "#microsoft.graph.device", "id": member.id}
