"""Tenants day by day: segment, tags, licence tier, seats."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from tests.oracle.captures import COMPLETE, Life, Record, TenantSetting
from tests.oracle.records import ScoreRecord
from tests.oracle.values import decimal

P1_PLAN = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
P2_PLAN = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
DEFAULT_SEGMENT = "mid_size"
Row = dict[str, Any]
Licence = tuple[str | None, int | None]


def tenant_rows(life: Life, tenant_id: str, records: Mapping[date, ScoreRecord]) -> Iterator[Row]:
    for day in tenant_days(life, tenant_id, records):
        setting = setting_on(life, tenant_id, day)
        tier, seats = licence_on(life, tenant_id, day, records)
        yield {
            "tenant_id": tenant_id,
            "snapshot_date": day,
            "segment": setting.segment or DEFAULT_SEGMENT,
            "tags": dict(setting.tags),
            "licence_tier": tier,
            "seat_count": seats,
            "is_active": is_active_on(life, tenant_id, day),
        }


def tenant_days(life: Life, tenant_id: str, records: Mapping[date, ScoreRecord]) -> list[date]:
    """Every day with a record shown, and every date on which a run was for the tenant."""
    asked = {run.run_date for run, _ in life.settings(tenant_id) if run.asks(tenant_id)}
    return sorted(asked | set(records))


def setting_on(life: Life, tenant_id: str, day: date) -> TenantSetting:
    """As written by the newest run at or before the day, else by the first run."""
    dated = sorted(life.settings(tenant_id), key=lambda s: (s[0].run_date, s[0].order))
    before = [setting for run, setting in dated if run.run_date <= day]
    return before[-1] if before else dated[0][1]


def is_active_on(life: Life, tenant_id: str, day: date) -> bool:
    """In the configuration of the newest run at or before the day; before any run, of the first."""
    runs = sorted(life.runs, key=lambda r: (r.run_date, r.order))
    before = [run for run in runs if run.run_date <= day]
    run = before[-1] if before else runs[0]
    return any(tenant.tenant_id == tenant_id for tenant in run.tenants)


def licence_on(
    life: Life, tenant_id: str, day: date, records: Mapping[date, ScoreRecord]
) -> Licence:
    """Tier and seats of a day: from its SKUs, else from its score record, else unknown."""
    record = records[day].chosen if day in records else None
    users = None if record is None else record.get("activeUserCount")
    if life.outcome_on(tenant_id, "subscribed_skus", day) in COMPLETE:
        skus = life.snapshots(tenant_id, "subscribed_skus")[day]
        return licence_of_skus(skus, users)
    tier = tier_of_services(None if record is None else record.get("enabledServices"))
    return tier, users if tier == "free" else None


def licence_of_skus(skus: tuple[Record, ...], users: int | None) -> Licence:
    for tier, plan in (("p2", P2_PLAN), ("p1", P1_PLAN)):
        carrying = [sku for sku in skus if carries(sku, plan)]
        if carrying:
            return tier, units_of(carrying)
    return "free", users


def units_of(skus: Iterable[Record]) -> int:
    """Enabled units, and those in their days of grace."""
    bought = [sku.get("prepaidUnits") or {} for sku in skus]
    units = [one.get(state) for one in bought for state in ("enabled", "warning")]
    return int(sum(decimal(unit) or 0 for unit in units))


def carries(sku: Record, plan: str) -> bool:
    """The SKU is usable and brings the plan, provisioned."""
    return sku.get("capabilityStatus") in ("Enabled", "Warning") and any(
        (service.get("servicePlanId") or "").lower() == plan
        and service.get("provisioningStatus") == "Success"
        for service in sku.get("servicePlans") or ()
    )


def tier_of_services(services: list[str] | None) -> str | None:
    for token, tier in (("HasAADP2", "p2"), ("HasAADP1", "p1"), ("HasAADFree", "free")):
        if token in (services or ()):
            return tier
    return None


def tenant_name(life: Life, tenant_id: str) -> str | None:
    """From the newest configuration, else from the newest organization captured."""
    settings = sorted(life.settings(tenant_id), key=lambda s: (s[0].run_date, s[0].order))
    if settings and settings[-1][1].name:
        return settings[-1][1].name
    organizations = [o for day in life.snapshots(tenant_id, "organization").values() for o in day]
    return organizations[-1].get("displayName") if organizations else None


def tenant_row(life: Life, tenant_id: str, records: Mapping[date, ScoreRecord]) -> Row:
    days = tenant_days(life, tenant_id, records)
    licences = [licence_on(life, tenant_id, day, records) for day in days]
    newest_run = max(life.runs, key=lambda r: (r.run_date, r.order))
    return {
        "tenant_id": tenant_id,
        "tenant_name": tenant_name(life, tenant_id),
        "segment": setting_on(life, tenant_id, days[-1]).segment or DEFAULT_SEGMENT,
        "licence_tier": _newest([tier for tier, _ in licences]),
        "seat_count": _newest([seats for _, seats in licences]),
        "first_seen_date": days[0],
        "last_seen_date": days[-1],
        "is_active": any(t.tenant_id == tenant_id for t in newest_run.tenants),
    }


def _newest(values: list[Any]) -> Any:
    """The newest value that is known."""
    return next((value for value in reversed(values) if value is not None), None)
