"""What the models take from tenants.yaml and register.yaml, written to the lake by every run."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.config.principals import DeclaredPrincipal
from pipeline.config.register import RegisterEntry
from pipeline.config.settings import Settings, Tenant
from pipeline.graph.privacy import Pseudonyms
from pipeline.graph.schemas import (
    CONTROL_REGISTER,
    PRINCIPAL_REGISTER,
    SCHEMAS,
    TENANT_ACCESS,
    TENANT_CONFIG,
    TENANT_CONFIG_TAGS,
)
from pipeline.lake.names import part_name
from pipeline.lake.part_reading import read_part
from pipeline.lake.parts import Lake
from pipeline.lake.shards import shards_of, with_newcomers

# `SEC-17`, `#204`, `INC0012`: a number and not a word that could be somebody's name.
_TICKET_NUMBER = re.compile(r"#?[A-Za-z]{0,10}[-_ ]?[0-9]+")


def write_tenant_config(
    lake: Lake,
    settings: Settings,
    *,
    run_date: date,
    run_id: str,
    now: datetime,
    pseudonyms: Pseudonyms | None = None,
) -> dict[str, int]:
    """Write all tenants, also those a run does not read, as part 0 of the run; their shards.

    With `pseudonyms`, owners and sign-in names of the register are replaced and its free text is
    left out.
    Raises PostureError when the lake cannot be written.
    """
    stamps = {"extract_date": run_date, "collected_at": now, "run_id": run_id}
    shards = _shards(lake, settings)
    tables = _tables(settings, shards, stamps, pseudonyms)
    lake.write_tables(tables, extract_date=run_date, name=part_name(run_id, 0))
    return shards


def is_written(
    lake: Lake, settings: Settings, *, run_date: date, pseudonyms: Pseudonyms | None
) -> bool:
    """Whether the newest run of the date wrote the same of all tenants."""
    files = lake.config_files([run_date])
    if not files:
        return False
    newest = max(files, key=lambda path: path.name)
    stamps = {"extract_date": None, "collected_at": None, "run_id": None}
    tables = _tables(settings, _shards(lake, settings), stamps, pseudonyms)
    return all(_rows_of(lake, newest, name) == rows.to_pylist() for name, rows in tables.items())


def _rows_of(lake: Lake, part: Path, table: str) -> list[dict[str, Any]]:
    """What the part has of the table, without the stamps of its run."""
    schema = SCHEMAS[table]
    for path in lake.part_files(table, [part]):
        rows = read_part(path, [], schema.names).to_pylist()
        blank = dict.fromkeys(schema.names)
        stamps = dict.fromkeys(("extract_date", "collected_at", "run_id"))
        return [blank | row | stamps for row in rows]
    return []


def _shards(lake: Lake, settings: Settings) -> dict[str, int]:
    return with_newcomers(shards_of(lake), sorted(one.tenant_id for one in settings.tenants))


def _tables(
    settings: Settings,
    shards: Mapping[str, int],
    stamps: dict[str, Any],
    pseudonyms: Pseudonyms | None,
) -> dict[str, pa.Table]:
    tenants = sorted(settings.tenants, key=lambda tenant: tenant.tenant_id)
    rows = [_row(tenant) | {"shard": shards[tenant.tenant_id]} | stamps for tenant in tenants]
    tags = [
        {"tenant_id": tenant.tenant_id, "tag": tag, "value": value} | stamps
        for tenant in tenants
        for tag, value in sorted(tenant.tags.items())
    ]
    register = [
        _register_row(entry, pseudonyms) | stamps
        for entry in sorted(
            settings.register.entries, key=lambda one: (one.tenant_id, one.control_id)
        )
    ]
    declared = [
        _principal_row(one, pseudonyms) | stamps
        for one in sorted(
            settings.register.principals,
            key=lambda one: (one.tenant_id, one.principal or "", one.group or ""),
        )
    ]
    # Also with `pseudonyms` in clear: Power BI compares it with the name a reader signs in with.
    access = [
        {
            "tenant_id": tenant_id,
            "user_principal_name": grant.user_principal_name,
            "has_all_tenants": grant.has_all_tenants,
        }
        | stamps
        for grant in sorted(settings.access, key=lambda one: one.user_principal_name)
        for tenant_id in grant.tenant_ids
    ]
    # The last one says that the others are whole.
    return {
        "tenant_config_tags": pa.Table.from_pylist(tags, schema=TENANT_CONFIG_TAGS),
        "control_register": pa.Table.from_pylist(register, schema=CONTROL_REGISTER),
        "principal_register": pa.Table.from_pylist(declared, schema=PRINCIPAL_REGISTER),
        "tenant_access": pa.Table.from_pylist(access, schema=TENANT_ACCESS),
        "tenant_config": pa.Table.from_pylist(rows, schema=TENANT_CONFIG),
    }


def _row(tenant: Tenant) -> dict[str, Any]:
    return {
        "tenant_id": tenant.tenant_id,
        "name": tenant.name,
        "segment": tenant.segment,
        "cloud": tenant.cloud.name,
    }


def _register_row(entry: RegisterEntry, pseudonyms: Pseudonyms | None) -> dict[str, Any]:
    owner, ticket, reason = entry.owner, entry.ticket, entry.reason
    if pseudonyms is not None:
        owner = pseudonyms.of(owner) if owner else None
        ticket = ticket if ticket and _TICKET_NUMBER.fullmatch(ticket) else None
        reason = None
    return {
        "tenant_id": entry.tenant_id,
        "control_id": entry.control_id,
        "owner": owner,
        "ticket": ticket,
        "reason": reason,
        "review_by": entry.review_by,
    }


def _principal_row(one: DeclaredPrincipal, pseudonyms: Pseudonyms | None) -> dict[str, Any]:
    principal, owner, reason = one.principal, one.owner, one.reason
    if pseudonyms is not None:
        # As the lists of people have the same name.
        principal = pseudonyms.of(principal) if principal and "@" in principal else principal
        owner = pseudonyms.of(owner) if owner else None
        reason = None
    return {
        "tenant_id": one.tenant_id,
        "principal": principal,
        "group_id": one.group,
        "declared_role": one.role,
        "owner": owner,
        "reason": reason,
        "review_by": one.review_by,
    }
