"""Which Entra licence a tenant owns, from what its feeds show."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

# Microsoft, "Product names and service plan identifiers for licensing".
_P1_PLAN = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
_P2_PLAN = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
_USABLE = ("Enabled", "Warning")

Record = dict[str, Any]


class Tier(StrEnum):
    """The licence tier, as `dim_tenant.licence_tier` names it."""

    FREE = "free"
    P1 = "p1"
    P2 = "p2"


def tier_of_skus(records: list[Record]) -> Tier:
    """The tier that /subscribedSkus shows: plans that work, of subscriptions that are paid for."""
    return _tier(
        str(plan.get("servicePlanId")).lower()
        for sku in records
        if sku.get("capabilityStatus") in _USABLE
        for plan in _members(sku, "servicePlans")
        if plan.get("provisioningStatus") == "Success"
    )


def tier_of_organization(records: list[Record]) -> Tier | None:
    """The tier that the plans of /organization show; None where it lists none at all."""
    plans = [plan for one in records for plan in _members(one, "assignedPlans")]
    if not plans:
        return None
    return _tier(
        str(plan.get("servicePlanId")).lower()
        for plan in plans
        if plan.get("capabilityStatus") in _USABLE
    )


def tier_of_scores(records: list[Record]) -> Tier | None:
    """The tier that Secure Score counts on; None where it names no services."""
    services: set[str] = set()
    for record in records[:1]:
        listed = record.get("enabledServices")
        services |= {one for one in listed if isinstance(one, str)} if listed else set()
    if not services:
        return None
    if "HasAADP2" in services:
        return Tier.P2
    return Tier.P1 if "HasAADP1" in services else None


def includes(tier: Tier | None, licence: str | None) -> bool | None:
    """Whether the tier holds what a feed needs; None where the tier is not known. P2 has P1."""
    if licence is None:
        return True
    if tier is None:
        return None
    return tier is Tier.P2 or (tier is Tier.P1 and licence.endswith("P1"))


def _tier(plans: Iterable[str]) -> Tier:
    found = set(plans)
    if _P2_PLAN in found:
        return Tier.P2
    return Tier.P1 if _P1_PLAN in found else Tier.FREE


def _members(record: Record, name: str) -> list[Record]:
    members = record.get(name)
    return [one for one in members if isinstance(one, dict)] if isinstance(members, list) else []
