"""Whether a tenant owns Entra ID P1 or P2, as its licences and its score say."""

from collections.abc import Mapping

import pyarrow as pa

_SERVICES = frozenset({"HasAADP1", "HasAADP2"})
# Microsoft, "Product names and service plan identifiers": AAD_PREMIUM and AAD_PREMIUM_P2.
_PLANS = frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"})
_USABLE = frozenset({"enabled", "warning"})


class LicenceOracle:
    """What has been learnt so far; either source may be missing, and either may say yes."""

    def __init__(self) -> None:
        self._said: list[bool] = []

    @property
    def is_premium(self) -> bool | None:
        """True where any source says P1 or P2, False where none does, None without a source."""
        return any(self._said) if self._said else None

    def learn_services(self, services: frozenset[str]) -> None:
        """Take in the enabledServices of the newest score."""
        if services:
            self._said.append(bool(services & _SERVICES))

    def learn_skus(self, tables: Mapping[str, pa.Table]) -> None:
        """Take in the rows of subscribed_skus; no row at all is a free tenant."""
        skus, plans = tables.get("subscribed_skus"), tables.get("subscribed_skus_service_plans")
        usable: set[int] = set()
        if skus is not None:
            for row in skus.select(["record_index", "capability_status"]).to_pylist():
                if (row["capability_status"] or "").lower() in _USABLE:
                    usable.add(row["record_index"])
        rows = [] if plans is None else plans.to_pylist()
        self._said.append(
            any(
                row["record_index"] in usable
                and (row["service_plan_id"] or "").lower() in _PLANS
                and (row["provisioning_status"] or "").lower() == "success"
                for row in rows
            )
        )
