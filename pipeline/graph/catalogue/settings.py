"""The settings of a tenant that decide how people sign in and what they may do."""

from pipeline.graph.feed import Feed, Request, Workload
from pipeline.graph.table_spec import Table, child, leaves, table

_TARGETS = " ".join(
    f"{side}Targets.*.{part}"
    for side in ("include", "exclude")
    for part in (
        "id",
        "targetType",
        "isRegistrationRequired:bool",
        "isUsableForSignIn:bool",
        "authenticationMode",
    )
)
_FEATURES = " ".join(
    f"featureSettings.{feature}.{part}"
    for feature in (
        "displayAppInformationRequiredState",
        "displayLocationInformationRequiredState",
        "companionAppAllowedState",
        "numberMatchingRequiredState",
    )
    for part in (
        "state",
        "includeTarget.id",
        "includeTarget.targetType",
        "excludeTarget.id",
        "excludeTarget.targetType",
    )
)
# Each method has settings of its own beside the common ones.
_METHOD = (
    "id state isSelfServiceRegistrationAllowed:bool isAttestationEnforced:bool "
    "keyRestrictions.isEnforced:bool keyRestrictions.enforcementType keyRestrictions.aaGuids[] "
    "isSoftwareOathEnabled:bool isUsableOnce:bool defaultLength:i64 "
    "defaultLifetimeInMinutes:i64 minimumLifetimeInMinutes:i64 maximumLifetimeInMinutes:i64 "
    "isOfficePhoneAllowed:bool allowExternalIdToUseEmailOtp "
    "certificateUserBindings.*.x509CertificateField certificateUserBindings.*.userProperty "
    "certificateUserBindings.*.priority:i64 "
    "authenticationModeConfiguration.x509CertificateAuthenticationDefaultMode "
    "authenticationModeConfiguration.rules.*.x509CertificateRuleType "
    "authenticationModeConfiguration.rules.*.identifier "
    "authenticationModeConfiguration.rules.*.x509CertificateAuthenticationMode "
    f"{_FEATURES} {_TARGETS}"
)
_CAMPAIGN = (
    "state snoozeDurationInDays:i64 enforceRegistrationAfterAllowedSnoozes:bool "
    "includeTargets.*.id includeTargets.*.targetType "
    "includeTargets.*.targetedAuthenticationMethod excludeTargets.*.id "
    "excludeTargets.*.targetType"
)


def _below(prefix: str, paths: str) -> str:
    return " ".join(f"{prefix}.{path}" for path in paths.split())


# Clouds whose v1.0 metadata do not have them.
_SOVEREIGN = frozenset({"bleu", "delos"})
STRENGTHS = table(
    "authentication_strengths",
    "id displayName description policyType requirementsSatisfied createdDateTime:ts "
    "modifiedDateTime:ts",
    child("authentication_strengths", "allowedCombinations", "scalars", words={"value": ""}),
    quiet="combinationConfigurations",
    words={"policyType": "builtIn custom", "requirementsSatisfied": "none mfa"},
)
DEFAULTS = table(
    "security_defaults", "id displayName description isEnabled:bool", quiet="controlTypes"
)
AUTHORIZATION = table(
    "authorization_policy",
    "id displayName description allowInvitesFrom allowedToSignUpEmailBasedSubscriptions:bool "
    "allowedToUseSSPR:bool allowEmailVerifiedUsersToJoinOrganization:bool "
    "allowUserConsentForRiskyApps:bool blockMsolPowerShell:bool guestUserRoleId",
    leaves(
        "authorization_policy",
        "defaultUserRolePermissions",
        "allowedToCreateApps:bool allowedToCreateSecurityGroups:bool "
        "allowedToCreateTenants:bool allowedToReadOtherUsers:bool "
        "allowedToReadBitlockerKeysForOwnedDevice:bool permissionGrantPoliciesAssigned[]",
    ),
    quiet="deletedDateTime enabledPreviewFeatures "
    "permissionGrantPolicyIdsAssignedToDefaultUserRole",
    words={
        "allowInvitesFrom": "none adminsAndGuestInviters adminsGuestInvitersAndAllMembers everyone"
    },
)
METHODS = table(
    "authentication_methods_policy",
    "id displayName description lastModifiedDateTime:ts policyVersion policyMigrationState "
    "reconfirmationInDays:i64",
    leaves(
        "authentication_methods_policy",
        "authenticationMethodConfigurations",
        _below("*", _METHOD),
    ),
    leaves(
        "authentication_methods_policy",
        "registrationEnforcement",
        _below("authenticationMethodsRegistrationCampaign", _CAMPAIGN),
    ),
    leaves("authentication_methods_policy", "systemCredentialPreferences", f"state {_TARGETS}"),
    quiet="reportSuspiciousActivitySettings",
    words={"policyMigrationState": "preMigration migrationInProgress migrationComplete"},
)


def _policy(
    name: str,
    shape: Table,
    path: str,
    *,
    single: bool = True,
    absent_clouds: frozenset[str] = frozenset(),
) -> Feed:
    return Feed(
        name=name,
        requests=(Request("v1.0", path, shape, single=single),),
        permission="Policy.Read.All",
        workload=Workload.DIRECTORY,
        probe=f"v1.0{path}",
        absent_clouds=absent_clouds,
    )


FEEDS = (
    _policy(
        "authentication_strengths",
        STRENGTHS,
        "/policies/authenticationStrengthPolicies",
        single=False,
        absent_clouds=_SOVEREIGN,
    ),
    _policy("security_defaults", DEFAULTS, "/policies/identitySecurityDefaultsEnforcementPolicy"),
    _policy("authorization_policy", AUTHORIZATION, "/policies/authorizationPolicy"),
    _policy(
        "authentication_methods_policy",
        METHODS,
        "/policies/authenticationMethodsPolicy",
        absent_clouds=_SOVEREIGN,
    ),
)
