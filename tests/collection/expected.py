"""The true outcome of every feed, by what a tenant owns and the cloud it is in."""

from pipeline.graph.feeds import FEEDS

PIM = (
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
    "group_assignment_schedule_instances",
    "group_eligibility_schedule_instances",
)
RISK = ("risky_users", "risk_detections")
SCORES = ("secure_scores", "secure_score_control_profiles")
RECOMMENDATIONS = ("recommendations", "recommendation_tenant_scores")
# Reading Conditional Access is no matter of licences: a free tenant simply has none.
FREE_IS_EMPTY = (
    "conditional_access_policies",
    "conditional_access_plans",
    "named_locations",
    "groups",
    "group_members",
    # Security defaults are on: nobody need be asked for.
    "per_user_mfa",
)
RULES = "role_management_policies"
# A tenant younger than three weeks has not taken PIM up.
ADOPTED_LATE = (*PIM[1:], RULES)


def true_outcomes(
    tier: str, *, china: bool = False, owns_skus: bool = True, adopted: bool = True
) -> dict[str, str]:
    """Feed -> outcome of a healthy sandbox tenant of a licence tier (free, p1, p2).

    `owns_skus` is whether subscribedSkus has any; `adopted` whether it uses PIM already.
    """
    outcomes = dict.fromkeys(FEEDS, "ok")
    if tier == "free":
        outcomes |= dict.fromkeys(FREE_IS_EMPTY, "empty")
        outcomes["user_registration_details"] = "not_licensed"
    if tier != "p2":
        outcomes |= dict.fromkeys((*PIM, RULES, *RISK), "not_licensed")
    elif not adopted:
        outcomes |= dict.fromkeys(ADOPTED_LATE, "empty")
    if not owns_skus:
        outcomes["subscribed_skus"] = "empty"
    if china:
        outcomes |= dict.fromkeys((*SCORES, *RISK, *RECOMMENDATIONS), "not_in_cloud")
    return outcomes
