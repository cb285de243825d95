"""The model's tables as its queries fill them, from a published home, for the DAX interpreter."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipeline import open_published
from pipeline.home import Home
from pipeline.powerbi.definition import parts
from tests.powerbi.model import Model

Rows = list[tuple[Any, ...]]
OWN = {
    "Scope": """
        select any_value(scope) as scope, split_part(any_value(scope), ':', 1) as scope_kind
        from (select scope from mart_score_movement union all select 'entra_identity_secure_score')
        group by lower(scope)
    """,
    "Control": """
        select * from (
            select control_id, title, control_category, service from dim_control where is_current
            union all select '(none)', '(no single control)', null, null
            union all
            select 'security_defaults', 'Turn on security defaults', 'Identity', 'AzureAD'
        )
        qualify row_number() over (partition by lower(control_id)) = 1
    """,
    "Part": "select * from (values {parts}) as parts (part, part_order)",
    "Refresh": """
        select snapshot_id() as snapshot_id, snapshot_date() as as_of,
            timestamp '{published_at}' as published_at, {rows} as row_count
    """,
    "Measures": "select '' as Placeholder where false",
}


def model_of(table: Any) -> str | None:
    """The published model that a table's query reads, where it is one."""
    source = table.one("partition").properties["source"]
    return source.split('ReadModel("')[1].split('"')[0] if "ReadModel(" in source else None


def loaded(model: Model, home: Home) -> dict[str, dict[str, Any]]:
    """Each table as the interpreter takes it: `columns` and `rows`, by the names people see."""
    manifest = json.loads((home.published / "manifest.json").read_text())
    values = {
        "parts": ", ".join(f"('{one.name}', {at})" for at, one in enumerate(parts(), 1)),
        "published_at": manifest["published_at"].rstrip("Z"),
        "rows": sum(one["rows"] for one in manifest["models"].values()),
    }
    with open_published(home) as connection:
        return {
            name: _loaded(connection, name, table, values) for name, table in model.tables.items()
        }


def _loaded(
    connection: duckdb.DuckDBPyConnection, name: str, table: Any, values: dict[str, Any]
) -> dict[str, Any]:
    query = OWN[name].format(**values) if name in OWN else f"from {model_of(table)}"
    columns = list(table.all("column"))
    wanted = ", ".join(
        "snapshot_id() as snapshot_id"
        if one.properties["sourceColumn"] == "snapshot_id" and name != "Refresh"
        else f'"{one.properties["sourceColumn"]}"'
        for one in columns
    )
    rows = connection.execute(f"select {wanted} from ({query})").fetchall()
    return {"columns": [one.name for one in columns], "rows": [list(row) for row in rows]}


def relationships(model: Model) -> list[dict[str, Any]]:
    """The relationships as the interpreter takes them."""
    return [
        {
            "FromTable": one.start[0],
            "FromColumn": one.start[1],
            "ToTable": one.end[0],
            "ToColumn": one.end[1],
            "IsActive": 1,
        }
        for one in model.relationships
    ]


def calculator(model: Model, home: Home) -> Callable[..., dict[str, Any]]:
    """Evaluates measures by name under a filter `{"Table.Column": [values]}`."""
    from pbix_mcp.dax import engine

    tables, ends = loaded(model, home), relationships(model)
    texts = {measure.name: measure.value for _, measure in model.measures()}
    owners = {measure.name: owner for owner, measure in model.measures()}
    columns = {name: table["columns"] for name, table in tables.items()}

    def calculate(
        names: list[str],
        where: dict[str, list[Any]] | None = None,
        more: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        found: dict[str, Any] = engine.evaluate_measures_batch(
            names, tables, {**texts, **(more or {})},
            filter_context=where or {}, date_table="Date", date_column="Date",
            relationships=ends, measure_tables=owners, model_columns=columns,
        )  # fmt: skip
        return found

    return calculate


def published_columns(home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    manifest = json.loads((home / "published" / "manifest.json").read_text())
    for name, model in manifest["models"].items():
        yield name, model["columns"]
