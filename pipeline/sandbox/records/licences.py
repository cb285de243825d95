"""organization and subscribedSkus: what a tenant owns, and how its seats move."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pipeline.sandbox.story.catalogue import BLOCK
from pipeline.sandbox.story.identity import Tenant, derived_uuid
from pipeline.sandbox.story.people import stamp

_PLANS = {
    "AAD_PREMIUM": "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
    "AAD_PREMIUM_P2": "eec0eb4f-6444-4f95-aba0-50c24d67f998",
    "MFA_PREMIUM": "8a256a2b-b617-496d-b51b-e76466e88db0",
    "EXCHANGE_S_STANDARD": "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
    "EXCHANGE_S_ENTERPRISE": "efb87545-963c-4e0d-99df-69c6916d9eb0",
    "SHAREPOINTENTERPRISE": "5dbe027f-2339-4123-9542-606e4d348a72",
    "TEAMS1": "57ff2da0-773e-42df-b2af-ffb7a2317929",
}
_ENTRA = ("AAD_PREMIUM", "AAD_PREMIUM_P2", "MFA_PREMIUM")
_OFFICE = ("EXCHANGE_S_STANDARD", "TEAMS1")
_LARGE = ("EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "TEAMS1", "MFA_PREMIUM")
_SKUS = {
    "O365_BUSINESS_PREMIUM": ("f245ecc8-75af-4f8e-b61f-27d8114de5f3", _OFFICE),
    "SPB": ("cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", (*_OFFICE, "AAD_PREMIUM", "MFA_PREMIUM")),
    "ENTERPRISEPACK": ("6fd2c87f-b296-42f0-b197-1e91e994b900", _LARGE),
    "SPE_E3": ("05e9a617-0261-4cee-bb44-138d3ef5d965", (*_LARGE, "AAD_PREMIUM")),
    "SPE_E5": (
        "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
        (*_LARGE, "AAD_PREMIUM", "AAD_PREMIUM_P2"),
    ),
    "AAD_PREMIUM": ("078d2b04-f1bd-4111-bbd4-b4b1b354cef4", ("AAD_PREMIUM", "MFA_PREMIUM")),
    "AAD_PREMIUM_P2": ("84a661c4-e949-4bd2-a560-ed7766fcaf2b", ("AAD_PREMIUM_P2", "MFA_PREMIUM")),
}
# (sku, share of users, capabilityStatus, provisioningStatus of its premium plans)
_OWNED: dict[str, tuple[tuple[str, float, str, str], ...]] = {
    "free": (("O365_BUSINESS_PREMIUM", 1.0, "Enabled", "Success"),),
    "p1": (
        ("SPB", 0.7, "Enabled", "Success"),
        ("ENTERPRISEPACK", 0.3, "Warning", "Success"),
        ("AAD_PREMIUM_P2", 0.1, "Suspended", "Success"),
    ),
    "p2": (
        ("SPE_E5", 0.6, "Enabled", "Success"),
        ("SPE_E3", 0.4, "Enabled", "Success"),
        ("AAD_PREMIUM", 0.05, "Enabled", "PendingProvisioning"),
    ),
}


def subscribed_skus(tenant: Tenant, *, day: int, users: int) -> list[dict[str, Any]]:
    """The SKUs of a day; every other small business owns none at all."""
    if tenant.licence_tier == "free" and tenant.index % 2:
        return []
    return [_sku(tenant, entry, day, users) for entry in _OWNED[tenant.licence_tier]]


def organization(tenant: Tenant, *, born: date) -> dict[str, Any]:
    """The one element of /organization."""
    rng = tenant.rng("organization")
    plans = [plan for sku, *_ in _OWNED[tenant.licence_tier] for plan in _SKUS[sku][1]]
    service = {"AAD": "AADPremiumService", "MFA": "MultiFactorService", "EXC": "exchange"}
    founded = born - timedelta(days=rng.randint(400, 3000))
    return {
        "id": tenant.tenant_id,
        "deletedDateTime": None,
        "businessPhones": [],
        "city": None,
        "countryLetterCode": tenant.country,
        "createdDateTime": stamp(rng, founded),
        "displayName": tenant.name,
        "onPremisesSyncEnabled": True if tenant.is_hybrid else None,
        "partnerTenantType": None,
        "tenantType": "AAD",
        "directorySizeQuota": {"used": tenant.user_count * 3, "total": 300000},
        "assignedPlans": [
            {
                "assignedDateTime": stamp(rng, founded + timedelta(days=rng.randint(1, 300))),
                "capabilityStatus": "Enabled",
                "service": service.get(plan[:3], "SharePoint"),
                "servicePlanId": _PLANS[plan],
            }
            for plan in dict.fromkeys(plans)
        ],
        "verifiedDomains": [
            _domain(tenant.domain, is_default=True),
            _domain(tenant.initial_domain, is_default=False),
        ],
    }


def _domain(name: str, *, is_default: bool) -> Mapping[str, Any]:
    return {
        "capabilities": "Email, OfficeCommunicationsOnline",
        "isDefault": is_default,
        "isInitial": not is_default,
        "name": name,
        "type": "Managed",
    }


def _sku(
    tenant: Tenant, entry: tuple[str, float, str, str], day: int, users: int
) -> dict[str, Any]:
    part_number, share, status, premium = entry
    sku_id, plans = _SKUS[part_number]
    consumed = max(1, round(users * share))
    bought = max(1, round(tenant.user_count * share)) + 5 * (1 + max(0, day) // BLOCK)
    usable = status == "Enabled"
    return {
        "accountId": tenant.tenant_id,
        "accountName": tenant.domain.partition(".")[0],
        "appliesTo": "User",
        "capabilityStatus": status,
        "consumedUnits": consumed,
        "id": f"{tenant.tenant_id}_{sku_id}",
        "prepaidUnits": {
            "enabled": max(bought, consumed) if usable else 0,
            "suspended": bought if status == "Suspended" else 0,
            "warning": bought if status == "Warning" else 0,
            "lockedOut": 0,
        },
        "servicePlans": [
            {
                "appliesTo": "User",
                "provisioningStatus": premium if plan in _ENTRA else "Success",
                "servicePlanId": _PLANS[plan],
                "servicePlanName": plan,
                "servicePlanType": "AADPremiumService" if plan in _ENTRA else "Exchange",
            }
            for plan in plans
        ],
        "skuId": sku_id,
        "skuPartNumber": part_number,
        "subscriptionIds": [derived_uuid("subscription", tenant.seed, tenant.index, part_number)],
    }
