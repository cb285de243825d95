"""Whom a recommendation is about: what is not yet done, by day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.identity import derived_uuid
from pipeline.sandbox.story.recommendation_plans import Planned
from pipeline.sandbox.story.roles import role_id

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_MAX_PEOPLE = 45  # so many people without a second factor are named
_LOOKED_AT = 2000
_EXPIRY, _LONG_LIFE = 30, 730


class ImpactedResources:
    """The impacted resources of one tenant's recommendations."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    def of(self, plan: Planned, day: int) -> list[dict[str, Any]]:
        """The impacted resources of a recommendation that are not yet done."""
        match plan.resources:
            case "admins":
                return self._of_users(plan, self._administrators(day), day)
            case "globals":
                return self._of_users(plan, self._globals(day), day)
            case "staff":
                return self._of_users(plan, self._unregistered(day), day)
            case "applications" | "old_applications":
                return self._of_applications(plan, day)
            case _:
                return []

    def _administrators(self, day: int) -> list[dict[str, Any]]:
        registration = self._story.registration
        return [
            holder
            for holder in self._story.cast.holders(day)
            if holder["id"] in self._story.administrators(day)
            and holder["accountEnabled"]
            and not registration.methods_of_holder(holder, day)
        ]

    def _globals(self, day: int) -> list[dict[str, Any]]:
        top = role_id("Global Administrator")
        held = {g.principal_id for g in self._story.directory.grants(day) if g.role_id == top}
        return [holder for holder in self._story.cast.holders(day) if holder["id"] in held]

    def _unregistered(self, day: int) -> list[dict[str, Any]]:
        cast, found = self._story.cast, []
        for place in range(min(_LOOKED_AT, cast.staff_count(day))):
            person = cast.staff.enabled(place)
            if not self._story.registration.methods_of_staff(person, day):
                found.append(cast.staff.record(person))
            if len(found) == _MAX_PEOPLE:
                break
        return found

    def _of_users(
        self, plan: Planned, users: Sequence[dict[str, Any]], day: int
    ) -> list[dict[str, Any]]:
        return [
            self._resource(plan, user["id"], name=user["displayName"], kind="user", day=day)
            for user in users
        ]

    def _of_applications(self, plan: Planned, day: int) -> list[dict[str, Any]]:
        today = self._story.born + timedelta(days=day)
        found = []
        for application in self._story.applications.applications(day):
            for credential in application["passwordCredentials"] + application["keyCredentials"]:
                start = date.fromisoformat(credential["startDateTime"][:10])
                end = date.fromisoformat(credential["endDateTime"][:10])
                expires = 0 <= (end - today).days <= _EXPIRY
                if expires if plan.resources == "applications" else (end - start).days > _LONG_LIFE:
                    found.append(application)
                    break
        return [
            self._resource(plan, a["id"], name=a["displayName"], kind="app", day=day) for a in found
        ]

    def _resource(
        self, plan: Planned, subject: str, *, name: str, kind: str, day: int
    ) -> dict[str, Any]:
        own = derived_uuid("impacted", plan.type, subject)
        added = self._story.born - timedelta(days=int(self._tenant.fraction(own) * 150))
        return {
            "id": own,
            "addedDateTime": f"{added.isoformat()}T02:20:05.9130847Z",
            "additionalDetails": [],
            "apiUrl": None,
            "displayName": name,
            "lastModifiedBy": "System",
            "lastModifiedDateTime": f"{checked_on(self._story, day).isoformat()}T02:20:05.9130847Z",
            "owner": None,
            "portalUrl": f"https://portal.example/{kind}/{subject}",
            "postponeUntilDateTime": None,
            "rank": 1,
            "recommendationId": recommendation_id(self._story, plan),
            "resourceType": kind,
            "status": "active",
            "subjectId": subject,
        }


def recommendation_id(story: "Story", plan: Planned) -> str:
    """The id of a recommendation in one tenant."""
    return f"{story.tenant.tenant_id}_{plan.type}"


def checked_on(story: "Story", day: int) -> date:
    """Microsoft looks once a week."""
    return story.born + timedelta(days=day - day % 7)
