"""A lake in which each tenant is the same ordinary one but for one absurd value in one column."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.collection.collect import collect
from pipeline.config.settings import load_config
from pipeline.graph.feeds import FEEDS
from pipeline.graph.schemas import SCHEMAS
from pipeline.home import Home
from pipeline.sandbox import Sandbox

LAST_DAY = date(2026, 6, 30)
# What the pipeline says of a row, its own counts, log and configuration are no words of Graph.
STAMPS = {"tenant_id", "extract_date", "collected_at", "run_id", "record_index", "item_index"}
COUNTED = {table.name for feed in FEEDS.values() for table in feed.counts}
OWN = COUNTED | {
    "collection_log",
    "tenant_config",
    "tenant_config_tags",
    "control_register",
    "principal_register",
    "tenant_access",
}
ABSURD: dict[pa.DataType, tuple[Any, ...]] = {
    pa.float64(): (-1.0, 1e-30, 0.0, 1e30, 1.7e308),
    pa.int64(): (-(2**63), -1, 0, 2**63 - 1),
    pa.timestamp("us", tz="UTC"): (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        None,
    ),
}


@dataclass(frozen=True)
class Absurdity:
    """One value in the newest row of one column, or in all its rows."""

    table: str
    column: str
    value: Any
    everywhere: bool


def absurdities() -> Iterator[Absurdity]:
    for table, schema in SCHEMAS.items():
        for column in schema if table not in OWN else ():
            if column.name not in STAMPS:
                for value in ABSURD.get(column.type, ()):
                    yield Absurdity(table, column.name, value, everywhere=False)
                    yield Absurdity(table, column.name, value, everywhere=True)


def tenant_of(number: int) -> str:
    return f"{number:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


def ordinary_lake(root: Path, *, tenants: int = 1) -> Path:
    """Two days of tenants of the sandbox, collected as always."""
    home, config = Home(root / "home"), root / "tenants.yaml"
    shape: dict[str, Any] = {"tenants": tenants, "days": 6, "seed": 5, "users": 12}
    first = LAST_DAY - timedelta(days=1)
    with (
        Sandbox(**shape, today=first, latency=0.0, throttling=False, log_requests=False) as sandbox,
        home.lock(),
    ):
        sandbox.write_config(config)
        settings = load_config(config)
        for day in (first, LAST_DAY):
            sandbox.set_today(day)
            collect(settings, home, run_date=day)
    return home.lake


def absurd_lake(ordinary: Path, lake: Path) -> dict[str, Absurdity | None]:
    """Write the lake; tenant -> what is absurd about it, None for one that is as it was."""
    tenants: dict[str, Absurdity | None] = {tenant_of(0): None}
    tenants |= {tenant_of(n): one for n, one in enumerate(absurdities(), start=1)}
    for source in sorted(ordinary.rglob("*.parquet")):
        table = source.relative_to(ordinary).parts[0]
        rows = pq.read_table(source, partitioning=None)
        copies = [_copy(rows, table, tenant, one) for tenant, one in tenants.items()]
        target = lake / source.relative_to(ordinary)
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.concat_tables(copies), target)
    return tenants


def _copy(rows: pa.Table, table: str, tenant: str, absurd: Absurdity | None) -> pa.Table:
    position = rows.schema.get_field_index("tenant_id")
    rows = rows.set_column(position, rows.schema.field(position), [[tenant] * rows.num_rows])
    if absurd is None or absurd.table != table or absurd.column not in rows.column_names:
        return rows
    values = rows[absurd.column].to_pylist()
    count = len(values) if absurd.everywhere else 1
    values[:count] = [absurd.value] * count
    position = rows.schema.get_field_index(absurd.column)
    field = rows.schema.field(position)
    return rows.set_column(position, field, pa.array(values, field.type))
