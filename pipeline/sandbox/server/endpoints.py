"""The Graph endpoints that the sandbox knows, by path."""

import re
from collections.abc import Mapping

from pipeline.sandbox.records import audit_feeds, governance_feeds, identity_feeds, pim_feeds
from pipeline.sandbox.records import score_feeds as feeds
from pipeline.sandbox.server.endpoint import (
    APPLICATIONS,
    BOTH,
    DIRECTORY,
    EXPANDED,
    GROUPS,
    LIST,
    ORGANIZATION,
    POLICY,
    ROLES,
    Endpoint,
    conditional_access_endpoint,
    group_pim_endpoint,
    members_endpoint,
    pim_endpoint,
    plans_endpoint,
    recommendations_endpoint,
    requirements_endpoint,
    risk_endpoint,
    role_rules_endpoint,
    security_endpoint,
    setting_endpoint,
)

ENDPOINTS: Mapping[str, Endpoint] = {
    "/security/securescores": security_endpoint("secureScores", feeds.secure_scores),
    "/security/securescorecontrolprofiles": security_endpoint(
        "secureScoreControlProfiles", feeds.profiles
    ),
    "/rolemanagement/directory/roledefinitions": Endpoint(
        "roleManagement/directory/roleDefinitions",
        ROLES,
        frozenset({"$select", "$filter"}),
        feeds.role_definitions,
        versions=BOTH,
        paged=False,
    ),
    "/rolemanagement/directory/roleassignments": Endpoint(
        "roleManagement/directory/roleAssignments", ROLES, EXPANDED, feeds.role_assignments
    ),
    "/rolemanagement/directory/roleassignmentscheduleinstances": pim_endpoint(
        "roleAssignmentScheduleInstances", pim_feeds.role_assignment_instances
    ),
    "/rolemanagement/directory/roleeligibilityscheduleinstances": pim_endpoint(
        "roleEligibilityScheduleInstances", pim_feeds.role_eligibility_instances
    ),
    "/identitygovernance/privilegedaccess/group/assignmentscheduleinstances": group_pim_endpoint(
        "assignmentScheduleInstances", pim_feeds.group_assignment_instances
    ),
    "/identitygovernance/privilegedaccess/group/eligibilityscheduleinstances": group_pim_endpoint(
        "eligibilityScheduleInstances", pim_feeds.group_eligibility_instances
    ),
    "/policies/rolemanagementpolicyassignments": role_rules_endpoint(
        pim_feeds.role_policy_assignments
    ),
    "/groups": Endpoint("groups", GROUPS, LIST, identity_feeds.groups),
    "/groups/{id}/members": members_endpoint(
        identity_feeds.group_members, cost=3, context="directoryObjects"
    ),
    "/groups/{id}/transitivemembers": members_endpoint(
        identity_feeds.transitive_members, cost=5, context="directoryObjects"
    ),
    "/groups/{id}/members/microsoft.graph.user": members_endpoint(
        identity_feeds.user_members, cost=3, context="users"
    ),
    "/groups/{id}/transitivemembers/microsoft.graph.user": members_endpoint(
        identity_feeds.transitive_user_members, cost=5, context="users"
    ),
    "/users": Endpoint("users", DIRECTORY | {"User.Read.All"}, LIST, identity_feeds.users, cost=2),
    "/users/{id}/authentication/requirements": requirements_endpoint(identity_feeds.requirements),
    "/serviceprincipals": Endpoint(
        "servicePrincipals", APPLICATIONS, LIST, identity_feeds.service_principals
    ),
    "/serviceprincipals/{id}/approleassignedto": Endpoint(
        "servicePrincipals('{id}')/appRoleAssignedTo",
        APPLICATIONS,
        LIST,
        identity_feeds.app_role_assigned_to,
    ),
    "/serviceprincipals/{id}/approleassignments": Endpoint(
        "servicePrincipals('{id}')/appRoleAssignments",
        APPLICATIONS,
        LIST,
        identity_feeds.app_role_assignments,
    ),
    "/applications": Endpoint(
        "applications", APPLICATIONS, LIST, identity_feeds.applications, cost=2
    ),
    "/oauth2permissiongrants": Endpoint(
        "oauth2PermissionGrants",
        # The last has no path in Microsoft's table, and whether Graph honours it nobody has shown.
        # Here it does: a tenant can then have these grants without all that Directory.Read.All
        # opens besides.
        DIRECTORY | {"DelegatedPermissionGrant.Read.All"},
        LIST,
        identity_feeds.consents,
    ),
    "/reports/authenticationmethods/userregistrationdetails": Endpoint(
        "reports/authenticationMethods/userRegistrationDetails",
        frozenset({"AuditLog.Read.All"}),
        LIST | {"$orderby"},
        identity_feeds.registration_details,
        family="reports",
        limit="reports",
        licence="reports",
        versions=BOTH,
    ),
    "/auditlogs/directoryaudits": Endpoint(
        "auditLogs/directoryAudits",
        frozenset({"AuditLog.Read.All"}),
        LIST | {"$orderby"},
        audit_feeds.directory_audits,
        family="reports",
        limit="reports",
        versions=BOTH,
    ),
    "/identity/conditionalaccess/policies": conditional_access_endpoint(
        "policies", governance_feeds.policies
    ),
    "/identity/conditionalaccess/plans": plans_endpoint("plans", governance_feeds.plans),
    "/identity/conditionalaccess/plans/{id}/rules": plans_endpoint(
        "plans('{id}')/rules", governance_feeds.plan_rules
    ),
    "/identity/conditionalaccess/namedlocations": conditional_access_endpoint(
        "namedLocations", governance_feeds.locations
    ),
    "/policies/authenticationstrengthpolicies": Endpoint(
        "policies/authenticationStrengthPolicies",
        POLICY,
        LIST,
        governance_feeds.strengths,
        family="policy",
        limit="",
        versions=BOTH,
    ),
    "/policies/identitysecuritydefaultsenforcementpolicy": setting_endpoint(
        "policies/identitySecurityDefaultsEnforcementPolicy", governance_feeds.defaults
    ),
    "/policies/authorizationpolicy": setting_endpoint(
        "policies/authorizationPolicy", governance_feeds.authorization, singleton=("v1.0",)
    ),
    "/policies/authenticationmethodspolicy": setting_endpoint(
        "authenticationMethodsPolicy", governance_feeds.methods
    ),
    "/identityprotection/riskyusers": risk_endpoint(
        "riskyUsers", "IdentityRiskyUser.Read.All", governance_feeds.risky_users
    ),
    "/identityprotection/riskdetections": risk_endpoint(
        "riskDetections", "IdentityRiskEvent.Read.All", governance_feeds.risk_detections
    ),
    "/directory/recommendations": recommendations_endpoint(
        "directory/recommendations", governance_feeds.recommendations
    ),
    "/directory/recommendations/tenantsecurescores": recommendations_endpoint(
        "directory/recommendations/tenantSecureScores", governance_feeds.tenant_scores
    ),
    "/directory/recommendations/{id}/impactedresources": recommendations_endpoint(
        "directory/recommendations('{id}')/impactedResources", governance_feeds.impacted_resources
    ),
    "/organization": Endpoint(
        "organization", ORGANIZATION, frozenset({"$select"}), feeds.organizations, paged=False
    ),
    "/subscribedskus": Endpoint(
        "subscribedSkus",
        ORGANIZATION | {"LicenseAssignment.Read.All"},
        frozenset({"$select"}),
        feeds.skus,
        paged=False,
        cost=3,
    ),
}
_WITH_ID = tuple(
    (re.compile(re.escape(path).replace(r"\{id\}", "([^/]+)") + "$", re.I), endpoint)
    for path, endpoint in ENDPOINTS.items()
    if "{id}" in path
)


def endpoint_at(path: str) -> tuple[Endpoint, str] | None:
    """The endpoint of a path below the version, and the id in it ('' without one)."""
    plain = path.rstrip("/")
    exact = ENDPOINTS.get(plain.lower())
    if exact is not None:
        return exact, ""
    for pattern, endpoint in _WITH_ID:
        match = pattern.match(plain)
        if match:
            return endpoint, match[1]
    return None
