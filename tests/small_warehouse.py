"""A small hand-made warehouse, so that publishing is tested without building one."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from pipeline.home import Home
from pipeline.published.publish import Snapshot, publish
from pipeline.warehouse.store import shard_file
from tests.hand_made import hand_made

MODELS = {
    "dim_tenant": ("core", ["tenant_id"], None),
    "fct_control_score_daily": ("core", ["tenant_id", "control_id", "score_date"], "score_date"),
    "mart_posture_overview": ("marts", ["tenant_id"], None),
}
RUN_DATE = date(2026, 6, 30)
FIRST_TIME = datetime(2026, 6, 30, 6, 0, tzinfo=UTC)


@dataclass
class Warehouse:
    """Writes a warehouse whose every row carries `stamp`, and publishes it."""

    home: Home
    published_at: datetime = FIRST_TIME

    def write(self, stamp: int, *, versions: dict[str, int], generation: str = "g1") -> None:
        self.home.dbt_target.mkdir(parents=True, exist_ok=True)
        nodes = {f"model.posture.{name}": node(name) for name in MODELS}
        (self.home.dbt_target / "manifest.json").write_text(json.dumps({"nodes": nodes}))
        with hand_made(self.home, generation) as connection:
            connection.execute(
                f"""
                create table core.dim_tenant as
                    select 'tenant-' || i as tenant_id, 'Name ' || i as tenant_name,
                        {stamp} as stamp, date '2026-04-01' as first_seen_date,
                        i % 2 = 0 as is_active, 3::bigint as seat_count,
                        timestamp '2026-06-30 05:00:00' as seen_at
                    from range(9, -1, -1) as t (i);
                create table core.fct_control_score_daily as
                    select 'tenant-' || i as tenant_id, date '2026-04-01' + d::int as score_date,
                        'control-' || c as control_id, {stamp} as stamp,
                        (c / 3.0)::double as score_points, 0.5::decimal(18, 4) as weight
                    from range(10) as t (i), range(90) as u (d), range(5) as v (c);
                create table marts.mart_posture_overview as
                    select tenant_id, {stamp} as stamp from core.dim_tenant;
                """
            )
            connection.executemany(
                "insert into ops.touched_months values ('fct_control_score_daily', ?, ?)",
                versions.items(),
            )

    def execute(self, statement: str, *, on_portfolio: bool = False) -> None:
        path = self.home.warehouse if on_portfolio else shard_file(self.home, 0)
        with duckdb.connect(str(path)) as connection:
            connection.execute(statement)

    def publish(self, *, after: timedelta = timedelta(minutes=1)) -> Snapshot:
        self.published_at += after
        return publish(self.home, run_date=RUN_DATE, published_at=self.published_at)


def node(name: str) -> dict[str, object]:
    """The model as a dbt manifest describes it."""
    schema, key, date_column = MODELS[name]
    meta: dict[str, object] = {"key": key, "export": {"rows": "tenant"}}
    if date_column:
        meta |= {"publish": "monthly", "publish_date_column": date_column}
    return {
        "name": name,
        "resource_type": "model",
        "access": "public",
        "schema": schema,
        "description": f"One row per key of {name}, the owner's words.",
        "config": {"meta": meta},
        "columns": {"tenant_id": {"name": "tenant_id", "description": "The tenant's id."}},
    }


VERSIONS = {"2026-04": 1, "2026-05": 1, "2026-06": 1}
