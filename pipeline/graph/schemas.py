"""The declared shape of every lake table: which wire member becomes which typed column.

A table is written down as wire names with a kind (`maxScore:f64`, text where none is given);
`vendorInformation/provider` is a member of a nested object. Child tables hold the members of
lists (`objects`, `scalars`) or of one nested object (`object`). Nothing is ever inferred.
"""

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

from pipeline.graph.table_spec import STAMPS, TIMESTAMP, child, table

_VENDOR = " ".join(
    f"vendorInformation/{name}" for name in ("provider", "providerVersion", "subProvider", "vendor")
)

SECURE_SCORES = table(
    "secure_scores",
    "id azureTenantId activeUserCount:i64 createdDateTime:ts currentScore:f64 "
    f"licensedUserCount:i64 maxScore:f64 {_VENDOR}",
    child("secure_scores", "enabledServices", "scalars"),
    child(
        "secure_scores",
        "averageComparativeScores",
        "objects",
        "basis averageScore:f64 appsScore:f64 appsScoreMax:f64 dataScore:f64 dataScoreMax:f64 "
        "deviceScore:f64 deviceScoreMax:f64 identityScore:f64 identityScoreMax:f64 "
        "infrastructureScore:f64 infrastructureScoreMax:f64 SeatSizeRangeLowerValue:count "
        "SeatSizeRangeUpperValue:count categoryValue",
        ignore_case=True,
    ),
    child(
        "secure_scores",
        "controlScores",
        "objects",
        "controlCategory controlName description score:f64 scoreInPercentage:f64 "
        "implementationStatus lastSynced:ts count:count total:count on:flag",
    ),
    hashed=True,
)
SECURE_SCORE_CONTROL_PROFILES = table(
    "secure_score_control_profiles",
    "id azureTenantId title controlCategory service actionType actionUrl maxScore:f64 tier "
    "userImpact implementationCost rank:i64 remediation remediationImpact deprecated:bool "
    f"lastModifiedDateTime:ts {_VENDOR}",
    child("secure_score_control_profiles", "threats", "scalars"),
    child(
        "secure_score_control_profiles",
        "controlStateUpdates",
        "objects",
        "assignedTo comment state updatedBy updatedDateTime:ts",
    ),
    child(
        "secure_score_control_profiles",
        "complianceInformation",
        "objects",
        "certificationName",
        quiet="certificationControls",
    ),
)
ROLE_DEFINITIONS = table(
    "role_definitions",
    "id templateId displayName description isBuiltIn:bool isEnabled:bool version",
)
ROLE_DEFINITIONS_BETA = table("role_definitions_beta", "id isPrivileged:bool")
ROLE_ASSIGNMENTS = table(
    "role_assignments",
    "id principalId roleDefinitionId directoryScopeId appScopeId condition "
    "principalOrganizationId resourceScope",
    child(
        "role_assignments",
        "principal",
        "object",
        "@odata.type id displayName userPrincipalName mail appId servicePrincipalType "
        "accountEnabled:bool userType onPremisesSyncEnabled:bool isAssignableToRole:bool "
        "securityEnabled:bool givenName surname jobTitle mobilePhone officeLocation "
        "preferredLanguage",
        # Documented members of user, group and servicePrincipal that no model needs.
        quiet="businessPhones groupTypes tags deletedDateTime createdDateTime description "
        "mailEnabled mailNickname visibility classification creationOptions expirationDateTime "
        "isManagementRestricted membershipRule membershipRuleProcessingState "
        "onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName "
        "onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier "
        "preferredDataLocation proxyAddresses renewedDateTime resourceBehaviorOptions "
        "resourceProvisioningOptions securityIdentifier serviceProvisioningErrors theme "
        "uniqueName addIns alternativeNames appDescription appDisplayName "
        "appOwnerOrganizationId appRoleAssignmentRequired appRoles applicationTemplateId "
        "disabledByMicrosoftStatus homepage info keyCredentials loginUrl logoutUrl notes "
        "notificationEmailAddresses oauth2PermissionScopes passwordCredentials "
        "preferredSingleSignOnMode preferredTokenSigningKeyThumbprint replyUrls "
        "resourceSpecificApplicationPermissions samlSingleSignOnSettings servicePrincipalNames "
        "signInAudience tokenEncryptionKeyId verifiedPublisher",
    ),
)
ORGANIZATION = table(
    "organization",
    "id displayName tenantType createdDateTime:ts onPremisesSyncEnabled:bool countryLetterCode "
    "partnerTenantType directorySizeQuota/used:i64 directorySizeQuota/total:i64",
    child(
        "organization",
        "verifiedDomains",
        "objects",
        "name isDefault:bool isInitial:bool type capabilities",
    ),
    child(
        "organization",
        "assignedPlans",
        "objects",
        "assignedDateTime:ts capabilityStatus service servicePlanId",
    ),
)
SUBSCRIBED_SKUS = table(
    "subscribed_skus",
    "id skuId skuPartNumber accountId accountName appliesTo capabilityStatus consumedUnits:i64 "
    "prepaidUnits/enabled:i64 prepaidUnits/suspended:i64 prepaidUnits/warning:i64 "
    "prepaidUnits/lockedOut:i64",
    child(
        "subscribed_skus",
        "servicePlans",
        "objects",
        "servicePlanId servicePlanName servicePlanType provisioningStatus appliesTo",
    ),
    child("subscribed_skus", "subscriptionIds", "scalars"),
)
TENANT_CONFIG = pa.schema(
    [*STAMPS, *(pa.field(name, pa.string()) for name in ("name", "segment", "cloud"))]
)
TENANT_CONFIG_TAGS = pa.schema(
    [*STAMPS, *(pa.field(name, pa.string()) for name in ("tag", "value"))]
)
COLLECTION_LOG = pa.schema(
    [
        *STAMPS,
        pa.field("feed", pa.string()),
        pa.field("outcome", pa.string()),
        pa.field("http_status", pa.int32()),
        pa.field("error_code", pa.string()),
        pa.field("request_id", pa.string()),
        *(pa.field(name, pa.int32()) for name in ("requests", "retries", "pages")),
        *(pa.field(name, pa.int64()) for name in ("rows", "bytes")),
        *(pa.field(name, TIMESTAMP) for name in ("started_at", "finished_at")),
        *(pa.field(name, pa.string()) for name in ("unknown_fields", "note")),
    ]
)

FEED_TABLES = (
    SECURE_SCORES,
    SECURE_SCORE_CONTROL_PROFILES,
    ROLE_DEFINITIONS,
    ROLE_DEFINITIONS_BETA,
    ROLE_ASSIGNMENTS,
    ORGANIZATION,
    SUBSCRIBED_SKUS,
)
SCHEMAS: Mapping[str, pa.Schema] = MappingProxyType(
    {one.name: one.schema for feed_table in FEED_TABLES for one in feed_table.walk()}
    | {
        "tenant_config": TENANT_CONFIG,
        "tenant_config_tags": TENANT_CONFIG_TAGS,
        "collection_log": COLLECTION_LOG,
    }
)
