"""The shapes of risk and recommendations, written down from documentation and captures."""

from tests.sandbox.shape import (
    GUID,
    Nullable,
    Optional,
    boolean,
    double,
    guid,
    int32,
    matching,
    midnight,
    moment,
    one_of,
    text,
)

seven_digits = matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")
_RISK_STATE = one_of(
    *("none", "confirmedSafe", "remediated", "dismissed", "atRisk", "confirmedCompromised")
)
_RISK_LEVEL = one_of("low", "medium", "high", "hidden", "none")
RISKY_USER = {
    "id": guid,
    "isDeleted": boolean,
    "isProcessing": boolean,
    "riskLevel": _RISK_LEVEL,
    "riskState": _RISK_STATE,
    "riskDetail": text,
    "riskLastUpdatedDateTime": seven_digits,
    "userDisplayName": text,
    "userPrincipalName": text,
}
DETECTION = {
    "id": matching("[0-9a-f]{64}"),
    "requestId": guid,
    "correlationId": guid,
    "riskEventType": text,
    "riskState": _RISK_STATE,
    "riskLevel": _RISK_LEVEL,
    "riskDetail": text,
    "source": one_of("IdentityProtection"),
    "detectionTimingType": one_of("realtime", "nearRealtime", "offline"),
    "activity": one_of("signin", "user"),
    "tokenIssuerType": one_of("AzureAD"),
    "ipAddress": Nullable(matching(r"[0-9a-f.:]+")),
    "activityDateTime": seven_digits,
    "detectedDateTime": seven_digits,
    "lastUpdatedDateTime": seven_digits,
    "userId": guid,
    "userDisplayName": text,
    "userPrincipalName": text,
    "additionalInfo": matching(r'\[\{"Key":"\w+","Value":.+\}\]'),
    "location": {
        "city": text,
        "state": text,
        "countryOrRegion": text,
        "geoCoordinates": {"latitude": double, "longitude": double},
    },
}
RESOURCE = {
    "id": text,
    "addedDateTime": seven_digits,
    "additionalDetails": [{"key": text, "value": text}],
    "apiUrl": Nullable(text),
    "displayName": text,
    "lastModifiedBy": text,
    "lastModifiedDateTime": seven_digits,
    "owner": Nullable(text),
    "portalUrl": text,
    "postponeUntilDateTime": Nullable(moment),
    "rank": int32,
    "recommendationId": text,
    "resourceType": one_of("user", "app"),
    "status": text,
    "subjectId": guid,
}
RECOMMENDATION = {
    "id": matching(GUID + r"_[A-Za-z0-9.]+"),
    "actionSteps": [
        {"stepNumber": int32, "text": text, "actionUrl": {"displayName": text, "url": text}}
    ],
    "benefits": text,
    "category": one_of("identitySecureScore", "identityBestPractice"),
    "createdDateTime": seven_digits,
    "currentScore": double,
    "displayName": text,
    "featureAreas": [text],
    "impactStartDateTime": seven_digits,
    "impactType": text,
    "insights": text,
    "lastModifiedBy": one_of("System"),
    "lastModifiedDateTime": seven_digits,
    "maxScore": double,
    "postponeUntilDateTime": Nullable(moment),
    "priority": one_of("low", "medium", "high"),
    "recommendationType": text,
    "releaseType": text,
    "remediationImpact": text,
    "requiredLicenses": matching(r"microsoftEntraId(Free|P1|P2)"),
    "status": one_of(
        *("active", "completedBySystem", "completedByUser", "dismissed", "postponed"),
        *("riskAccepted", "thirdParty", "planned", "alternateMitigation"),
    ),
}
EXPANDED_RECOMMENDATION = RECOMMENDATION | {
    "impactedResources": [RESOURCE],
    "impactedResources@odata.nextLink": Optional(text),
}
TENANT_SCORE = {"createDateTime": midnight, "tenantMaxScore": int32, "tenantScore": int32}
