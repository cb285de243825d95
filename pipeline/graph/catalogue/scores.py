"""Secure Score and its control profiles."""

from pipeline.graph.feed import Feed, Reader, Request, Workload
from pipeline.graph.table_spec import child, table

_VENDOR = " ".join(
    f"vendorInformation/{name}" for name in ("provider", "providerVersion", "subProvider", "vendor")
)
_PERMISSION = "SecurityEvents.Read.All"
_ACCEPTS = frozenset({"SecurityEvents.ReadWrite.All"})
_WITHOUT_SCORES = frozenset({"china", "bleu", "delos"})

SCORES = table(
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
        words={"basis": "AllTenants TotalSeats IndustryTypes"},
    ),
    child(
        "secure_scores",
        "controlScores",
        "objects",
        "controlCategory controlName description score:f64 scoreInPercentage:f64 "
        "implementationStatus lastSynced:ts count:count total:count on:flag NotScored:flag",
        words={"controlCategory": "Identity Data Device Apps Infrastructure"},
    ),
    hashed=True,
)
PROFILES = table(
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
        words={
            "state": "Default Ignored ThirdParty Reviewed AlternateMitigation Planned RiskAccepted"
        },
    ),
    child(
        "secure_score_control_profiles",
        "complianceInformation",
        "objects",
        "certificationName",
        quiet="certificationControls",
    ),
    words={
        "controlCategory": "Identity Data Device Apps Infrastructure",
        "actionType": "Config Review Behavior",
        "userImpact": "Unknown Low Moderate Medium High",
        "implementationCost": "Unknown Low Moderate Medium High",
    },
)

FEEDS = (
    Feed(
        name="secure_scores",
        requests=(Request("v1.0", "/security/secureScores", SCORES),),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.SECURITY,
        probe="v1.0/security/secureScores?$top=1",
        reader=Reader.SCORES,
        tenant_member="azureTenantId",
        absent_clouds=_WITHOUT_SCORES,
        dated=True,
    ),
    Feed(
        name="secure_score_control_profiles",
        requests=(
            Request("v1.0", "/security/secureScoreControlProfiles", PROFILES, query="$top=999"),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.SECURITY,
        probe="v1.0/security/secureScoreControlProfiles?$top=1",
        tenant_member="azureTenantId",
        absent_clouds=_WITHOUT_SCORES,
    ),
)
