"""The principal that Graph shows inside an assignment when it is asked to expand it."""

from pipeline.graph.table_spec import Child, child

# Documented members of user, group and servicePrincipal that no model needs.
_QUIET = (
    "businessPhones creationType groupTypes tags deletedDateTime createdDateTime description "
    "mailEnabled mailNickname visibility classification creationOptions expirationDateTime "
    "isManagementRestricted membershipRule membershipRuleProcessingState "
    "onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName "
    "onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier "
    "preferredDataLocation proxyAddresses renewedDateTime resourceBehaviorOptions "
    "resourceProvisioningOptions securityIdentifier serviceProvisioningErrors theme "
    "uniqueName addIns alternativeNames appDescription appDisplayName "
    "appOwnerOrganizationId appRoleAssignmentRequired appRoles applicationTemplateId "
    "disabledByMicrosoftStatus homepage info loginUrl logoutUrl notes "
    "notificationEmailAddresses oauth2PermissionScopes "
    "preferredSingleSignOnMode preferredTokenSigningKeyThumbprint replyUrls "
    "resourceSpecificApplicationPermissions samlSingleSignOnSettings servicePrincipalNames "
    "signInAudience tokenEncryptionKeyId verifiedPublisher "
    # Of agents: identity, blueprint and user.
    "agentIdentityBlueprintId agentIdentityBlueprint createdByAppId instanceMode "
    "managerApplications sponsors identityParentId identityParent"
)


def principal(parent: str) -> Child:
    """The child table `<parent>_principal`: at most one row an assignment.

    Of a holder from another tenant Graph tells that tenant, under one name or the other.
    """
    return child(
        parent,
        "principal",
        "object",
        "@odata.type id displayName userPrincipalName mail appId servicePrincipalType "
        "accountEnabled:bool userType onPremisesSyncEnabled:bool isAssignableToRole:bool "
        "securityEnabled:bool givenName surname jobTitle mobilePhone officeLocation "
        "preferredLanguage organizationId externalPartnerTenantId objectType",
        quiet=_QUIET,
        # Credentials are read by service_principals, and never with what could unlock anything.
        dropped="keyCredentials passwordCredentials",
    )
