"""Conditional Access plans, a preview that next to no tenant has: only those that a test names."""

import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.policy_plans import (
    APPLICATIONS,
    BETA_CONDITIONS,
    CONDITIONS,
    GRANT,
    SESSION,
    USERS,
)

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story


class Plans:
    """One tenant's plans; each has rules that add to what the plan says for all of them."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    def all(self, day: int) -> list[dict[str, Any]]:
        """The plans of a day; without P1 there are none, as there are no policies."""
        if not self._tenant.has_plan or self._tenant.licence_tier == "free":
            return []
        return [
            {
                "id": self._tenant.uuid("plan"),
                "displayName": "Baseline",
                "description": "What holds for everybody",
                "state": "enabled",
                "createdDateTime": self._at(-30),
                "modifiedDateTime": self._at(-3),
                "sharedConditions": self._conditions("All"),
            }
        ]

    def rules(self, plan: str) -> list[dict[str, Any]]:
        """MFA for everybody, and no old clients."""
        return [
            self._rule(plan, "Multifactor authentication", "mfa", "all"),
            self._rule(plan, "No legacy authentication", "block", "exchangeActiveSync", "other"),
        ]

    def _rule(self, plan: str, name: str, control: str, *clients: str) -> dict[str, Any]:
        return {
            "id": self._tenant.uuid("plan rule", plan, name),
            "displayName": name,
            "state": "enabled",
            "conditions": self._conditions(clients=clients),
            "controls": {
                "grantControls": {**GRANT, "builtInControls": [control]},
                "sessionControls": SESSION,
            },
        }

    def _conditions(self, *users: str, clients: tuple[str, ...] = ("all",)) -> dict[str, Any]:
        conditions = {**CONDITIONS, **BETA_CONDITIONS, "clientAppTypes": list(clients)}
        named = {"users": USERS | {"includeUsers": list(users)}, "applications": APPLICATIONS}
        return copy.deepcopy(conditions | named)

    def _at(self, day: int) -> str:
        moment = self._story.born + timedelta(days=day)
        return f"{moment.isoformat()}T09:30:11.2875103Z"
