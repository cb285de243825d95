"""The shapes of people, groups, applications and PIM, from documentation and captures."""

from tests.sandbox.shape import (
    GUID,
    Nullable,
    Open,
    Optional,
    boolean,
    guid,
    matching,
    moment,
    one_of,
    text,
)

seven_digits = matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")
_KIND = r"#microsoft\.graph\.(user|group|servicePrincipal)"
PRINCIPAL = Open({"@odata.type": matching(_KIND), "id": guid, "displayName": text})
_INSTANCE = {
    "principalId": guid,
    "roleDefinitionId": guid,
    "directoryScopeId": matching(rf"/(administrativeUnits/)?({GUID})?"),
    "appScopeId": one_of(None),
    "startDateTime": moment,
    "endDateTime": Nullable(moment),
    "memberType": one_of("Direct", "Group", "Inherited"),
    "principal": Optional(PRINCIPAL),
}
ASSIGNMENT_INSTANCE = _INSTANCE | {
    "id": matching(r"[A-Za-z0-9_-]+-1"),
    "assignmentType": one_of("Assigned", "Activated"),
    "roleAssignmentOriginId": matching(r"[A-Za-z0-9_-]+-1"),
    "roleAssignmentScheduleId": text,
}
ELIGIBILITY_INSTANCE = _INSTANCE | {
    "id": matching(r"[A-Za-z0-9_-]+-1-e"),
    "roleEligibilityScheduleId": text,
}
_GROUP_INSTANCE = {
    "id": text,
    "groupId": guid,
    "principalId": guid,
    "accessId": one_of("member", "owner"),
    "memberType": one_of("direct", "group"),
    "startDateTime": moment,
    "endDateTime": Nullable(moment),
    "principal": Optional(PRINCIPAL),
}
GROUP_ASSIGNMENT = _GROUP_INSTANCE | {
    "assignmentType": one_of("assigned", "activated"),
    "assignmentScheduleId": text,
}
GROUP_ELIGIBILITY = _GROUP_INSTANCE | {"eligibilityScheduleId": text}
GROUP = {
    "id": guid,
    "displayName": text,
    "description": Nullable(text),
    "isAssignableToRole": Nullable(boolean),
    "securityEnabled": boolean,
    "mailEnabled": boolean,
    "groupTypes": [one_of("Unified", "DynamicMembership")],
    "membershipRule": Nullable(text),
    "visibility": Nullable(one_of("Private", "Public", "HiddenMembership")),
    "onPremisesSyncEnabled": Nullable(boolean),
    "createdDateTime": moment,
}
MEMBER = {
    "@odata.type": matching(r"#microsoft\.graph\.(user|group|servicePrincipal|device|orgContact)"),
    "id": guid,
}
SIGN_INS = {
    f"last{kind}{member}": Nullable(moment if member == "DateTime" else text)
    for kind in ("SignIn", "NonInteractiveSignIn", "SuccessfulSignIn")
    for member in ("DateTime", "RequestId")
}
DEFAULT_USER = {
    "businessPhones": [text],
    "displayName": text,
    "givenName": Nullable(text),
    "id": guid,
    "jobTitle": Nullable(text),
    "mail": Nullable(text),
    "mobilePhone": Nullable(text),
    "officeLocation": Nullable(text),
    "preferredLanguage": Nullable(text),
    "surname": Nullable(text),
    "userPrincipalName": text,
}
USER = {
    "id": guid,
    "displayName": text,
    "userPrincipalName": text,
    "mail": Nullable(text),
    "accountEnabled": boolean,
    "userType": Nullable(one_of("Member", "Guest")),
    "createdDateTime": Nullable(moment),
    "onPremisesSyncEnabled": Nullable(boolean),
    "externalUserState": Nullable(one_of("Accepted", "PendingAcceptance")),
    "lastPasswordChangeDateTime": Nullable(moment),
    "signInActivity": Optional(SIGN_INS),
}
_CREDENTIAL = {
    "customKeyIdentifier": Nullable(text),
    "displayName": Nullable(text),
    "endDateTime": moment,
    "keyId": guid,
    "startDateTime": moment,
}
PASSWORD = _CREDENTIAL | {"hint": Nullable(text), "secretText": one_of(None)}
KEY = _CREDENTIAL | {"key": one_of(None), "type": text, "usage": one_of("Verify", "Sign")}
SERVICE_PRINCIPAL = {
    "id": guid,
    "appId": guid,
    "displayName": text,
    "servicePrincipalType": one_of("Application", "ManagedIdentity", "Legacy", "SocialIdp"),
    "accountEnabled": boolean,
    "appOwnerOrganizationId": Nullable(guid),
    "signInAudience": text,
    "createdDateTime": moment,
    "passwordCredentials": [PASSWORD],
    "keyCredentials": [KEY],
}
APPLICATION = {
    "id": guid,
    "appId": guid,
    "displayName": text,
    "createdDateTime": moment,
    "passwordCredentials": [PASSWORD],
    "keyCredentials": [KEY],
}
GRAPH_PRINCIPAL = {
    "id": guid,
    "appId": one_of("00000003-0000-0000-c000-000000000000"),
    "displayName": one_of("Microsoft Graph"),
    "appRoles": [
        {
            "allowedMemberTypes": [text],
            "description": text,
            "displayName": text,
            "id": guid,
            "isEnabled": boolean,
            "origin": text,
            "value": matching(r"[A-Za-z._]+"),
        }
    ],
}
APP_ROLE_ASSIGNMENT = {
    "id": text,
    "deletedDateTime": one_of(None),
    "appRoleId": guid,
    "createdDateTime": moment,
    "principalDisplayName": text,
    "principalId": guid,
    "principalType": one_of("ServicePrincipal"),
    "resourceDisplayName": one_of(
        "Microsoft Graph", "Office 365 Exchange Online", "Office 365 SharePoint Online"
    ),
    "resourceId": guid,
}
CONSENT = {
    "id": text,
    "clientId": guid,
    "consentType": one_of("AllPrincipals", "Principal"),
    "principalId": Nullable(guid),
    "resourceId": guid,
    "scope": text,
}
METHOD = one_of(
    *("email", "mobilePhone", "microsoftAuthenticatorPush", "microsoftAuthenticatorPasswordless"),
    *("softwareOneTimePasscode", "windowsHelloForBusiness", "macOsSecureEnclaveKey"),
    *("passKeySynced", "passKeyDeviceBound", "passKeyDeviceBoundAuthenticator"),
)
_FLAGS = (
    *("isAdmin", "isMfaRegistered", "isMfaCapable", "isSsprRegistered", "isSsprEnabled"),
    *("isSsprCapable", "isPasswordlessCapable", "isSystemPreferredAuthenticationMethodEnabled"),
)
REGISTRATION = {
    **dict.fromkeys(_FLAGS, boolean),
    "id": guid,
    "userType": one_of("member", "guest"),
    "methodsRegistered": [METHOD],
    "systemPreferredAuthenticationMethods": [one_of("PhoneAppNotification", "Fido2")],
    "userPreferredMethodForSecondaryAuthentication": one_of("push", ""),
    "lastUpdatedDateTime": seven_digits,
}
