"""The licence tier of a tenant, read off the answers to the doctor's questions."""

from typing import Any

from pipeline.graph.licences import USABLE, Tier, tier_of_plans, tier_of_services

Record = dict[str, Any]


def tier_of_skus(records: list[Record]) -> Tier:
    """The tier that /subscribedSkus shows: plans that work, of subscriptions that are paid for."""
    return tier_of_plans(
        str(plan.get("servicePlanId"))
        for sku in records
        if _is(sku, "capabilityStatus", USABLE)
        for plan in _members(sku, "servicePlans")
        if _is(plan, "provisioningStatus", frozenset({"success"}))
    )


def tier_of_organization(records: list[Record]) -> Tier | None:
    """The tier that the plans of /organization show; None where it lists none at all."""
    plans = [plan for one in records for plan in _members(one, "assignedPlans")]
    if not plans:
        return None
    return tier_of_plans(
        str(plan.get("servicePlanId")) for plan in plans if _is(plan, "capabilityStatus", USABLE)
    )


def tier_of_scores(records: list[Record]) -> Tier | None:
    """The tier that Secure Score counts on; None where it names no services."""
    listed = records[0].get("enabledServices") if records else None
    return tier_of_services(one for one in listed or () if isinstance(one, str))


def includes(tier: Tier | None, licence: str | None) -> bool | None:
    """Whether the tier holds what a feed needs; None where the tier is not known. P2 has P1."""
    if licence is None:
        return True
    if tier is None:
        return None
    return tier is Tier.P2 or (tier is Tier.P1 and licence.endswith("P1"))


def _is(record: Record, name: str, words: frozenset[str]) -> bool:
    return str(record.get(name)).lower() in words


def _members(record: Record, name: str) -> list[Record]:
    members = record.get(name)
    return [one for one in members if isinstance(one, dict)] if isinstance(members, list) else []
