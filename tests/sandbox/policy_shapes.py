"""The shapes of policies and settings, written down from documentation and captures."""

from typing import Any

from tests.sandbox.shape import (
    GUID,
    Nullable,
    Open,
    Optional,
    anything,
    boolean,
    guid,
    int32,
    matching,
    moment,
    one_of,
    text,
)

seven_digits = matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")
STRENGTH = {
    "id": guid,
    "createdDateTime": moment,
    "modifiedDateTime": moment,
    "displayName": text,
    "description": Nullable(text),
    "policyType": one_of("builtIn", "custom"),
    "requirementsSatisfied": one_of("mfa", "none"),
    "allowedCombinations": [text],
    "combinationConfigurations@odata.context": text,
    "combinationConfigurations": [
        {
            "@odata.type": one_of("#microsoft.graph.fido2CombinationConfiguration"),
            "id": guid,
            "appliesToCombinations": [text],
            "allowedAAGUIDs": [guid],
        }
    ],
}
_GUESTS = {
    "guestOrExternalUserTypes": text,
    "externalTenants": {"@odata.type": text, "membershipKind": text},
}
_SUBJECT = matching(rf"{GUID}|All|None|GuestsOrExternalUsers")
_LEVEL = one_of("low", "medium", "high")
CONDITIONS: dict[str, Any] = {
    "applications": {
        "includeApplications": [matching(rf"{GUID}|All|None|Office365|MicrosoftAdminPortals")],
        "excludeApplications": [text],
        "includeUserActions": [matching(r"urn:user:[a-z]+")],
        "includeAuthenticationContextClassReferences": [matching(r"c\d+")],
        "applicationFilter": one_of(None),
    },
    "users": {
        **{f"{way}{who}": [_SUBJECT] for way in ("include", "exclude") for who in ("Users",)},
        **{f"{way}{who}": [guid] for way in ("include", "exclude") for who in ("Groups", "Roles")},
        "includeGuestsOrExternalUsers": Nullable(_GUESTS),
        "excludeGuestsOrExternalUsers": Nullable(_GUESTS),
    },
    "clientAppTypes": [
        one_of("all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other")
    ],
    "platforms": Nullable({"includePlatforms": [text], "excludePlatforms": [text]}),
    "locations": Nullable(
        {
            "includeLocations": [matching(rf"{GUID}|All|AllTrusted")],
            "excludeLocations": [matching(rf"{GUID}|All|AllTrusted")],
        }
    ),
    "devices": Nullable({"deviceFilter": {"mode": one_of("include", "exclude"), "rule": text}}),
    "clientApplications": Nullable(
        {
            "includeServicePrincipals": [text],
            "excludeServicePrincipals": [text],
            "servicePrincipalFilter": Nullable(anything),
        }
    ),
    "authenticationFlows": Nullable({"transferMethods": text}),
    "insiderRiskLevels": Nullable(text),
    "signInRiskLevels": [_LEVEL],
    "userRiskLevels": [_LEVEL],
    "servicePrincipalRiskLevels": [_LEVEL],
}
_STATES = one_of("enabled", "disabled", "enabledForReportingButNotEnforced")
_GRANT = {
    "operator": one_of("OR", "AND"),
    "builtInControls": [
        one_of(
            *("block", "mfa", "compliantDevice", "domainJoinedDevice", "passwordChange"),
            *("approvedApplication", "compliantApplication"),
        )
    ],
    "customAuthenticationFactors": [text],
    "termsOfUse": [guid],
    "authenticationStrength": Nullable(STRENGTH),
    "authenticationStrength@odata.context": text,
}
_SWITCH = {"isEnabled": boolean}
_SESSION = {
    "disableResilienceDefaults": Nullable(boolean),
    "applicationEnforcedRestrictions": Nullable(_SWITCH),
    "cloudAppSecurity": Nullable(_SWITCH | {"cloudAppSecurityType": text}),
    "persistentBrowser": Nullable(_SWITCH | {"mode": one_of("always", "never")}),
    "secureSignInSession": Nullable(_SWITCH),
    "signInFrequency": Nullable(
        _SWITCH
        | {
            "value": Nullable(int32),
            "type": Nullable(one_of("hours", "days")),
            "authenticationType": text,
            "frequencyInterval": one_of("timeBased", "everyTime"),
        }
    ),
}


def policy(*, beta: bool) -> dict[str, Any]:
    preview = ("deviceStates", "times", "agentIdRiskLevels")
    more = dict.fromkeys(preview, Nullable(anything)) if beta else {}
    return {
        "id": guid,
        "templateId": Nullable(guid),
        "displayName": text,
        "description": Nullable(text),
        "createdDateTime": seven_digits,
        "modifiedDateTime": Nullable(seven_digits),
        "deletedDateTime": one_of(None),
        "state": _STATES,
        "conditions": CONDITIONS | more,
        "grantControls": Nullable(_GRANT),
        "sessionControls": Nullable(_SESSION),
    }


_LOCATION = {"id": guid, "displayName": text, "createdDateTime": moment, "modifiedDateTime": moment}
IP_LOCATION = _LOCATION | {
    "@odata.type": one_of("#microsoft.graph.ipNamedLocation"),
    "isTrusted": boolean,
    "ipRanges": [
        {
            "@odata.type": matching(r"#microsoft\.graph\.iPv[46]CidrRange"),
            "cidrAddress": matching(r"[0-9a-f.:]+/\d+"),
        }
    ],
}
COUNTRY_LOCATION = _LOCATION | {
    "@odata.type": one_of("#microsoft.graph.countryNamedLocation"),
    "countriesAndRegions": [matching("[A-Z]{2}")],
    "includeUnknownCountriesAndRegions": boolean,
    "countryLookupMethod": text,
}
SECURITY_DEFAULTS = {
    "@odata.context": text,
    "id": one_of("00000000-0000-0000-0000-000000000005"),
    "displayName": one_of("Security Defaults"),
    "description": text,
    "isEnabled": boolean,
}
AUTHORIZATION = {
    "id": one_of("authorizationPolicy"),
    "deletedDateTime": one_of(None),
    "displayName": text,
    "description": text,
    "allowInvitesFrom": text,
    "allowedToSignUpEmailBasedSubscriptions": boolean,
    "allowedToUseSSPR": boolean,
    "allowEmailVerifiedUsersToJoinOrganization": boolean,
    "allowUserConsentForRiskyApps": Nullable(boolean),
    "blockMsolPowerShell": boolean,
    "guestUserRoleId": guid,
    "defaultUserRolePermissions": {
        "allowedToCreateApps": boolean,
        "allowedToCreateSecurityGroups": boolean,
        "allowedToCreateTenants": boolean,
        "allowedToReadBitlockerKeysForOwnedDevice": boolean,
        "allowedToReadOtherUsers": boolean,
        "permissionGrantPoliciesAssigned": [text],
    },
}
METHODS_POLICY = {
    "@odata.context": text,
    "id": one_of("authenticationMethodsPolicy"),
    "displayName": text,
    "description": text,
    "lastModifiedDateTime": moment,
    "policyVersion": text,
    "policyMigrationState": text,
    "reconfirmationInDays": Nullable(int32),
    "registrationEnforcement": anything,
    "authenticationMethodConfigurations": [
        Open(
            {
                "@odata.type": matching(r"#microsoft\.graph\.\w+AuthenticationMethodConfiguration"),
                "id": text,
                "state": one_of("enabled", "disabled"),
                "includeTargets": [
                    {
                        "targetType": one_of("group", "user"),
                        "id": text,
                        "isRegistrationRequired": boolean,
                        "isUsableForSignIn": Optional(boolean),
                        "authenticationMode": Optional(one_of("any", "push", "deviceBasedPush")),
                    }
                ],
                "excludeTargets": [{"id": guid, "targetType": one_of("group", "user")}],
            }
        )
    ],
}
