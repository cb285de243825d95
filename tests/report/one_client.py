"""A database that holds one tenant and nothing else, as the export for a client makes it."""

import duckdb

from pipeline import open_published
from tests.estate import Estate

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
        for column in sorted(columns_of(alone, "mart_tenant_comparison")):
            if column.endswith(TELLTALE):
                alone.execute(f"update marts.mart_tenant_comparison set {column} = null")
        [(snapshot, day)] = source.execute("select snapshot_id(), snapshot_date()").fetchall()
    alone.execute(f"create macro snapshot_id() as '{snapshot}'")
    alone.execute(f"create macro snapshot_date() as date '{day}'")
    return alone


def texts_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Columns that hold what people wrote, with the tables they are in."""
    found: dict[str, list[str]] = {}
    for column in (
        "tenant_name", "title", "subject_title", "principal_name", "role_name", "comment",
        "evidence", "evidence_name", "detail", "cause", "subject_name", "service_principal_name",
        "changed_by", "deciding_policy_name", "owner", "reason", "sentence",
    ):  # fmt: skip
        rows = connection.execute(
            "select table_schema || '.' || table_name from information_schema.columns"
            " where column_name = ? and table_name not in ('fct_score_change')",
            [column],
        ).fetchall()
        found[column] = [row[0] for row in rows]
    return found


def tables_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_schema in ('core', 'marts')"
    ).fetchall()
    return [row[0] for row in rows]


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    rows = connection.execute(
        "select column_name from information_schema.columns where table_name = ?", [table]
    ).fetchall()
    return {row[0] for row in rows}
