"""The requests of the identity feeds as their client sends them, and what answers each."""

from urllib.parse import quote

from tests.sandbox import identity_shapes as shapes
from tests.sandbox import policy_shapes, risk_shapes
from tests.sandbox.shape import text


def query(**options: str) -> str:
    """A query string with its options encoded as Graph wants them."""
    pairs = [f"${name}={quote(value, safe=',()/$=:')}" for name, value in options.items()]
    return "?" + "&".join(pairs)


def among(field: str, values: list[str]) -> str:
    """`field in (…)`."""
    literals = ",".join(f"'{value}'" for value in values)
    return f"{field} in ({literals})"


ROLES = "/v1.0/roleManagement/directory"
ASSIGNMENTS = f"{ROLES}/roleAssignments"
ACTIVE = f"{ROLES}/roleAssignmentScheduleInstances"
ELIGIBLE = f"{ROLES}/roleEligibilityScheduleInstances"
GROUP_PIM = "/v1.0/identityGovernance/privilegedAccess/group"
GROUP_ACTIVE = f"{GROUP_PIM}/assignmentScheduleInstances"
GROUP_ELIGIBLE = f"{GROUP_PIM}/eligibilityScheduleInstances"
GROUPS = "/v1.0/groups"
USERS = "/v1.0/users"
SERVICE_PRINCIPALS = "/v1.0/servicePrincipals"
APPLICATIONS = "/v1.0/applications"
CONSENTS = "/v1.0/oauth2PermissionGrants"
REGISTRATION = "/v1.0/reports/authenticationMethods/userRegistrationDetails"
POLICIES = "/v1.0/identity/conditionalAccess/policies"
BETA_POLICIES = "/beta/identity/conditionalAccess/policies"
PLANS = "/beta/identity/conditionalAccess/plans"
LOCATIONS = "/v1.0/identity/conditionalAccess/namedLocations"
STRENGTHS = "/v1.0/policies/authenticationStrengthPolicies"
DEFAULTS = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
AUTHORIZATION = "/v1.0/policies/authorizationPolicy"
METHODS = "/v1.0/policies/authenticationMethodsPolicy"
REQUIREMENTS = "/beta/users/{id}/authentication/requirements"
RISKY_USERS = "/v1.0/identityProtection/riskyUsers"
DETECTIONS = "/v1.0/identityProtection/riskDetections"
RECOMMENDATIONS = "/beta/directory/recommendations"
TENANT_SCORES = f"{RECOMMENDATIONS}/tenantSecureScores"
APIS = [
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
]
GRAPH_ITSELF = "appId eq '00000003-0000-0000-c000-000000000000'"

SELECTED = {
    name: ",".join(shape)
    for name, shape in {
        "groups": shapes.GROUP,
        "users": shapes.USER,
        "service_principals": shapes.SERVICE_PRINCIPAL,
        "applications": shapes.APPLICATION,
        "registration": shapes.REGISTRATION,
        "graph": shapes.GRAPH_PRINCIPAL,
    }.items()
}
# Lists that need nothing of another answer, with the shape of their records.
LISTS = {
    f"{ACTIVE}?$expand=principal": shapes.ASSIGNMENT_INSTANCE,
    f"{ELIGIBLE}?$expand=principal": shapes.ELIGIBILITY_INSTANCE,
    GROUPS + query(select=SELECTED["groups"], top="999"): shapes.GROUP,
    GROUPS + query(filter="isAssignableToRole eq true", select=SELECTED["groups"], top="999"): (
        shapes.GROUP
    ),
    USERS + query(select=SELECTED["users"], top="999"): shapes.USER,
    USERS: shapes.DEFAULT_USER,
    SERVICE_PRINCIPALS + query(select=SELECTED["service_principals"], top="999"): (
        shapes.SERVICE_PRINCIPAL
    ),
    SERVICE_PRINCIPALS + query(filter=GRAPH_ITSELF, select=SELECTED["graph"]): (
        shapes.GRAPH_PRINCIPAL
    ),
    APPLICATIONS + query(select=SELECTED["applications"], top="999"): shapes.APPLICATION,
    f"{CONSENTS}?$top=999": shapes.CONSENT,
    REGISTRATION + query(select=SELECTED["registration"]): shapes.REGISTRATION,
    POLICIES: policy_shapes.policy(beta=False),
    BETA_POLICIES: policy_shapes.policy(beta=True),
    STRENGTHS: policy_shapes.STRENGTH,
    f"{RISKY_USERS}?$top=500": risk_shapes.RISKY_USER,
    DETECTIONS + query(filter="detectedDateTime ge 2026-04-01T00:00:00Z", top="500"): (
        risk_shapes.DETECTION
    ),
    RECOMMENDATIONS: risk_shapes.RECOMMENDATION,
    f"{RECOMMENDATIONS}?$expand=impactedResources": risk_shapes.EXPANDED_RECOMMENDATION,
    TENANT_SCORES: risk_shapes.TENANT_SCORE,
}
SINGLETONS = {
    DEFAULTS: policy_shapes.SECURITY_DEFAULTS,
    AUTHORIZATION: {"@odata.context": text, **policy_shapes.AUTHORIZATION},
    METHODS: policy_shapes.METHODS_POLICY,
}
