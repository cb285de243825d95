"""What a copy may say although it names another tenant: whose words they are, and why.

A partner's administrators stand in its clients' directories; a tenant can be called Security. What
the tenant's own rows say, and what this product says to everybody, tells nothing of anybody else.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipeline.home import dbt_project_dir
from pipeline.text import quoted
from pipeline.warehouse.public_models import PublicModel

# What writes into a copy; the sandbox and the examples elsewhere are full of names of tenants.
_ROOMS = ("report", "powerbi", "published", "export")
_WRITTEN_IN = {".py", ".j2", ".js", ".yaml", ".json"}


def withheld(models: tuple[PublicModel, ...]) -> dict[str, Collection[str] | None]:
    """By model the columns that vouch for no word, None for all: they tell of other tenants."""
    found: dict[str, Collection[str] | None] = {}
    for model in models:
        policy = model.export
        compares = policy is not None and policy.null_columns and model.schema == "marts"
        if policy is None or policy.rows == "never" or compares:
            found[model.name] = None
        else:
            found[model.name] = policy.null_columns
    return found


def own_words(
    connection: DuckDBPyConnection, tenant_id: str, left_out: Mapping[str, Collection[str] | None]
) -> Iterator[str]:
    """Every text of the tenant's own rows that it may see: its Graph's words and notes on it.

    `left_out` is what `withheld` found. A name of a tenant vouches for nothing but in
    `dim_tenant`, whose row is its own.
    """
    columns = connection.execute(
        """
        select schema_name, table_name, column_name, list(column_name) over (
            partition by schema_name, table_name)
        from duckdb_columns()
        where data_type = 'VARCHAR' and schema_name in ('core', 'marts')
        """
    ).fetchall()
    for schema, model, column, beside in columns:
        withheld = left_out.get(model, ())
        is_name = column == "tenant_name" and model != "dim_tenant"
        if "tenant_id" not in beside or withheld is None or column in withheld or is_name:
            continue
        yield from _texts(
            connection,
            f"select distinct {column} from {schema}.{model} "
            f"where tenant_id = {quoted(tenant_id)} and {column} is not null",
        )
    if {"dim_role", "fct_role_assignment_daily"} <= {model for _, model, *_ in columns}:
        yield from _texts(
            connection,
            "select role_name from core.dim_role where role_name is not null and role_template_id "
            "in (select role_template_id from core.fct_role_assignment_daily "
            f"where tenant_id = {quoted(tenant_id)})",
        )


def _texts(connection: DuckDBPyConnection, query: str) -> Iterator[str]:
    yield from (text for (text,) in connection.execute(query).fetchall())


def product_words(models: tuple[PublicModel, ...]) -> Iterator[str]:
    """What reports, Power BI projects and descriptions say whoever they are for."""
    for model in models:
        yield from (model.name, model.description, *model.column_descriptions.values())
    package, project = Path(__file__).resolve().parents[1], dbt_project_dir()
    files = [path for room in _ROOMS for path in (package / room).rglob("*")]
    files = [path for path in files if path.suffix in _WRITTEN_IN]
    files += (project / "models").rglob("*.sql")
    files += (project / "seeds").rglob("*.csv")
    yield from (path.read_text(encoding="utf-8") for path in files)
