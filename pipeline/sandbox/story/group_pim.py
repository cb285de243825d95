"""Privileged Identity Management for groups: who may become a member, and who is for some hours."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.sandbox.story.group_plans import Membership
from pipeline.sandbox.story.identity import derived_uuid

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_USED = 0.3
# Who is eligible from which day after adoption on: (group, kind, key, access, day, permanent).
_ELIGIBLE = (
    ("operators", "staff", "3", "member", 2, False),
    ("operators", "group", "analysts", "member", 6, True),
    ("operators", "staff", "4", "owner", 9, True),
    ("responders", "staff", "9", "member", 5, True),
)
_ENROLLED = ("operators", "responders")


@dataclass(frozen=True)
class GroupInstance:
    """An eligibility or assignment to a group, in the words of the wire."""

    group_id: str
    member: Membership
    access: str
    start: str
    end: str | None
    assignment: str = ""
    member_type: str = "direct"

    @property
    def id(self) -> str:
        """Group, access and a GUID of its own, as the service composes them."""
        own = derived_uuid("group instance", self.group_id, self.member.id, self.assignment)
        return f"{self.group_id}_{self.access}_{own}"

    @property
    def schedule_id(self) -> str:
        own = derived_uuid("group schedule", self.group_id, self.member.id, self.start)
        return f"{self.group_id}_{self.access}_{own}"


class GroupPim:
    """The eligible and active instances of a tenant's groups; of those never enrolled, none."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    def _since(self, day: int) -> int:
        """Days since the tenant took PIM up, negative before."""
        if self._tenant.licence_tier != "p2":
            return -1
        return day - self._story.pim.adopted

    def eligible(self, day: int) -> list[GroupInstance]:
        since, adopted, found = self._since(day), self._story.pim.adopted, []
        for key, kind, who, access, start, permanent in _ELIGIBLE:
            if since >= start:
                member = self._story.groups.membership(kind, who)
                end = None if permanent else self._moment(member.id, adopted + start + 365)
                begin = self._moment(member.id, adopted + start)
                group = self._story.groups.id_of(key)
                found.append(GroupInstance(group, member, access, begin, end))
        return found

    def active(self, day: int) -> list[GroupInstance]:
        groups, found = self._story.groups, []
        if self._since(day) < 0:
            return []
        for key in _ENROLLED:
            group = groups.id_of(key)
            for place, member in enumerate(groups.planned(group, day)):
                start = self._moment(member.id, member.start)
                # The second of a group is a member for a year only.
                end = self._moment(member.id, self._story.pim.adopted + 365) if place == 1 else None
                found.append(GroupInstance(group, member, "member", start, end, "assigned"))
        return found + self._activations(day)

    def activated(self, group_id: str, day: int) -> list[str]:
        """The users whom an activation makes members of a group on a day."""
        found = self._activations(day)
        return [i.member.id for i in found if i.group_id == group_id and i.access == "member"]

    def _activations(self, day: int) -> list[GroupInstance]:
        groups, found = self._story.groups, []
        for eligible in self.eligible(day):
            members, member_type = [eligible.member], "direct"
            if eligible.member.kind == "group":
                nested = groups.planned(eligible.member.id, day)
                members, member_type = [m for m in nested if m.kind == "staff"], "group"
            for member in members:
                if self._tenant.fraction("group use", eligible.id, member.id, day) < _USED:
                    start, end = self._hours(member.id, day)
                    found.append(
                        GroupInstance(
                            eligible.group_id,
                            member,
                            eligible.access,
                            start,
                            end,
                            "activated",
                            member_type,
                        )
                    )
        return found

    def _moment(self, identifier: str, day: int) -> str:
        moment = self._story.born + timedelta(days=day if day > 0 else -40)
        second = int(self._tenant.fraction("group at", identifier) * 60)
        return f"{moment.isoformat()}T10:{second:02d}:09.{second * 13 + 100:03d}Z"

    def _hours(self, identifier: str, day: int) -> tuple[str, str]:
        moment = (self._story.born + timedelta(days=day)).isoformat()
        minute = int(self._tenant.fraction("group hours", identifier, day) * 60)
        return f"{moment}T06:{minute:02d}:55.12Z", f"{moment}T14:{minute:02d}:55.12Z"
