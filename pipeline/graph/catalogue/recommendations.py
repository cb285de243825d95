"""Entra's own recommendations and the daily score it makes of them. Both exist in beta alone."""

from pipeline.graph.catalogue.people import NAMING
from pipeline.graph.feed import Feed, Reader, Request, Workload
from pipeline.graph.table_spec import child, table

_PERMISSION = "DirectoryRecommendations.Read.All"
_ACCEPTS = frozenset({"DirectoryRecommendations.ReadWrite.All"})
_STATUSES = (
    "active completedBySystem completedByUser dismissed postponed riskAccepted thirdParty "
    "planned alternateMitigation needsMoreAction"
)

RECOMMENDATIONS = table(
    "recommendations",
    "id recommendationType category status priority displayName currentScore:f64 maxScore:f64 "
    "requiredLicenses releaseType impactType insights benefits remediationImpact "
    "createdDateTime:ts lastModifiedDateTime:ts lastModifiedBy lastCheckedDateTime:ts "
    "impactStartDateTime:ts postponeUntilDateTime:ts",
    child("recommendations", "featureAreas", "scalars"),
    child(
        "recommendations",
        "actionSteps",
        "objects",
        "stepNumber:i64 text actionUrl/displayName actionUrl/url",
    ),
    child(
        "recommendations",
        "impactedResources",
        "objects",
        "id subjectId recommendationId resourceType displayName owner status rank:i64 portalUrl "
        "apiUrl addedDateTime:ts lastModifiedDateTime:ts lastModifiedBy postponeUntilDateTime:ts",
        quiet="additionalDetails tags",
        words={"status": _STATUSES},
    ),
    quiet="viewPoint tags categoryGroup",
    words={
        "recommendationType": "",
        "category": "identitySecureScore identityBestPractice mdiSecureScore",
        "requiredLicenses": "",
        "status": _STATUSES,
        "priority": "low medium high",
    },
)
IMPACTED_COUNTS = table(
    "recommendation_impacted_counts", "recommendationId resourceType status count:i64"
)
TENANT_SCORES = table(
    "recommendation_tenant_scores",
    "createDateTime:ts tenantScore:f64 tenantMaxScore:f64",
    quiet="id",
)

FEEDS = (
    Feed(
        name="recommendations",
        requests=(
            Request(
                "beta",
                "/directory/recommendations",
                RECOMMENDATIONS,
                query="$expand=impactedResources",
                units=2,
            ),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="beta/directory/recommendations?$select=id",
        reader=Reader.RECOMMENDATIONS,
        after=NAMING,
        counts=(IMPACTED_COUNTS,),
    ),
    Feed(
        name="recommendation_tenant_scores",
        requests=(Request("beta", "/directory/recommendations/tenantSecureScores", TENANT_SCORES),),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="beta/directory/recommendations/tenantSecureScores",
    ),
)
