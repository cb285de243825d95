"""The names by which tenants.yaml may speak of feeds; the catalogue of Graph has the same."""

from typing import Literal

FeedName = Literal[
    "secure_scores",
    "secure_score_control_profiles",
    "subscribed_skus",
    "organization",
    "role_definitions",
    "role_assignments",
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
    "role_management_policies",
    "conditional_access_policies",
    "named_locations",
    "authentication_strengths",
    "security_defaults",
    "authorization_policy",
    "authentication_methods_policy",
    "risky_users",
    "risk_detections",
    "group_assignment_schedule_instances",
    "group_eligibility_schedule_instances",
    "groups",
    "group_members",
    "users",
    "user_registration_details",
    "application_permissions",
    "service_principals",
    "recommendations",
    "recommendation_tenant_scores",
    "directory_audits",
]
