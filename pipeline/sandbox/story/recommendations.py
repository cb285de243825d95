"""Entra's recommendations: what they ask, for whom, and how it goes; and its own daily score."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.protocol.refusals import owns
from pipeline.sandbox.story.impacted_resources import (
    ImpactedResources,
    checked_on,
    recommendation_id,
)
from pipeline.sandbox.story.recommendation_plans import Planned, planned_recommendations
from pipeline.sandbox.story.standing import Standing

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_STATES = {"Ignored": "dismissed", "ThirdParty": "thirdParty"}


class Recommendations:
    """One tenant's recommendations by day; a tenant is shown those of its licence."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant
        self._resources = ImpactedResources(story)

    def _shown(self) -> list[Planned]:
        tier = self._tenant.licence_tier
        return [p for p in planned_recommendations() if owns(tier, p.tier)]

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

    def _record(self, plan: Planned, standing: Standing | None, day: int) -> dict[str, Any]:
        fraction = self._tenant.fraction("recommendation", plan.type)
        created = self._story.born - timedelta(days=200 + int(fraction * 300))
        open_ = len(self.resources(plan, day))
        status = _status(standing) if standing else "active" if open_ else "completedBySystem"
        unmet = standing.total - standing.met if standing else open_
        total = standing.total if standing else open_
        return {
            "id": recommendation_id(self._story, plan),
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
            "lastModifiedDateTime": f"{checked_on(self._story, day).isoformat()}T02:20:05.9130847Z",
            "maxScore": float(standing.maximum) if standing else 0.0,
            "postponeUntilDateTime": None,
            "priority": plan.priority,
            "recommendationType": plan.type,
            "releaseType": "generallyAvailable" if plan.control else "preview",
            "remediationImpact": "Users are asked to sign in again.",
            "requiredLicenses": plan.licence,
            "status": status,
        }

    def find(self, identifier: str) -> Planned | None:
        return next(
            (p for p in self._shown() if recommendation_id(self._story, p) == identifier), None
        )

    def resources(self, plan: Planned, day: int) -> list[dict[str, Any]]:
        """The impacted resources of a recommendation that are not yet done."""
        return self._resources.of(plan, day)

    def tenant_scores(self, day: int, days: int) -> list[dict[str, Any]]:
        """tenantSecureScores: one a day, newest first, at most so many days."""
        names = {plan.control for plan in planned_recommendations() if plan.control}
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
