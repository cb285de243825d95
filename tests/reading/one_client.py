"""A database that holds one tenant and nothing else, as the export for a client makes it."""

import duckdb

from pipeline import open_published
from tests.reading.estate import Estate

OF_ALL = ("mart_portfolio_trend", "mart_control_portfolio")
KEPT_WHOLE = ("dim_date", "dim_role")
TELLTALE = ("_percentile_ratio", "_tenant_count", "portfolio_rank")


def one_client(estate: Estate, tenant_id: str) -> duckdb.DuckDBPyConnection:
    """Tables of the tenant's own rows; what is over all tenants is empty, percentiles are null."""
    alone = duckdb.connect()
    alone.execute("set timezone = 'UTC'")
    with open_published(estate.home) as source:
        for schema in ("core", "marts"):
            alone.execute(f"create schema {schema}")
        models = source.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema in ('core', 'marts') and table_name not like 'latest%'"
        ).fetchall()
        for schema, model in models:
            where = "true" if model in KEPT_WHOLE else f"tenant_id = '{tenant_id}'"
            rows = source.execute(
                f"select * from {schema}.{model} where {'false' if model in OF_ALL else where}"
            ).to_arrow_table()
            alone.register("rows", rows)
            alone.execute(f"create table {schema}.{model} as select * from rows")
            alone.unregister("rows")
        for column, _ in _columns(alone):
            if column.endswith(TELLTALE):
                alone.execute(f"update marts.mart_tenant_comparison set {column} = null")
        [(snapshot, day)] = source.execute("select snapshot_id(), snapshot_date()").fetchall()
    alone.execute(f"create macro snapshot_id() as '{snapshot}'")
    alone.execute(f"create macro snapshot_date() as date '{day}'")
    return alone


def _columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_name = 'mart_tenant_comparison'"
    ).fetchall()
