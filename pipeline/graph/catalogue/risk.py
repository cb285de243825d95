"""Users at risk and what was detected of them."""

from pipeline.graph.feed import Feed, Licence, Reader, Request, Workload
from pipeline.graph.table_spec import child, table

_WITHOUT_RISK = frozenset({"china"})
_LEVELS = "low medium high hidden none"
_STATES = "none confirmedSafe remediated dismissed atRisk confirmedCompromised"

RISKY_USERS = table(
    "risky_users",
    "id isDeleted:bool isProcessing:bool riskLevel riskState riskDetail "
    "riskLastUpdatedDateTime:ts userDisplayName userPrincipalName",
    words={"riskLevel": _LEVELS, "riskState": _STATES, "riskDetail": ""},
)
DETECTIONS = table(
    "risk_detections",
    "id riskEventType riskState riskLevel riskDetail source detectionTimingType activity "
    "tokenIssuerType activityDateTime:ts detectedDateTime:ts lastUpdatedDateTime:ts userId "
    "userDisplayName userPrincipalName requestId correlationId ipAddress additionalInfo",
    child(
        "risk_detections",
        "location",
        "object",
        "city state countryOrRegion",
        quiet="geoCoordinates",
    ),
    words={
        "riskLevel": _LEVELS,
        "riskState": _STATES,
        "riskDetail": "",
        "activity": "",
        "detectionTimingType": "",
    },
)

FEEDS = (
    Feed(
        name="risky_users",
        requests=(Request("v1.0", "/identityProtection/riskyUsers", RISKY_USERS, "$top=500"),),
        permission="IdentityRiskyUser.Read.All",
        accepts=frozenset({"IdentityRiskyUser.ReadWrite.All"}),
        workload=Workload.PROTECTION,
        probe="v1.0/identityProtection/riskyUsers?$select=id&$top=1",
        licence=Licence.P2,
        absent_clouds=_WITHOUT_RISK,
    ),
    Feed(
        name="risk_detections",
        requests=(
            Request(
                "v1.0",
                "/identityProtection/riskDetections",
                DETECTIONS,
                # Where someone signed in from is nobody's business here.
                query="$select=id,riskEventType,riskState,riskLevel,riskDetail,source,"
                "detectionTimingType,activity,tokenIssuerType,activityDateTime,"
                "detectedDateTime,lastUpdatedDateTime,userId,userDisplayName,"
                "userPrincipalName&$top=500",
            ),
        ),
        permission="IdentityRiskEvent.Read.All",
        accepts=frozenset({"IdentityRiskEvent.ReadWrite.All"}),
        workload=Workload.PROTECTION,
        probe="v1.0/identityProtection/riskDetections?$select=id&$top=1",
        licence=Licence.P2,
        reader=Reader.RISK_DETECTIONS,
        absent_clouds=_WITHOUT_RISK,
    ),
)
