"""Why a group of columns is null: how the feeds that decide it ended on a day."""

from collections.abc import Sequence
from datetime import date

from tests.oracle.captures import COMPLETE, Life

GROUPS = {
    "score_status": ("secure_scores",),
    "role_status": ("role_definitions", "role_assignments"),
    "pim_status": ("role_assignment_schedule_instances", "role_eligibility_schedule_instances"),
    "registration_status": ("user_registration_details",),
    "policy_status": ("conditional_access_policies", "security_defaults"),
    "risk_status": ("risky_users", "risk_detections"),
}


def group_status(life: Life, tenant_id: str, group: str, day: date) -> str:
    return of_outcomes([life.outcome_on(tenant_id, feed, day) for feed in GROUPS[group]])


def application_status(life: Life, tenant_id: str, day: date) -> str:
    """Of permissions and principals; delegated grants are a part that may be withheld."""
    feeds = ("application_permissions", "service_principals")
    outcomes = [life.outcome_on(tenant_id, feed, day) for feed in feeds]
    grants = life.outcome_on(tenant_id, "application_permissions_grants", day)
    is_partial = outcomes[0] in COMPLETE and grants == "not_permitted"
    return "partial" if is_partial else of_outcomes(outcomes)


def of_outcomes(outcomes: Sequence[str]) -> str:
    """`ok` or `empty` where every feed of the group is complete, `partial` where some are.

    Where none is and they differ, the first by name; that they differ is rare.
    """
    complete = [outcome for outcome in outcomes if outcome in COMPLETE]
    if not outcomes:
        return "not_collected"
    if len(complete) == len(outcomes):
        return "ok" if "ok" in complete else "empty"
    return "partial" if complete else min(outcomes)
