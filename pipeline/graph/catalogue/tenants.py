"""The tenant itself and the licences it owns."""

from pipeline.graph.feed import Feed, Request, Workload
from pipeline.graph.table_spec import child, table

_PERMISSION = "Organization.Read.All"
_ACCEPTS = frozenset({"Organization.ReadWrite.All", "Directory.Read.All"})

ORGANIZATION = table(
    "organization",
    "id displayName tenantType createdDateTime:ts onPremisesSyncEnabled:bool countryLetterCode "
    "partnerTenantType directorySizeQuota/used:i64 directorySizeQuota/total:i64",
    child(
        "organization",
        "verifiedDomains",
        "objects",
        "name isDefault:bool isInitial:bool type capabilities",
    ),
    child(
        "organization",
        "assignedPlans",
        "objects",
        "assignedDateTime:ts capabilityStatus service servicePlanId",
        words={"capabilityStatus": "Enabled Warning Suspended Deleted LockedOut"},
    ),
)
SKUS = table(
    "subscribed_skus",
    "id skuId skuPartNumber accountId accountName appliesTo capabilityStatus consumedUnits:i64 "
    "prepaidUnits/enabled:i64 prepaidUnits/suspended:i64 prepaidUnits/warning:i64 "
    "prepaidUnits/lockedOut:i64",
    child(
        "subscribed_skus",
        "servicePlans",
        "objects",
        "servicePlanId servicePlanName servicePlanType provisioningStatus appliesTo",
        words={
            "provisioningStatus": "Success Disabled PendingInput PendingActivation "
            "PendingProvisioning Error Deprecated"
        },
    ),
    child("subscribed_skus", "subscriptionIds", "scalars"),
    words={"capabilityStatus": "Enabled Warning Suspended Deleted LockedOut"},
)

FEEDS = (
    Feed(
        name="subscribed_skus",
        requests=(Request("v1.0", "/subscribedSkus", SKUS, units=3),),
        permission=_PERMISSION,
        # Opened by a smaller permission too, but the organisation itself is not.
        accepts=_ACCEPTS | {"LicenseAssignment.Read.All"},
        workload=Workload.DIRECTORY,
        probe="v1.0/subscribedSkus",
        is_oracle=True,
    ),
    Feed(
        name="organization",
        requests=(
            Request(
                "v1.0",
                "/organization",
                ORGANIZATION,
                query="$select=id,displayName,tenantType,createdDateTime,onPremisesSyncEnabled,"
                "countryLetterCode,partnerTenantType,directorySizeQuota,verifiedDomains,"
                "assignedPlans",
            ),
        ),
        permission=_PERMISSION,
        accepts=_ACCEPTS,
        workload=Workload.DIRECTORY,
        probe="v1.0/organization?$select=id",
        tenant_member="id",
    ),
)
