"""Conditional Access policies and the locations that they name."""

from pipeline.graph.feed import Feed, Reader, Request, Workload
from pipeline.graph.table_spec import Child, Table, child, leaves, table

_PERMISSION = "Policy.Read.All"
_CONDITIONAL_ACCESS = frozenset(
    {"Policy.ReadWrite.ConditionalAccess", "Policy.Read.ConditionalAccess"}
)

_USERS = " ".join(
    f"users.{side}{rest}"
    for side in ("include", "exclude")
    for rest in (
        "Users[]",
        "Groups[]",
        "Roles[]",
        "GuestsOrExternalUsers.guestOrExternalUserTypes",
        "GuestsOrExternalUsers.externalTenants.membershipKind",
        "GuestsOrExternalUsers.externalTenants.members[]",
    )
)
_FILTERS = " ".join(
    f"{place}.{name}"
    for place in (
        "applications.applicationFilter",
        "devices.deviceFilter",
        "clientApplications.servicePrincipalFilter",
        "clientApplications.agentIdServicePrincipalFilter",
    )
    for name in ("mode", "rule")
)
_CONDITIONS = (
    f"{_USERS} {_FILTERS} "
    "applications.includeApplications[] applications.excludeApplications[] "
    "applications.includeUserActions[] "
    "applications.includeAuthenticationContextClassReferences[] "
    "clientAppTypes[] platforms.includePlatforms[] platforms.excludePlatforms[] "
    "locations.includeLocations[] locations.excludeLocations[] "
    "clientApplications.includeServicePrincipals[] clientApplications.excludeServicePrincipals[] "
    "clientApplications.includeAgentIdServicePrincipals[] "
    "clientApplications.excludeAgentIdServicePrincipals[] agentIdRiskLevels "
    "authenticationFlows.transferMethods insiderRiskLevels signInRiskLevels[] userRiskLevels[] "
    "servicePrincipalRiskLevels[] deviceStates.includeStates[] deviceStates.excludeStates[]"
)
# Which words these have decides no verdict: all are taken as they come.
_ENUMERATED = (
    "platforms.includePlatforms",
    "platforms.excludePlatforms",
    "insiderRiskLevels",
    "agentIdRiskLevels",
    "servicePrincipalRiskLevels",
    "authenticationFlows.transferMethods",
    "users.includeGuestsOrExternalUsers.guestOrExternalUserTypes",
    "users.excludeGuestsOrExternalUsers.guestOrExternalUserTypes",
)
_GRANTS = "operator builtInControls[] customAuthenticationFactors[] termsOfUse[] " + " ".join(
    f"authenticationStrength.{name}"
    for name in (
        "id",
        "createdDateTime",
        "modifiedDateTime",
        "displayName",
        "description",
        "policyType",
        "requirementsSatisfied",
        "allowedCombinations[]",
        "combinationConfigurations.*.id",
        "combinationConfigurations.*.allowedAAGUIDs[]",
        "combinationConfigurations.*.appliesToCombinations[]",
        "combinationConfigurations.*.allowedIssuerSkis[]",
        "combinationConfigurations.*.allowedPolicyOIDs[]",
    )
)
_SESSIONS = (
    "disableResilienceDefaults:bool applicationEnforcedRestrictions.isEnabled:bool "
    "cloudAppSecurity.isEnabled:bool cloudAppSecurity.cloudAppSecurityType "
    "persistentBrowser.isEnabled:bool persistentBrowser.mode signInFrequency.isEnabled:bool "
    "signInFrequency.value:i64 signInFrequency.type signInFrequency.authenticationType "
    "signInFrequency.frequencyInterval secureSignInSession.isEnabled:bool "
    "continuousAccessEvaluation.mode"
)


_GRANT_WORDS = {
    "operator": "AND OR",
    "builtInControls": "block mfa compliantDevice domainJoinedDevice "
    "approvedApplication compliantApplication passwordChange riskRemediation",
    "authenticationStrength.allowedCombinations": "",
}
_STATES = {"state": "enabled disabled enabledForReportingButNotEnforced"}


def _conditions(name: str, member: str = "conditions") -> Child:
    return leaves(
        name,
        member,
        _CONDITIONS,
        words={
            "clientAppTypes": "all browser mobileAppsAndDesktopClients exchangeActiveSync "
            "easSupported other",
            "signInRiskLevels": "low medium high hidden none",
            "userRiskLevels": "low medium high hidden none",
            **dict.fromkeys(_ENUMERATED, ""),
        },
    )


def _policies(name: str) -> Table:
    return table(
        name,
        "id displayName description state templateId createdDateTime:ts modifiedDateTime:ts "
        "deletedDateTime:ts",
        _conditions(name),
        leaves(name, "grantControls", _GRANTS, words=_GRANT_WORDS),
        leaves(name, "sessionControls", _SESSIONS),
        words=_STATES,
    )


def _below(prefix: str, paths: str) -> str:
    return " ".join(f"{prefix}.{path}" for path in paths.split())


POLICIES = _policies("conditional_access_policies")
POLICIES_BETA = _policies("conditional_access_policies_beta")
# What the documents name, and what a plan and a rule can hardly be without.
PLANS = table(
    "conditional_access_plans",
    "id displayName description state createdDateTime:ts modifiedDateTime:ts",
    _conditions("conditional_access_plans", "sharedConditions"),
    words=_STATES,
)
PLAN_RULES = table(
    "conditional_access_plans_rules",
    "id displayName state",
    _conditions("conditional_access_plans_rules"),
    leaves(
        "conditional_access_plans_rules",
        "controls",
        f"{_below('grantControls', _GRANTS)} {_below('sessionControls', _SESSIONS)}",
        words={f"grantControls.{path}": words for path, words in _GRANT_WORDS.items()},
    ),
    words=_STATES,
    parent="plan_id",
)
LOCATIONS = table(
    "named_locations",
    "@odata.type id displayName createdDateTime:ts modifiedDateTime:ts isTrusted:bool "
    "includeUnknownCountriesAndRegions:bool countryLookupMethod",
    child("named_locations", "ipRanges", "objects", "@odata.type cidrAddress"),
    child("named_locations", "countriesAndRegions", "scalars"),
    quiet="deletedDateTime",
)

FEEDS = (
    Feed(
        name="conditional_access_policies",
        requests=(
            Request("v1.0", "/identity/conditionalAccess/policies", POLICIES),
            # v1.0 leaves out policies that use a condition still in preview.
            Request("beta", "/identity/conditionalAccess/policies", POLICIES_BETA, optional=True),
        ),
        permission=_PERMISSION,
        accepts=_CONDITIONAL_ACCESS,
        workload=Workload.PROTECTION,
        probe="v1.0/identity/conditionalAccess/policies?$select=id",
        reader=Reader.POLICIES,
    ),
    Feed(
        name="conditional_access_plans",
        requests=(
            Request("beta", "/identity/conditionalAccess/plans", PLANS),
            Request("beta", "/identity/conditionalAccess/plans/{id}/rules", PLAN_RULES),
        ),
        permission=_PERMISSION,
        accepts=_CONDITIONAL_ACCESS,
        workload=Workload.PROTECTION,
        probe="beta/identity/conditionalAccess/plans",
        reader=Reader.PLANS,
        optional=True,
    ),
    Feed(
        name="named_locations",
        requests=(Request("v1.0", "/identity/conditionalAccess/namedLocations", LOCATIONS),),
        permission=_PERMISSION,
        accepts=_CONDITIONAL_ACCESS,
        workload=Workload.PROTECTION,
        probe="v1.0/identity/conditionalAccess/namedLocations?$top=1",
    ),
)
