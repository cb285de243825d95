"""What the models take from tenants.yaml, written to the lake by every run."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from pipeline.config import Settings, Tenant
from pipeline.graph.schemas import TENANT_CONFIG, TENANT_CONFIG_TAGS
from pipeline.lake import Lake, part_name


def write_tenant_config(lake: Lake, settings: Settings, *, run_date: date, run_id: str) -> None:
    """Write all tenants, also those a run does not read, as part 0 of the run.

    Raises PostureError when the lake cannot be written.
    """
    stamps = {"extract_date": run_date, "collected_at": datetime.now(UTC), "run_id": run_id}
    tenants = sorted(settings.tenants, key=lambda tenant: tenant.tenant_id)
    rows = [_row(tenant) | stamps for tenant in tenants]
    tags = [
        {"tenant_id": tenant.tenant_id, "tag": tag, "value": value} | stamps
        for tenant in tenants
        for tag, value in sorted(tenant.tags.items())
    ]
    tables = {
        "tenant_config_tags": pa.Table.from_pylist(tags, schema=TENANT_CONFIG_TAGS),
        "tenant_config": pa.Table.from_pylist(rows, schema=TENANT_CONFIG),
    }
    lake.write_tables(tables, extract_date=run_date, name=part_name(run_id, 0))


def _row(tenant: Tenant) -> dict[str, Any]:
    return {
        "tenant_id": tenant.tenant_id,
        "name": tenant.name,
        "segment": tenant.segment,
        "cloud": tenant.cloud.name,
    }
