"""What each feed is for, in words and in the models that have nothing to show without it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Use:
    """`purpose` completes "without it you do not see …"; `models` are public facts and marts."""

    purpose: str
    models: tuple[str, ...]


_POSTURE = "fct_identity_posture_daily"
_NOTHING_KNOWN = Use("its own lake table", ())
_USES: Mapping[str, Use] = MappingProxyType(
    {
        "secure_scores": Use(
            "Secure Score and its controls, day by day",
            (
                "fct_tenant_score_daily",
                "fct_control_score_daily",
                "mart_posture_overview",
                "mart_score_movement",
                "mart_tenant_comparison",
            ),
        ),
        "secure_score_control_profiles": Use(
            "what a control is, costs and asks for",
            ("dim_control", "mart_recommended_actions", "mart_roadmap", "mart_exceptions"),
        ),
        "role_definitions": Use(
            "which directory roles there are and which are privileged",
            ("dim_role", "mart_privileged_access"),
        ),
        "role_assignments": Use(
            "who holds a directory role",
            ("fct_role_assignment_daily", "mart_privileged_access", "mart_partner_access"),
        ),
        "role_assignment_schedule_instances": Use(
            "which roles are active for good and which are activated for hours",
            ("fct_role_assignment_daily", "mart_privileged_access"),
        ),
        "role_eligibility_schedule_instances": Use(
            "who may activate a role",
            ("fct_role_assignment_daily", "mart_privileged_access"),
        ),
        "role_management_policies": Use(
            "whether activating a role asks for multifactor authentication",
            ("fct_principal_posture_daily", "mart_best_practices"),
        ),
        "group_assignment_schedule_instances": Use(
            "who is an active member of a group that holds roles",
            ("fct_role_assignment_daily", "mart_privileged_access"),
        ),
        "group_eligibility_schedule_instances": Use(
            "who may activate membership of a group that holds roles",
            ("fct_role_assignment_daily", "mart_privileged_access"),
        ),
        "groups": Use(
            "the groups that hold roles and that policies name",
            ("fct_role_assignment_daily", "fct_policy_daily"),
        ),
        "group_members": Use(
            "who holds roles through a group, and whom policies reach through one",
            ("fct_role_assignment_daily", "mart_privileged_access", "fct_principal_posture_daily"),
        ),
        "users": Use(
            "role holders by name: disabled, guests, synced, last sign-in",
            ("dim_principal", "fct_principal_posture_daily", "mart_privileged_access"),
        ),
        "per_user_mfa": Use(
            "per-user multifactor authentication of who holds a role",
            ("fct_principal_posture_daily", "mart_best_practices"),
        ),
        "service_principals": Use(
            "applications that hold roles, and the age of their credentials",
            ("dim_principal", "fct_application_privilege_daily"),
        ),
        "application_permissions": Use(
            "what applications may do in Microsoft Graph, Exchange Online and SharePoint Online",
            ("fct_application_privilege_daily",),
        ),
        "user_registration_details": Use(
            "who is registered for multifactor authentication",
            ("fct_principal_posture_daily", "mart_best_practices", "mart_control_evidence"),
        ),
        "conditional_access_policies": Use(
            "Conditional Access policies, whom they cover and what is outdated",
            ("fct_policy_daily", "mart_best_practices", "mart_zero_trust"),
        ),
        "conditional_access_plans": Use(
            "whether there are Conditional Access plans, which leave verdicts on policies open",
            ("fct_principal_posture_daily", "mart_best_practices"),
        ),
        "named_locations": Use("the places that policies trust", ("fct_policy_daily",)),
        "authentication_strengths": Use(
            "whether policies ask for phishing-resistant methods",
            ("fct_policy_daily", "mart_best_practices"),
        ),
        "security_defaults": Use(
            "whether security defaults are on",
            ("fct_policy_daily", "fct_tenant_setting_daily", "mart_best_practices"),
        ),
        "authorization_policy": Use(
            "what users and guests may do by default",
            ("fct_tenant_setting_daily", "mart_best_practices"),
        ),
        "authentication_methods_policy": Use(
            "which authentication methods are allowed",
            ("fct_tenant_setting_daily", "mart_best_practices"),
        ),
        "risky_users": Use(
            "users at risk, administrators among them",
            ("fct_risk_daily", "fct_principal_posture_daily", "mart_alerts"),
        ),
        "risk_detections": Use("what put users at risk", ("fct_risk_daily",)),
        "subscribed_skus": Use(
            "the licence tier and the number of seats",
            ("dim_tenant", "fct_tenant_daily", "mart_recommended_actions"),
        ),
        "organization": Use("the tenant's own name and its licences", ("dim_tenant",)),
        "recommendations": Use(
            "Entra's own recommendations and whom they concern",
            ("fct_recommendation_daily", "mart_control_evidence"),
        ),
        "recommendation_tenant_scores": Use(
            "Entra's identity secure score, day by day", ("fct_tenant_score_daily",)
        ),
        "directory_audits": Use("who changed a policy", ("mart_remediation_log",)),
    }
)


def use(feed: str) -> Use:
    """What a feed is for; one that is not described here is named as its lake table."""
    return _USES.get(feed, _NOTHING_KNOWN)


def missing_in(feed: str) -> list[str]:
    """The models that lack something without the feed, the daily summary among them."""
    return [*use(feed).models, _POSTURE]


def in_words(feeds: Iterable[str]) -> str:
    """The purposes of feeds, each once."""
    return "; ".join(dict.fromkeys(use(feed).purpose for feed in feeds))


def models(feeds: Iterable[str]) -> list[str]:
    """The models of feeds, each once; the daily summary is not worth repeating on a screen."""
    return list(dict.fromkeys(model for feed in feeds for model in use(feed).models))
