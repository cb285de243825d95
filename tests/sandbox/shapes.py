"""The shapes of Graph's answers, written down from Microsoft's documentation and real captures."""

from tests.sandbox.shape import (
    GUID,
    Nullable,
    Open,
    Optional,
    anything,
    boolean,
    double,
    flag_text,
    guid,
    int32,
    matching,
    midnight,
    moment,
    number_text,
    one_of,
    problems,
    text,
)

__all__ = ["GUID", "problems"]

VENDOR = {
    "provider": one_of("SecureScore"),
    "providerVersion": Nullable(text),
    "subProvider": Nullable(text),
    "vendor": one_of("Microsoft"),
}
CATEGORY = one_of("Identity", "Data", "Device", "Apps", "Infrastructure")
_AVERAGES = {
    f"{category}Score{bound}": Optional(double)
    for category in ("apps", "data", "device", "identity", "infrastructure")
    for bound in ("", "Max")
}
AVERAGE = Open(
    {
        "basis": one_of("AllTenants", "TotalSeats", "IndustryTypes"),
        "averageScore": double,
        **_AVERAGES,
        "SeatSizeRangeLowerValue": Optional(number_text),
        "SeatSizeRangeUpperValue": Optional(number_text),
        "seatSizeRangeLowerValue": Optional(number_text),
        "seatSizeRangeUpperValue": Optional(number_text),
    }
)
_CONTROL_SCORE = {
    "controlCategory": CATEGORY,
    "controlName": text,
    "score": double,
    "scoreInPercentage": double,
    "implementationStatus": text,
}
RICH_CONTROL_SCORE = Open(
    {
        **_CONTROL_SCORE,
        "description": text,
        "lastSynced": moment,
        "count": Optional(number_text),
        "total": Optional(number_text),
        "on": Optional(flag_text),
    }
)
THIN_CONTROL_SCORE = {**_CONTROL_SCORE, "description": one_of(None)}


def secure_score(*, rich: bool) -> Open:
    return Open(
        {
            "id": matching(GUID + r"_\d{4}-\d\d-\d\d"),
            "azureTenantId": guid,
            "activeUserCount": int32,
            "createdDateTime": midnight,
            "currentScore": double,
            "enabledServices": [matching(r"Has[A-Za-z0-9]+")],
            "licensedUserCount": int32,
            "maxScore": double,
            "vendorInformation": VENDOR,
            "averageComparativeScores": [AVERAGE],
            "controlScores": [RICH_CONTROL_SCORE if rich else THIN_CONTROL_SCORE],
        }
    )


STATE_UPDATE = {
    "assignedTo": Nullable(text),
    "comment": Nullable(text),
    "state": one_of("Default", "Ignored", "ThirdParty", "Reviewed"),
    "updatedBy": Nullable(text),
    "updatedDateTime": Nullable(moment),
}
PROFILE = Open(
    {
        "id": text,
        "azureTenantId": guid,
        "title": text,
        "controlCategory": CATEGORY,
        "service": text,
        "actionType": one_of("Config", "Review", "Behavior"),
        "actionUrl": text,
        "maxScore": double,
        "tier": one_of("Core", "Advanced", "Defense In Depth"),
        "userImpact": Nullable(text),
        "implementationCost": Nullable(text),
        "rank": int32,
        "threats": [text],
        "remediation": text,
        "remediationImpact": text,
        "deprecated": boolean,
        "lastModifiedDateTime": Nullable(moment),
        "complianceInformation": Nullable([anything]),
        "controlStateUpdates": [STATE_UPDATE],
        "vendorInformation": VENDOR,
    }
)
ROLE_DEFINITION = {
    "id": guid,
    "displayName": text,
    "description": Nullable(text),
    "isBuiltIn": boolean,
    "isEnabled": boolean,
    "templateId": guid,
    "version": Nullable(one_of("1", "2", "3")),
    "resourceScopes": [text],
    "rolePermissions": [{"allowedResourceActions": [text], "condition": Nullable(text)}],
    "inheritsPermissionsFrom": [{"id": guid}],
    "inheritsPermissionsFrom@odata.context": text,
}
PRINCIPAL = Open(
    {
        "@odata.type": matching(
            r"#microsoft\.graph\.(user|group|servicePrincipal|directoryObjectPartnerReference)"
        ),
        "id": guid,
        "displayName": text,
    }
)
ROLE_ASSIGNMENT = {
    "id": matching(r"[A-Za-z0-9_-]+-1"),
    "principalId": guid,
    "roleDefinitionId": guid,
    "directoryScopeId": matching(rf"/(administrativeUnits/)?({GUID})?"),
    "appScopeId": one_of(None),
    "condition": one_of(None),
    "principalOrganizationId": guid,
    "resourceScope": Optional(text),
}
EXPANDED_ASSIGNMENT = {**ROLE_ASSIGNMENT, "principal": Optional(Nullable(PRINCIPAL))}
SUBSCRIBED_SKU = {
    "id": matching(GUID + "_" + GUID),
    "skuId": guid,
    "skuPartNumber": matching(r"[A-Z0-9_]+"),
    "accountId": guid,
    "accountName": text,
    "appliesTo": one_of("User", "Company"),
    "capabilityStatus": one_of("Enabled", "Warning", "Suspended", "Deleted", "LockedOut"),
    "consumedUnits": int32,
    "prepaidUnits": {
        "enabled": int32,
        "suspended": int32,
        "warning": int32,
        "lockedOut": int32,
    },
    "servicePlans": [
        {
            "servicePlanId": guid,
            "servicePlanName": text,
            "servicePlanType": text,
            "provisioningStatus": text,
            "appliesTo": one_of("User", "Company"),
        }
    ],
    "subscriptionIds": [guid],
}
ORGANIZATION = Open(
    {
        "id": guid,
        "displayName": text,
        "tenantType": one_of("AAD"),
        "createdDateTime": moment,
        "verifiedDomains": [
            {
                "name": text,
                "isDefault": boolean,
                "isInitial": boolean,
                "type": one_of("Managed", "Federated"),
                "capabilities": text,
            }
        ],
        "onPremisesSyncEnabled": Nullable(boolean),
        "assignedPlans": [
            {
                "servicePlanId": guid,
                "service": text,
                "capabilityStatus": text,
                "assignedDateTime": moment,
            }
        ],
        "directorySizeQuota": {"used": int32, "total": int32},
        "countryLetterCode": matching("[A-Z]{2}"),
        "partnerTenantType": Nullable(text),
    }
)
ERROR = {
    "error": {
        "code": text,
        "message": text,
        "innerError": {
            "date": matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
            "request-id": guid,
            "client-request-id": text,
        },
    }
}
LOGIN_ERROR = {
    "error": text,
    "error_description": matching(
        r"(?s)AADSTS\d+: .+\r\nTrace ID: .+\r\nCorrelation ID: .+\r\n"
        r"Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"
    ),
    "error_codes": [int32],
    "timestamp": matching(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"),
    "trace_id": guid,
    "correlation_id": guid,
    "error_uri": matching(r"https://login\.microsoftonline\.com/error\?code=\d+"),
}
