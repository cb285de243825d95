"""Which Entra licence a tenant owns, as its licences and its score say."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import pyarrow as pa

# Microsoft, "Product names and service plan identifiers for licensing": AAD_PREMIUM and
# AAD_PREMIUM_P2.
_P1_PLAN = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
_P2_PLAN = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
USABLE = frozenset({"enabled", "warning"})


class Tier(StrEnum):
    """The licence tier, as `dim_tenant.licence_tier` names it."""

    FREE = "free"
    P1 = "p1"
    P2 = "p2"


def tier_of_plans(plans: Iterable[str]) -> Tier:
    """The tier that service plans in use amount to; P2 holds P1."""
    found = {plan.lower() for plan in plans}
    if _P2_PLAN in found:
        return Tier.P2
    return Tier.P1 if _P1_PLAN in found else Tier.FREE


def tier_of_services(services: Iterable[str]) -> Tier | None:
    """The tier that the enabledServices of a score name; None where they name none of Entra's."""
    found = set(services)
    if "HasAADP2" in found:
        return Tier.P2
    if "HasAADP1" in found:
        return Tier.P1
    return Tier.FREE if "HasAADFree" in found else None


class LicenceOracle:
    """What has been learnt so far; either source may be missing, and either may say yes."""

    def __init__(self) -> None:
        self._said: list[Tier] = []

    @property
    def is_premium(self) -> bool | None:
        """True where any source says P1 or P2, False where none does, None without a source."""
        return any(tier is not Tier.FREE for tier in self._said) if self._said else None

    def learn_services(self, services: Iterable[str]) -> None:
        """Take in the enabledServices of the newest score."""
        tier = tier_of_services(services)
        if tier is not None:
            self._said.append(tier)

    def learn_scores(self, tables: Mapping[str, pa.Table]) -> None:
        """Take in the rows of secure_scores that an earlier run of the day wrote."""
        scores, services = tables.get("secure_scores"), tables.get("secure_scores_enabled_services")
        if scores is None or services is None or not scores.num_rows:
            return
        columns = ["created_date_time", "record_index"]
        newest = max(tuple(row.values()) for row in scores.select(columns).to_pylist())[-1]
        rows = services.select(["record_index", "value"]).to_pylist()
        self.learn_services(row["value"] or "" for row in rows if row["record_index"] == newest)

    def learn_skus(self, tables: Mapping[str, pa.Table]) -> None:
        """Take in the rows of subscribed_skus; no row at all is a free tenant."""
        skus, plans = tables.get("subscribed_skus"), tables.get("subscribed_skus_service_plans")
        columns = ["record_index", "capability_status"]
        usable = {
            row["record_index"]
            for row in ([] if skus is None else skus.select(columns).to_pylist())
            if (row["capability_status"] or "").lower() in USABLE
        }
        rows = [] if plans is None else plans.to_pylist()
        self._said.append(
            tier_of_plans(
                row["service_plan_id"] or ""
                for row in rows
                if row["record_index"] in usable
                and (row["provisioning_status"] or "").lower() == "success"
            )
        )
