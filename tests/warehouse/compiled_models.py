"""The compiled SQL of a few models, run over hand-made rows in memory: no build needed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from tests.statements import first_models

# dbt names the database after its file.
DATABASE = "warehouse"
TYPES = {
    "varchar": pa.string(),
    "double": pa.float64(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
Row = Mapping[str, Any]


class CompiledModels:
    """Models in the order given, and the relations that they read, empty at first."""

    def __init__(self, models: Sequence[str], inputs: Mapping[str, str]) -> None:
        """`inputs`: schema.name -> its columns as `name type, name type`."""
        nodes = {node["name"]: node for node in first_models().values()}
        self._models = [nodes[name] for name in models]
        self._inputs = {
            name: pa.schema(
                [(words[0], TYPES[words[1]]) for words in map(str.split, columns.split(","))]
            )
            for name, columns in inputs.items()
        }
        self._connection = duckdb.connect()
        self._connection.execute(f"attach ':memory:' as {DATABASE}")
        self._connection.execute(f"use {DATABASE}")
        self._connection.execute("set threads = 1")
        schemas = {node["schema"] for node in self._models} | {n.split(".")[0] for n in inputs}
        for schema in schemas:
            self._connection.execute(f"create schema if not exists {schema}")

    def run(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Every model anew over these rows of its inputs; those not named are empty."""
        for name, schema in self._inputs.items():
            table = pa.Table.from_pylist(list(rows.get(name, ())), schema=schema)
            self._connection.register("given", table)
            self._connection.execute(f"create or replace table {name} as select * from given")
        for node in self._models:
            self._connection.execute(
                f"create or replace table {node['relation_name']} as {node['compiled_code']}"
            )

    def rows(self, relation: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._connection.table(relation).to_arrow_table().to_pylist()
        return found
