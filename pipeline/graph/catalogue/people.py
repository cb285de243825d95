"""Users who hold roles or are at risk, and how everyone is registered for MFA."""

from pipeline.graph.catalogue.groups import FEEDS as _GROUP_FEEDS
from pipeline.graph.feed import Feed, Licence, Reader, Request, Workload
from pipeline.graph.table_spec import child, table

# The feeds that name people who are kept as rows.
NAMING = (
    "role_assignments",
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
    *(feed.name for feed in _GROUP_FEEDS if feed.name != "groups"),
    "risky_users",
)
_SIGN_INS = " ".join(
    f"signInActivity/{name}"
    for name in (
        "lastSignInDateTime:ts",
        "lastSignInRequestId",
        "lastNonInteractiveSignInDateTime:ts",
        "lastNonInteractiveSignInRequestId",
        "lastSuccessfulSignInDateTime:ts",
        "lastSuccessfulSignInRequestId",
    )
)
_METHODS = (
    "email mobilePhone alternateMobilePhone officePhone microsoftAuthenticatorPush "
    "microsoftAuthenticatorPasswordless softwareOneTimePasscode hardwareOneTimePasscode "
    "windowsHelloForBusiness macOsSecureEnclaveKey passKeySynced passKeyDeviceBound "
    "passKeyDeviceBoundAuthenticator passKeyDeviceBoundWindowsHello fido2SecurityKey "
    "temporaryAccessPass securityQuestion appPassword federatedMultiFactor externalAuthMethod "
    "qrCodePin certificate"
)

USERS = table(
    "users",
    "id displayName userPrincipalName mail accountEnabled:bool userType createdDateTime:ts "
    f"onPremisesSyncEnabled:bool externalUserState lastPasswordChangeDateTime:ts {_SIGN_INS}",
    words={"userType": "Member Guest"},
)
REGISTRATION = table(
    "user_registration_details",
    "id userPrincipalName userDisplayName userType isAdmin:bool isMfaRegistered:bool "
    "isMfaCapable:bool isSsprRegistered:bool isSsprEnabled:bool isSsprCapable:bool "
    "isPasswordlessCapable:bool isSystemPreferredAuthenticationMethodEnabled:bool "
    "userPreferredMethodForSecondaryAuthentication lastUpdatedDateTime:ts",
    child("user_registration_details", "methodsRegistered", "scalars", words={"value": _METHODS}),
    child("user_registration_details", "systemPreferredAuthenticationMethods", "scalars"),
    words={"userType": "member guest"},
)
REGISTRATION_COUNTS = table(
    "user_registration_counts",
    "userType isAdmin:bool isMfaRegistered:bool isMfaCapable:bool strongestMethodClass count:i64",
)
PER_USER_MFA = table(
    "per_user_mfa",
    "perUserMfaState",
    parent="user_id",
    words={"perUserMfaState": "disabled enabled enforced"},
)

FEEDS = (
    Feed(
        name="users",
        requests=(
            Request(
                "v1.0",
                "/users",
                USERS,
                query="$select=id,displayName,userPrincipalName,mail,accountEnabled,userType,"
                "createdDateTime,onPremisesSyncEnabled,externalUserState,"
                "lastPasswordChangeDateTime&$top=999",
            ),
        ),
        permission="User.Read.All",
        accepts=frozenset({"User.ReadWrite.All", "Directory.Read.All"}),
        # Sign-in activity also wants Microsoft Entra ID P1; without either the rest is read.
        also="AuditLog.Read.All",
        workload=Workload.DIRECTORY,
        probe="v1.0/users?$select=id&$top=1",
        reader=Reader.USERS,
        after=(*NAMING, "groups"),
        needs=("role_assignments",),
    ),
    Feed(
        name="per_user_mfa",
        requests=(
            Request(
                "beta",
                "/users/{id}/authentication/requirements",
                PER_USER_MFA,
                single=True,
                told_by="perUserMfaState",
            ),
        ),
        permission="Policy.Read.All",
        accepts=frozenset({"Policy.ReadWrite.AuthenticationMethod"}),
        workload=Workload.DIRECTORY,
        # There is nothing to ask but of somebody.
        probe=None,
        reader=Reader.PER_USER_MFA,
        after=(*NAMING, "users", "security_defaults", "conditional_access_policies"),
        needs=("role_assignments", "users"),
        optional=True,
    ),
    Feed(
        name="user_registration_details",
        requests=(
            Request(
                "v1.0",
                "/reports/authenticationMethods/userRegistrationDetails",
                REGISTRATION,
                # Names are left out: those of people who are kept come with users.
                query="$select=id,userType,isAdmin,isMfaRegistered,isMfaCapable,isSsprRegistered,"
                "isSsprEnabled,isSsprCapable,isPasswordlessCapable,methodsRegistered,"
                "isSystemPreferredAuthenticationMethodEnabled,"
                "systemPreferredAuthenticationMethods,"
                "userPreferredMethodForSecondaryAuthentication,lastUpdatedDateTime&$top=999",
            ),
        ),
        permission="AuditLog.Read.All",
        workload=Workload.REPORTS,
        probe="v1.0/reports/authenticationMethods/userRegistrationDetails?$select=id&$top=1",
        licence=Licence.P1,
        reader=Reader.REGISTRATION,
        after=NAMING,
        counts=(REGISTRATION_COUNTS,),
    ),
)
