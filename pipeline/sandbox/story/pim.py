"""Privileged Identity Management for roles: standing assignments turn eligible, and get used.

Only tenants with P2 have it. The directory's grants stay who has which role; here is in which way.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.directory import Grant, opaque_id
from pipeline.sandbox.story.identity import derived_uuid
from pipeline.sandbox.story.roles import role_id

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_TURNS_ELIGIBLE = 0.8  # share of the users' assignments that do, sooner or later
_USED = 0.18  # share of days on which an eligible role is activated


@dataclass(frozen=True)
class Instance:
    """A grant as a schedule instance: how it came to be, and when it began and ends."""

    grant: Grant
    start: str
    end: str | None
    activated: bool = False
    member_type: str = "Direct"


class Pim:
    """The three views of a tenant's roles: assignments, active instances, eligible instances."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    @cached_property
    def adopted(self) -> int:
        """The day on which the first assignment turns eligible."""
        return 8 + int(self._tenant.fraction("adopts") * 8)

    @property
    def _is_licensed(self) -> bool:
        return self._tenant.licence_tier == "p2"

    def _turns(self, grant: Grant) -> int | None:
        """The day on which a grant turns eligible; None for one that stays standing."""
        principal = grant.principal
        if not self._is_licensed or principal is None or grant.scope != "/":
            return None
        if principal.get("userType") != "Member" or not principal["accountEnabled"]:
            return None
        if grant.principal_id in self._story.directory.emergencies:
            return None
        # The large helpdesk of some tenants has its role at any time.
        if grant.role_id == role_id("Helpdesk Administrator"):
            return None
        if self._tenant.fraction("turns", grant.id) > _TURNS_ELIGIBLE:
            return None
        wait = int(self._tenant.fraction("turn day", grant.id) * 45)
        return max(grant.start + 3, self.adopted + wait)

    def standing(self, day: int) -> list[Grant]:
        """The grants that hold at any time."""
        found = self._story.directory.grants(day)
        return [g for g in found if (turn := self._turns(g)) is None or day < turn]

    def _turned(self, day: int) -> list[tuple[Grant, int]]:
        found = ((g, self._turns(g)) for g in self._story.directory.grants(day))
        return [(g, turn) for g, turn in found if turn is not None and turn <= day]

    def _activated(self, day: int) -> list[Grant]:
        return [grant for grant, turn in self._turned(day) if self._is_in_use(grant, turn, day)]

    def _is_in_use(self, grant: Grant, turn: int, day: int) -> bool:
        return day > turn and self._tenant.fraction("used", grant.id, day) < _USED

    def in_roles(self, day: int) -> list[Grant]:
        """What roleAssignments lists: standing grants and, as plain rows, the activated ones."""
        return [*self.standing(day), *self._activated(day)]

    def active(self, day: int) -> list[Instance]:
        """roleAssignmentScheduleInstances of a day."""
        found = []
        for grant in self.standing(day):
            found.append(
                Instance(grant, self._moment(grant.id, grant.start), self._end(grant, day))
            )
            found += self._through_group(grant, day)
        for grant in self._activated(day):
            start, end = self._hours(grant.id, day)
            found.append(Instance(grant, start, end, activated=True))
        return found

    def eligible(self, day: int) -> list[Instance]:
        """roleEligibilityScheduleInstances of a day."""
        found = []
        for grant, turn in self._turned(day):
            permanent = self._tenant.fraction("ends", grant.id) < 0.6
            end = None if permanent else self._moment(grant.id, _yearly(turn, day))
            found.append(Instance(grant, self._moment(grant.id, turn), end))
        if day >= self.adopted + 4:
            group = self._story.groups.principal("responders")
            grant = self.own_grant(group, "Security Administrator", self.adopted + 4)
            instance = Instance(grant, self._moment(grant.id, grant.start), None)
            found += [instance, *self._through_group(grant, day)]
        return found

    def own_grant(self, principal: dict[str, Any], role: str, start: int) -> Grant:
        target = role_id(role)
        identifier = opaque_id(self._tenant.tenant_id, principal["id"], target, "/")
        return Grant(identifier, principal, principal["id"], target, "/", start)

    def _through_group(self, grant: Grant, day: int) -> list[Instance]:
        """What the members of a group see of its assignment."""
        if not grant.principal or not grant.principal["@odata.type"].endswith(".group"):
            return []
        found = []
        for member in self._story.groups.planned(grant.principal_id, day):
            if member.kind not in ("staff", "holder"):
                continue
            user = self._story.cast.find(member.id, day)
            own = replace(
                grant,
                id=opaque_id(grant.id, member.id),
                principal=user,
                principal_id=member.id,
                start=max(grant.start, member.start),
            )
            start = self._moment(own.id, own.start)
            found.append(Instance(own, start, None, member_type="Group"))
        return found

    def _end(self, grant: Grant, day: int) -> str | None:
        """Roles over an administrative unit end, as one in seven others, and are renewed before."""
        bound = grant.scope.startswith("/administrativeUnits")
        if not bound and self._tenant.fraction("time-bound", grant.id) > 0.15:
            return None
        return self._moment(grant.id, _yearly(grant.start, day))

    def _moment(self, identifier: str, day: int) -> str:
        # What holds from the first day on was there long before it.
        days = day if day > 0 else -30 - int(self._tenant.fraction("since", identifier) * 500)
        moment = self._story.born + timedelta(days=days)
        second = int(self._tenant.fraction("at", identifier) * 60)
        return f"{moment.isoformat()}T13:{second:02d}:41.{second * 17 + 100:03d}Z"

    def _hours(self, identifier: str, day: int) -> tuple[str, str]:
        moment = (self._story.born + timedelta(days=day)).isoformat()
        minute = int(self._tenant.fraction("hours", identifier, day) * 60)
        return f"{moment}T07:{minute:02d}:12.357Z", f"{moment}T15:{minute:02d}:12.357Z"

    def schedule_id(self, instance: Instance) -> str:
        """The schedule behind an instance."""
        return derived_uuid("schedule", instance.grant.id, instance.activated, instance.start)


def _yearly(start: int, day: int) -> int:
    """The next end of something that is renewed every 365 days."""
    return start + 365 * ((day - start) // 365 + 1)
