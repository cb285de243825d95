"""Writes posture.duckdb: one file over a snapshot that any DuckDB client opens."""

from pathlib import Path

import duckdb

from pipeline.published.manifest import SCHEMAS, Manifest
from pipeline.published.reader import create_view, recipes
from pipeline.text import quoted
from pipeline.warehouse.public_models import PublicModel


def write_database(
    path: Path,
    models: tuple[PublicModel, ...],
    manifest: Manifest,
    *,
    root: Path,
    is_whole: bool = False,
) -> None:
    """One DuckDB file with every model: small ones as tables, large facts as views on `root`.

    Any DuckDB client from 1.0 opens it read-only; descriptions are table and column comments.
    Beside the models stand the recipes: newest days of facts, and the snapshot as a value.
    A database that `is_whole` has tables only, needs no other file, and the same rows make the
    same bytes.
    """
    connection = duckdb.connect()
    try:
        if is_whole:
            # FSST draws a sample to compress texts by, another one each time.
            connection.execute("set threads = 1; set disabled_compression_methods = 'fsst'")
        connection.execute(
            f"attach {quoted(str(path))} as posture (storage_version 'v1.0.0'); use posture"
        )
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        kinds = {
            model.name: "view" if model.is_monthly and not is_whole else "table" for model in models
        }
        for model in models:
            statement = create_view(model.name, manifest.models[model.name], root=root)
            made = f"create {kinds[model.name]}"
            connection.execute(statement.replace("create view", made, 1))
        # A thousand comments: each by itself would be a transaction, and wait for the disk.
        connection.execute("begin")
        for model in models:
            _comment(connection, model, kinds[model.name])
        for statement in recipes(manifest):
            connection.execute(statement)
        for model in models:
            if model.day_column is not None:
                _comment_columns(connection, model, f"{model.schema}.latest_{model.name}")
        connection.execute("commit; use memory; detach posture")
    finally:
        connection.close()


def _comment(connection: duckdb.DuckDBPyConnection, model: PublicModel, kind: str) -> None:
    relation = f"{model.schema}.{model.name}"
    connection.execute(f"comment on {kind} {relation} is {quoted(model.description)}")
    _comment_columns(connection, model, relation)


def _comment_columns(
    connection: duckdb.DuckDBPyConnection, model: PublicModel, relation: str
) -> None:
    for column, description in model.column_descriptions.items():
        connection.execute(f"comment on column {relation}.{column} is {quoted(description)}")
