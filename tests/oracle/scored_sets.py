"""What can make a control enter or leave the score: services, SKUs, the catalogue of controls."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from tests.oracle.captures import Life
from tests.oracle.profiles import Catalogue
from tests.oracle.scores import TenantScores

USABLE = ("Enabled", "Warning")


@dataclass(frozen=True)
class Listings:
    """Profile -> the days on which it appeared in the catalogue, and on which it left."""

    appeared: dict[str, list[date]] = field(default_factory=dict)
    left: dict[str, list[date]] = field(default_factory=dict)


def offering_days(life: Life, scores: TenantScores) -> list[date]:
    """Days on which the enabled services, or the set of usable SKUs, is another than before."""
    services = {
        day: frozenset(record.chosen.get("enabledServices") or ())
        for day, record in scores.records.items()
    }
    skus = {
        day: frozenset(sku["skuId"] for sku in found if sku["capabilityStatus"] in USABLE)
        for day, found in life.snapshots(scores.tenant_id, "subscribed_skus").items()
    }
    reported = {day: names for day, names in services.items() if names}
    return [*_changed(reported), *_changed(skus)]


def _changed(values: Mapping[date, Hashable]) -> list[date]:
    days: Any = pairwise(sorted(values))
    return [later for earlier, later in days if values[earlier] != values[later]]


def listings(catalogue: Catalogue) -> Listings:
    """The first capture is where the history starts, and lets nothing appear."""
    found = Listings()
    snapshots = catalogue.snapshots
    for earlier, later in pairwise(sorted(snapshots)):
        before, after = ({p["id"] for p in snapshots[day]} for day in (earlier, later))
        for name in after - before:
            found.appeared.setdefault(name, []).append(later)
        for name in before - after:
            found.left.setdefault(name, []).append(later)
    return found
