"""Writes the Parquet files of one snapshot from the warehouse."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from pipeline.errors import PostureError
from pipeline.files import sync
from pipeline.home import Home
from pipeline.published.documents import ALLOWED_TYPE
from pipeline.published.manifest import Manifest, PublishedFile, PublishedModel
from pipeline.published.ordered import write_ordered
from pipeline.warehouse.public_models import PublicModel
from pipeline.warehouse.store import open_built


@dataclass(frozen=True)
class SnapshotWriter:
    """Writes models of the warehouse into `folder`, linking what `previous` already holds.

    `versions` tells, by large fact and month, one state of it from another (`ops.touched_months`).
    `build` names the build that made the warehouse. `built_as_of` and `newest_day` are set where
    the warehouse knows the lake up to a time only.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    snapshot_id: str
    previous: Manifest | None
    published: Path
    generation: str
    versions: Mapping[tuple[str, str], int]
    build: str
    built_as_of: datetime | None = None
    newest_day: date | None = None

    @classmethod
    @contextmanager
    def open(
        cls, home: Home, *, folder: Path, snapshot_id: str, previous: Manifest | None
    ) -> Iterator["SnapshotWriter"]:
        """A writer on the warehouse of `home`, which is opened read-only and closed after.

        Raises PostureError where nothing is built, or a build was stopped midway.
        """
        with open_built(home) as connection:
            generation = connection.execute("from ops.generation")
            names = [column[0] for column in generation.description]
            made = dict(zip(names, generation.fetchall()[0], strict=True))
            as_of = made["as_of"]
            yield cls(
                connection=connection,
                folder=folder,
                snapshot_id=snapshot_id,
                previous=previous,
                published=home.published,
                generation=made["generation"],
                versions=_versions(connection),
                build=connection.execute("from ops.build").fetchall()[0][0],
                built_as_of=datetime.fromisoformat(as_of).astimezone(UTC) if as_of else None,
                newest_day=_newest_day(connection) if as_of else None,
            )

    def write_all(self, models: tuple[PublicModel, ...]) -> dict[str, PublishedModel]:
        """Write every model; types are checked before the first byte is written."""
        columns = {model.name: self._columns(model) for model in models}
        return {model.name: self._write(model, columns[model.name]) for model in models}

    def _columns(self, model: PublicModel) -> dict[str, str]:
        described = self.connection.execute(f"describe {model.schema}.{model.name}").fetchall()
        columns = {name: data_type for name, data_type, *_ in described}
        for name, data_type in columns.items():
            if not ALLOWED_TYPE.fullmatch(data_type):
                raise PostureError(
                    f"{model.schema}.{model.name}: column {name} is {data_type}, which not every "
                    "reader can open; cast it in the model"
                )
        return columns

    def _write(self, model: PublicModel, columns: dict[str, str]) -> PublishedModel:
        (self.folder / model.name).mkdir(parents=True)
        if model.is_monthly:
            files = self._write_months(model, columns)
        else:
            files = (self._copy(model, file_name=model.name),)
        sync(self.folder / model.name)
        rows = sum(file.rows for file in files)
        return PublishedModel(model.schema, rows, columns, files, model.day_column)

    def _write_months(
        self, model: PublicModel, columns: dict[str, str]
    ) -> tuple[PublishedFile, ...]:
        months = self.connection.execute(
            f"""
            select strftime(date_trunc('month', {model.date_column}), '%Y-%m') as month, count(*)
            from {model.schema}.{model.name} group by all order by month
            """
        ).fetchall()
        if not months:
            return (self._copy(model, file_name=model.name),)
        linkable = self._linkable(model, columns)
        return tuple(
            self._link(linkable[month], model)
            if month in linkable and linkable[month].rows == rows
            else self._copy(model, file_name=month, month=month)
            for month, rows in months
        )

    def _linkable(self, model: PublicModel, columns: dict[str, str]) -> dict[str, PublishedFile]:
        """The month files of the previous snapshot that hold what the warehouse still says."""
        if self.previous is None or self.previous.generation != self.generation:
            return {}
        before = self.previous.models.get(model.name)
        if before is None or list(before.columns.items()) != list(columns.items()):
            return {}
        return {
            file.month: file
            for file in before.files
            if file.month is not None
            and file.version is not None
            and file.version == self.versions.get((model.name, file.month))
            and _has_size(self.published / file.path, file.bytes)
        }

    def _link(self, file: PublishedFile, model: PublicModel) -> PublishedFile:
        source = self.published / file.path
        target = self.folder / model.name / source.name
        try:
            os.link(source, target)
        except OSError:
            # Not every file system links, and one file can carry only so many names.
            shutil.copyfile(source, target)
            sync(target)
        return replace(file, path=self._public_path(target))

    def _copy(
        self, model: PublicModel, *, file_name: str, month: str | None = None
    ) -> PublishedFile:
        target = self.folder / model.name / f"{file_name}.parquet"
        rows = f"select * from {model.schema}.{model.name}"
        if month is not None:
            first = f"date '{month}-01'"
            rows += (
                f" where {model.date_column} >= {first}"
                f" and {model.date_column} < {first} + interval 1 month"
            )
        count = write_ordered(self.connection, rows, model.key, target)
        sync(target)
        with target.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        return PublishedFile(
            path=self._public_path(target),
            rows=count,
            bytes=target.stat().st_size,
            sha256=sha256,
            month=month,
            version=self.versions.get((model.name, month)) if month is not None else None,
        )

    def _public_path(self, target: Path) -> str:
        return f"snapshots/{self.snapshot_id}/{target.relative_to(self.folder).as_posix()}"


def _versions(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """One number for the state of each month of a large fact in all shards together."""
    rows = connection.execute(
        "select model, month, string_agg(file_id || ':' || version, ',' order by file_id) "
        "from ops.touched_months group by model, month"
    ).fetchall()
    return {
        (model, month): int.from_bytes(hashlib.sha256(state.encode()).digest()[:7])
        for model, month, state in rows
    }


def _newest_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    row = connection.execute("select max(extract_date) from core.fct_collection").fetchone()
    return row[0] if row else None


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
