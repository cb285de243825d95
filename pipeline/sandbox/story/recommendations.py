"""Entra's recommendations: what they ask, for whom, and how it goes; and its own daily score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.sandbox.protocol.refusals import owns
from pipeline.sandbox.story.identity import derived_uuid
from pipeline.sandbox.story.roles import role_id
from pipeline.sandbox.story.standing import Standing

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_STATES = {"Ignored": "dismissed", "ThirdParty": "thirdParty"}
_MAX_PEOPLE = 45  # so many people without a second factor are named
_LOOKED_AT = 2000
_EXPIRY, _LONG_LIFE = 30, 730


@dataclass(frozen=True)
class Planned:
    """A recommendation as data/recommendations.json has it; `control` is the score's own name."""

    type: str
    control: str
    title: str
    priority: str
    licence: str
    impact: str
    resources: str
    areas: tuple[str, ...]
    insight: str

    @property
    def tier(self) -> str:
        return self.licence.removeprefix("microsoftEntraId").lower()


@lru_cache(maxsize=1)
def _planned() -> tuple[Planned, ...]:
    raw = files("pipeline.sandbox").joinpath("data/recommendations.json").read_bytes()
    return tuple(Planned(**entry) for entry in orjson.loads(raw))


class Recommendations:
    """One tenant's recommendations by day; a tenant is shown those of its licence."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    def _shown(self) -> list[Planned]:
        tier = self._tenant.licence_tier
        return [
            p for p in _planned() if owns(tier, p.licence.removeprefix("microsoftEntraId").lower())
        ]

    def all(self, day: int) -> list[dict[str, Any]]:
        """The recommendations of a day, without their impacted resources."""
        standings = self._standings(day)
        found = []
        for plan in self._shown():
            standing = standings.get(plan.control)
            if plan.control and standing is None:
                continue
            found.append(self._record(plan, standing, day))
        return found

    def _standings(self, day: int) -> dict[str, Standing]:
        return {standing.control.id: standing for standing in self._story.progress.on(day)}

    def _id(self, plan: Planned) -> str:
        return f"{self._tenant.tenant_id}_{plan.type}"

    def _record(self, plan: Planned, standing: Standing | None, day: int) -> dict[str, Any]:
        fraction = self._tenant.fraction("recommendation", plan.type)
        created = self._story.born - timedelta(days=200 + int(fraction * 300))
        open_ = len(self.resources(plan, day))
        status = _status(standing) if standing else "active" if open_ else "completedBySystem"
        unmet = standing.total - standing.met if standing else open_
        total = standing.total if standing else open_
        return {
            "id": self._id(plan),
            "actionSteps": [
                {
                    "stepNumber": 1,
                    "text": f"Open the admin center: {plan.title}.",
                    "actionUrl": {
                        "displayName": "Admin center",
                        "url": f"https://portal.example/recommendations/{plan.type}",
                    },
                }
            ],
            "benefits": f"{plan.title}: fewer ways in for an attacker.",
            "category": "identitySecureScore" if plan.control else "identityBestPractice",
            "createdDateTime": f"{created.isoformat()}T02:11:40.2173642Z",
            "currentScore": standing.score if standing else 0.0,
            "displayName": plan.title,
            "featureAreas": list(plan.areas),
            "impactStartDateTime": f"{created.isoformat()}T02:11:40.2173642Z",
            "impactType": plan.impact,
            "insights": plan.insight.format(unmet=unmet, total=total),
            "lastModifiedBy": "System",
            "lastModifiedDateTime": f"{self._checked(day).isoformat()}T02:20:05.9130847Z",
            "maxScore": float(standing.maximum) if standing else 0.0,
            "postponeUntilDateTime": None,
            "priority": plan.priority,
            "recommendationType": plan.type,
            "releaseType": "generallyAvailable" if plan.control else "preview",
            "remediationImpact": "Users are asked to sign in again.",
            "requiredLicenses": plan.licence,
            "status": status,
        }

    def _checked(self, day: int) -> date:
        """Microsoft looks once a week."""
        return self._story.born + timedelta(days=day - day % 7)

    def find(self, identifier: str) -> Planned | None:
        return next((p for p in self._shown() if self._id(p) == identifier), None)

    def resources(self, plan: Planned, day: int) -> list[dict[str, Any]]:
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
            "lastModifiedDateTime": f"{self._checked(day).isoformat()}T02:20:05.9130847Z",
            "owner": None,
            "portalUrl": f"https://portal.example/{kind}/{subject}",
            "postponeUntilDateTime": None,
            "rank": 1,
            "recommendationId": self._id(plan),
            "resourceType": kind,
            "status": "active",
            "subjectId": subject,
        }

    def tenant_scores(self, day: int, days: int) -> list[dict[str, Any]]:
        """tenantSecureScores: one a day, newest first, at most so many days."""
        names = {plan.control for plan in _planned() if plan.control}
        found = []
        for number in range(day, max(-1, day - days), -1):
            counted = [s for s in self._story.progress.on(number) if s.control.id in names]
            moment = self._story.born + timedelta(days=number)
            found.append(
                {
                    "createDateTime": f"{moment.isoformat()}T00:00:00Z",
                    "tenantMaxScore": sum(s.maximum for s in counted if s.counts_in_maximum),
                    "tenantScore": round(sum(s.score for s in counted)),
                }
            )
        return found


def _status(standing: Standing) -> str:
    done = "completedBySystem" if standing.ratio >= 1 else "active"
    return _STATES.get(standing.state, done)
