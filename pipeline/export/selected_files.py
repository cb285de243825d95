"""Writes the Parquet files of a client's copy: the same layout, the rows of one tenant."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pipeline.errors import PostureError
from pipeline.files import sync
from pipeline.published.manifest import SCHEMAS, Manifest, PublishedFile, PublishedModel
from pipeline.published.reader import files_of, lock, parquet_rows
from pipeline.text import quoted
from pipeline.warehouse.public_models import ExportPolicy, PublicModel


def write_selected(
    snapshot: Path,
    manifest: Manifest,
    models: tuple[PublicModel, ...],
    *,
    tenant_id: str,
    published: Path,
) -> dict[str, PublishedModel]:
    """Write what the policies of `models` let through of each model of `manifest` into `snapshot`.

    Columns, types, order of rows and names of files stay; a month without a row of the tenant has
    no file. Raises PostureError where a model of the manifest has no policy.
    """
    policies = {model.name: model.export for model in models if model.export is not None}
    unknown = sorted(set(manifest.models) - set(policies))
    if unknown:
        raise PostureError(
            f"{unknown[0]}: has no export policy in the published snapshot; "
            "run `posture build` and `posture publish`"
        )
    connection = duckdb.connect()
    try:
        # One thread: which rows share a row group does not depend on who was faster.
        connection.execute("set threads = 1; set timezone = 'UTC'")
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        connection.execute("set search_path = 'core,marts'")
        # The conditions of policies come with the snapshot, and must not reach further.
        lock(connection, published / "snapshots" / manifest.snapshot, snapshot)
        writer = _Writer(connection, snapshot, manifest, policies, tenant_id, published)
        writer.cut_down()
        return {name: writer.write(name) for name in manifest.models}
    finally:
        connection.close()


@dataclass(frozen=True)
class _Writer:
    connection: duckdb.DuckDBPyConnection
    snapshot: Path
    manifest: Manifest
    policies: Mapping[str, ExportPolicy]
    tenant_id: str
    published: Path

    def cut_down(self) -> None:
        """A view for every model with rows of a tenant, so that conditions can meet no other."""
        for name, model in self.manifest.models.items():
            if self.policies[name].rows == "tenant":
                rows = self._rows(name, *model.files)
                self.connection.execute(f"create view {model.schema}.{name} as {rows}")

    def write(self, name: str) -> PublishedModel:
        model = self.manifest.models[name]
        (self.snapshot / name).mkdir()
        written = (self._copy(name, file) for file in model.files)
        files = tuple(file for file in written if file is not None)
        if not files:
            files = (self._copy_nothing(name, model.files[0]),)
        rows = sum(file.rows for file in files)
        return PublishedModel(model.schema, rows, model.columns, files, model.day_column)

    def _rows(self, name: str, *files: PublishedFile) -> str:
        """The query of what is let through of these files; columns as published."""
        policy, model = self.policies[name], self.manifest.models[name]
        shown = ", ".join(_shown(policy, *column) for column in model.columns.items())
        chosen = replace(model, files=files)
        rows = parquet_rows(files_of(chosen, root=self.published))
        return f"select {shown} from {rows} where {self._condition(policy)}"

    def _condition(self, policy: ExportPolicy) -> str:
        if policy.rows == "tenant":
            return f"tenant_id = {quoted(self.tenant_id)}"
        if policy.rows == "where":
            return f"({policy.condition})"
        return "true" if policy.rows == "shared" else "false"

    def _copy(self, name: str, file: PublishedFile) -> PublishedFile | None:
        rows = self._rows(name, file)
        [(is_empty,)] = self.connection.execute(f"select not exists ({rows})").fetchall()
        return None if is_empty else self._write(name, rows, month=file.month)

    def _copy_nothing(self, name: str, file: PublishedFile) -> PublishedFile:
        return self._write(name, f"{self._rows(name, file)} and false", month=None)

    def _write(self, name: str, rows: str, *, month: str | None) -> PublishedFile:
        target = self.snapshot / name / f"{month or name}.parquet"
        [(count,)] = self.connection.execute(
            f"copy ({rows}) to {quoted(str(target))}"
            " (format parquet, compression snappy, parquet_version v1)"
        ).fetchall()
        sync(target)
        with target.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        path = f"snapshots/{self.snapshot.name}/{name}/{target.name}"
        return PublishedFile(path, count, target.stat().st_size, sha256, month)


def _shown(policy: ExportPolicy, column: str, data_type: str) -> str:
    """The column as it is let through; unknown is not enough for what it is shown by."""
    if column in policy.null_columns:
        return f"cast(null as {data_type}) as {column}"
    if column in policy.null_unless:
        return f"case when {policy.null_unless[column]} then {column} end as {column}"
    return column
