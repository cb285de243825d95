"""What happens to ordinary tenants: they join, leave, miss days, change and are refused.

An ordinary tenant is known here by its number among the ordinary ones. It is collected on
the first and the last day, every sixth day between, and when something happens to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.sandbox import Sandbox
from tests.oracle import hostile

FIRST, LAST = 0, 11
EVERY = 6
# Number -> the step at which it happens.
JOINS = {3: 4, 11: 7, 19: 10}
LEAVES = {5: 5, 13: 9}
CHANGES_SEGMENT = {7: 6, 14: 8}
LOSES_LICENCE = {4: 5, 10: 8, 14: 7}
LOSES_AN_ADMINISTRATOR = {2: 4, 8: 6, 17: 9}
# Where a person shows up.
PEOPLE = ("/roleAssignments?", "/roleAssignmentS", "/roleEligibilityS", "/users?", "members?")
# Step -> (number, part of a path, status): what is refused on that single day.
REFUSED: dict[int, list[tuple[int, str, int]]] = {
    2: [(0, "/users?", 403), (4, "/riskyUsers", 403), (8, "/groups?", 403)],
    4: [(2, "/conditionalAccess/policies", 403), (6, "/authorizationPolicy", 403)],
    5: [(1, "/userRegistrationDetails", 403), (20, "/servicePrincipals", 403)],
    6: [(10, "/riskDetections", 403), (14, "/recommendations", 403), (17, "/members", 403)],
    7: [(2, "privilegedAccess/group", 403), (7, "SecurityDefaults", 403)],
    9: [(16, "beta/identity", 403), (18, "/namedLocations", 403), (17, "/organization", 403)],
    10: [(2, "/transitiveMembers", 403), (6, "authenticationMethodsPolicy", 403)],
    11: [(20, "/oauth2PermissionGrants", 403), (21, "tenantSecureScores", 403)],
}
TROUBLED = {(number, step) for step, all_of in REFUSED.items() for number, *_ in all_of}


def is_collected(number: int, step: int) -> bool:
    """Whether the run of a step asks for the tenant; a tenant that is not asked misses the day."""
    changed = {JOINS.get(number), LOSES_LICENCE.get(number), LOSES_AN_ADMINISTRATOR.get(number)}
    regular = step in (FIRST, LAST) or (number + step) % EVERY == 0
    return regular or step in changed or (number, step) in TROUBLED


def configure(entry: dict[str, Any], number: int, step: int) -> bool:
    """Alter the tenant's entry of tenants.yaml; False where it has none at this step."""
    if step < JOINS.get(number, FIRST) or step >= LEAVES.get(number, LAST + 1):
        return False
    if step >= CHANGES_SEGMENT.get(number, LAST + 1):
        entry["segment"] = "regulated" if entry.get("segment") != "regulated" else "mid_size"
    return True


def faults(ids: Sequence[str], step: int) -> Iterator[dict[str, Any]]:
    """What is refused to whom on the day of a step, as far as there are such tenants."""
    for number, path, status in REFUSED.get(step, []):
        if number < len(ids):
            yield {"tenant_id": ids[number], "path": path, "status": status}


def make_eventful(sandbox: Sandbox, ids: Sequence[str], days: Sequence[date]) -> None:
    """Let subscriptions end and administrators be deleted; `days` are those of the steps."""
    for number, step in LOSES_LICENCE.items():
        hostile.edit(sandbox, ids[number], "/subscribedSkus", hostile.suspended(since=days[step]))
    for number, step in LOSES_AN_ADMINISTRATOR.items():
        leaver = Leaver(since=days[step])
        for path in PEOPLE:
            hostile.edit(sandbox, ids[number], path, leaver.edited)


@dataclass
class Leaver:
    """An administrator who is deleted: the assignments stay, and nobody can say whose they are."""

    since: date
    identifier: str | None = None

    def edited(self, page: dict[str, Any], today: date) -> dict[str, Any]:
        rows = page.get("value", [])
        if self.identifier is None:
            users = [r["principalId"] for r in rows if "user" in _kind(r.get("principal"))]
            self.identifier = min(users, default=None)
        if today < self.since:
            return page
        kept = [row for row in rows if row["id"] != self.identifier]
        reported = [row | {"principal": None} if self._is_of(row) else row for row in kept]
        return page | {"value": reported}

    def _is_of(self, row: dict[str, Any]) -> bool:
        return row.get("principalId") == self.identifier and "principal" in row


def _kind(principal: dict[str, Any] | None) -> str:
    return str((principal or {}).get("@odata.type", ""))
