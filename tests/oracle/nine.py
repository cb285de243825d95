"""Nine hostile tenants: what Graph says of them awkwardly, and what goes wrong on single days.

Three keep the sandbox's story with awkward edits, five follow a random script, one has nothing.
`JUDGE_SEED` names other invented histories than the usual ones.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pipeline.sandbox import Sandbox
from pipeline.sandbox.story.staff import Staff
from tests.oracle import (
    hand_register,
    hostile,
    hostile_audits,
    hostile_portfolio,
    hostile_scores,
    ordinary,
)
from tests.oracle.scripted import ScriptedTenant

START = date(2026, 6, 19)
OFFSETS = (0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 14)
HISTORY = 90
# Chosen for what they hold: residual maxima in cents, a day without a percentage before a window.
SCRIPTS = {3: "birch 6", 4: "birch 23", 5: "birch 40", 6: "birch 230", 7: "f3 18"}
EMPTY = 8
LATE, LATE_FROM = 5, 5
LEAVING, LEAVING_FROM = 3, 10
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
# The endpoint of assignments in its own right: the name of PIM's begins alike.
ASSIGNMENTS, ACTIVE, ELIGIBLE = "/roleAssignments?", "/roleAssignmentS", "/roleEligibilityS"
POLICIES, AUDITS = "/conditionalAccess/policies", "/directoryAudits"
PER_USER, PLANS = "/authentication/requirements", "/conditionalAccess/plans"


@contextmanager
def troubled(sandbox: Sandbox, step: int) -> Iterator[None]:
    """What goes wrong on single days: a permission missing, an endpoint that is down."""
    ids = [tenant.tenant_id for tenant in sandbox.tenants]
    faults: dict[int, list[dict[str, Any]]] = {
        1: [{"tenant_id": ids[2], "path": "/roleManagement/", "status": 403}],
        2: [{"tenant_id": ids[1], "path": "/security/", "status": 403}],
        3: [
            {"tenant_id": ids[2], "path": ASSIGNMENTS, "status": 403},
            {"tenant_id": ids[1], "path": AUDITS, "status": 403},
        ],
        4: [
            {"tenant_id": ids[2], "path": "beta/roleManagement", "status": 403},
            {"tenant_id": ids[1], "path": PER_USER, "status": 403},
        ],
        5: [{"tenant_id": ids[2], "path": ELIGIBLE, "status": 403}],
        6: [
            {"tenant_id": ids[1], "path": "/subscribedSkus", "status": 403},
            {"tenant_id": ids[2], "path": ACTIVE, "status": 403},
        ],
        7: [
            {"tenant_id": ids[0], "path": "/roleManagement/", "status": 403},
            {"tenant_id": ids[3], "path": "/secureScoreControlProfiles", "status": 403},
        ],
        8: [
            {"tenant_id": ids[1], "path": "ScheduleInstances", "status": 403},
            {"tenant_id": ids[2], "path": "/oauth2PermissionGrants", "status": 403},
        ],
        9: [{"tenant_id": ids[2], "path": "ScheduleInstances", "status": 403}],
        10: [
            {"tenant_id": ids[2], "path": POLICIES, "status": 403},
            {"tenant_id": ids[5], "path": ASSIGNMENTS, "status": 403},
        ],
        11: [
            {"tenant_id": ids[2], "path": "/members", "status": 403},
            {"tenant_id": ids[4], "path": "/secureScores", "status": 403},
        ],
    }
    if step >= 4:
        faults.setdefault(step, []).append({"tenant_id": ids[2], "path": AUDITS, "status": 403})
    for fault in [*faults.get(step, []), *ordinary.faults(ids[EMPTY + 1 :], step)]:
        sandbox.faults.add(**fault)
    try:
        yield
    finally:
        sandbox.faults.clear()


@dataclass
class Tangle:
    """Two groups that hold roles are members of every group asked for, themselves and each other
    included: ways of several lengths lead to the same people, and some lead nowhere."""

    groups: set[str] = field(default_factory=set)

    def edited(self, page: dict[str, Any], today: date) -> dict[str, Any]:
        holders = [row.get("principal") or {} for row in page.get("value", [])]
        self.groups |= {p["id"] for p in holders if p.get("@odata.type", "").endswith(".group")}
        is_last = "@odata.nextLink" not in page
        if any("roleDefinitionId" in row for row in page["value"]) or not is_last:
            return page
        known = {row["id"] for row in page["value"]}
        tied = [one for one in sorted(self.groups)[:2] if one not in known]
        more = [{"@odata.type": "#microsoft.graph.group", "id": one} for one in tied]
        return page | {"value": page["value"] + more}


def make_hostile(sandbox: Sandbox) -> None:
    """Three tenants keep the sandbox's story with awkward edits, three follow a random script."""
    ids = [tenant.tenant_id for tenant in sandbox.tenants]
    day: Callable[[int], date] = lambda step: START + timedelta(days=OFFSETS[step])  # noqa: E731
    scores, profiles = "/secureScores", "/secureScoreControlProfiles"
    hostile.edit(
        sandbox,
        ids[0],
        scores,
        hostile.missing_on(6),
        hostile.renamed("RoleOverlap", "roleoverlap"),
        hostile.at_zero("MFARegistrationV2"),
        hostile.scored_too("no_profile_half", 0.5, 50.0, maximum=1.0),
        hostile.scored_too("no_profile_zero", 0.0, 0.0, maximum=4.0),
        hostile_scores.away("OneAdmin", since=day(3), until=day(8)),
        hostile_scores.crowded("AdminMFAV2", 10.0),
    )
    gone = hostile.unlisted("OneAdmin", since=day(3), until=day(8))
    hostile.edit(sandbox, ids[0], profiles, gone)
    hostile.edit(sandbox, ids[0], "SecurityDefaults", hostile.given_up(since=day(6)))
    hostile.edit(
        sandbox,
        ids[1],
        scores,
        hostile.scored_twice(1, weekday=2),
        hostile.without_percentage("PWAgePolicyNew"),
        hostile.revised_after(1, restored_after=4),
    )
    hostile.edit(
        sandbox,
        ids[1],
        profiles,
        hostile.reweighted("AdminMFAV2", 12.0, since=day(2), until=day(6)),
        hostile.reweighted("OneAdmin", None, since=day(3), until=date.max),
        hostile.unlisted("IntegratedApps", until=day(7)),
        hostile.unlisted("SelfServicePasswordReset", since=day(5), until=day(9)),
        hostile.stated(
            "BlockLegacyAuthentication",
            [("Default", None), ("Ignored", day(0) - timedelta(days=20))],
            until=day(8),
        ),
        hostile.stated(
            "SigninRiskPolicy",
            [("Default", None), ("ThirdParty", day(1)), ("Reviewed", day(0))],
            until=date.max,
        ),
    )
    unlisted = hostile.another_role(DIRECTORY_READERS)
    hostile.edit(sandbox, ids[2], ASSIGNMENTS, hostile.unresolved(2), unlisted)
    hostile.edit(sandbox, ids[2], ACTIVE, hostile.recased)
    hostile.edit(sandbox, ids[2], ELIGIBLE, hostile.recased, hostile.unresolved(0))
    spells = (day(2), day(7)), (day(10), date.max)
    hostile.edit(sandbox, ids[2], ASSIGNMENTS, hostile.delegated(DIRECTORY_READERS, *spells))
    hostile.edit(
        sandbox, ids[2], ACTIVE, hostile.delegated(DIRECTORY_READERS, *spells, by_pim=True)
    )
    registrations = "/userRegistrationDetails"
    for one in (ids[0], ids[2]):
        hostile.edit(sandbox, one, registrations, hostile.unsaid)
        hostile.edit(sandbox, one, "/riskyUsers", hostile.deleted)
        hostile.edit(sandbox, one, "/subscribedSkus", hostile.in_grace(7))
    hostile.edit(sandbox, ids[2], "/subscribedSkus", hostile.bought(3))
    for one in (ids[1], ids[4]):
        hostile.edit(sandbox, one, PER_USER, hostile.switched)
    # Without security defaults everybody is made to use MFA, but for one administrator.
    hostile.edit(sandbox, ids[0], PER_USER, hostile.enforced_on_all)
    staff = Staff(sandbox.tenants[0], START)
    exchange = hostile.more_holders(EXCHANGE_ADMINISTRATOR, "eeeeeeee-0000-4000-8000-00000000000a")
    readers = hostile.more_holders(GLOBAL_READER, *(staff.enabled(n).id for n in range(3)))
    hostile.edit(sandbox, ids[0], ASSIGNMENTS, exchange, readers)
    spells = (day(2), "enabled"), (day(5), "enabledForReportingButNotEnforced")
    hostile.edit(sandbox, ids[4], PLANS, hostile.planned(*spells, (day(8), "ofTomorrow")))
    tried = (day(2), "EnabledForReportingButNotEnforced"), (day(6), "Disabled")
    hostile.edit(
        sandbox, ids[2], PLANS, hostile.planned(*tried, (day(7), None), (day(9), "disabled"))
    )
    tangle = Tangle()
    for path in ("/roleAssignments?", "/members?"):
        hostile.edit(sandbox, ids[2], path, tangle.edited)
    hostile.edit(sandbox, ids[1], "/subscribedSkus", hostile.suspended(since=day(9)))
    hostile.edit(sandbox, ids[1], POLICIES, hostile.enforced(since=day(3), until=day(8)))
    for one in ids[:3]:
        hostile.edit(sandbox, one, POLICIES, hostile.each_record(hostile.in_pieces))
    changed = ids[1], AUDITS
    policies = [sandbox.tenants[1].uuid("policy", key) for key in ("mfa_admins", "portals")]
    hostile.edit(sandbox, *changed, hostile_audits.busy(policies, day(3), day(8), day(0)))
    vpn = sandbox.tenants[2].uuid("policy", "vpn")
    hostile.edit(sandbox, ids[2], POLICIES, hostile_audits.revived(vpn, day(4), day(7)))
    hostile.edit(sandbox, ids[0], ASSIGNMENTS, hand_register.synchronising)
    hostile.edit(sandbox, ids[1], POLICIES, hand_register.spared(sandbox, since=day(2)))
    hostile.edit(sandbox, ids[1], "/users?", hand_register.as_microsoft_asks(sandbox, used=day(8)))
    hostile.edit(sandbox, ids[1], registrations, hand_register.with_keys(sandbox))
    first, life_days = START - timedelta(days=HISTORY), HISTORY + OFFSETS[-1] + 1
    other = os.environ.get("JUDGE_SEED")
    for position, usual in SCRIPTS.items():
        seed = f"{other} {position}" if other else usual
        hostile.script(sandbox, ScriptedTenant(seed, ids[position], first, life_days))
        for path in (ASSIGNMENTS, ACTIVE, ELIGIBLE, "/subscribedSkus"):
            hostile.edit(sandbox, ids[position], path, hostile.flickering(seed))
    hostile_portfolio.share(sandbox, ids[:EMPTY], START - timedelta(days=60))
    for path in (scores, profiles, ASSIGNMENTS, ACTIVE, ELIGIBLE, "/subscribedSkus"):
        hostile.edit(sandbox, ids[EMPTY], path, hostile.emptied)
