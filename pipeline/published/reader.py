"""What is published, for readers: the current snapshot and a DuckDB connection on it.

Readers never meet the writer: they resolve `manifest.json` once, and the files it names never
change. Nothing here opens the warehouse.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.published.manifest import SCHEMAS, Manifest, PublishedModel, read_manifest
from pipeline.text import one_file, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


SEARCH_PATH = "main,core,marts"


def open_published(home: Home | Path | str | None = None) -> "DuckDBPyConnection":
    """A DuckDB connection with every published model as a view, on the snapshot current now.

    `home` is the data folder; by default `POSTURE_HOME`, else `data`. The database is in memory
    and private to the caller; schemas `core` and `marts` are on the search path, with a view
    `latest_<fact>` beside every fact by day, and `snapshot_id()` and `snapshot_date()` say which
    snapshot this is. A snapshot published later does not change what this connection sees.
    Raises PostureError where nothing is published.
    """
    return open_snapshot(*_current(home))


def open_locked(home: Home | Path, search_path: str = SEARCH_PATH) -> "DuckDBPyConnection":
    """The same, and nothing that runs on it can reach a file outside the snapshot."""
    return open_snapshot(*_current(home), search_path=search_path, is_locked=True)


def open_snapshot(
    manifest: Manifest,
    published: Path,
    *,
    search_path: str = SEARCH_PATH,
    is_locked: bool = False,
) -> "DuckDBPyConnection":
    """The same on the snapshot of a manifest, whichever is current now."""
    import duckdb

    published = published.resolve()
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for schema in SCHEMAS:
        connection.execute(f"create schema {schema}")
    connection.execute(f"set search_path = {quoted(search_path)}")
    if is_locked:
        lock(connection, published / "snapshots" / manifest.snapshot)
    for name, model in manifest.models.items():
        connection.execute(create_view(name, model, root=published))
    for statement in recipes(manifest):
        connection.execute(statement)
    return connection


def lock(connection: "DuckDBPyConnection", *folders: Path) -> None:
    """Nothing that runs on the connection reaches a file outside the folders, or unlocks it."""
    # As a path and as the readers of files take it: DuckDB asks for both.
    allowed = {word for folder in folders for word in (str(folder), one_file(folder))}
    connection.execute("set temp_directory = ''")
    connection.execute(f"set allowed_directories = [{', '.join(map(quoted, sorted(allowed)))}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _current(home: Home | Path | str | None) -> tuple[Manifest, Path]:
    published = _home(home).published.resolve()
    manifest = read_manifest(published)
    if manifest is None:
        raise PostureError(f"{published}: nothing is published yet; run `posture run` first")
    return manifest, published


def files_of(model: PublishedModel, *, root: Path) -> Iterator[Path]:
    """The files of the model under `root`, a path without links.

    Raises PostureError where one is missing, or leads elsewhere: a snapshot can come from anybody.
    """
    for file in model.files:
        path = root / file.path
        if path.resolve() != path:
            raise PostureError(f"{path}: leads out of its snapshot; ask for a new copy")
        if not path.is_file():
            raise PostureError(f"{path}: is missing or no file; run `posture publish` again")
        yield path


def create_view(name: str, model: PublishedModel, *, root: Path) -> str:
    """The statement that makes the model a view on its files under `root`."""
    rows = parquet_rows(files_of(model, root=root))
    return f"create view {model.schema}.{name} as select * from {rows}"


def parquet_rows(paths: Iterable[Path]) -> str:
    """The SQL that reads the files as they are.

    DuckDB otherwise takes every folder `key=value` on the way to a file for a column, which wins
    over the column of that name in the file: below `tenant_id=…/` all rows would be one tenant's.
    """
    files = ", ".join(quoted(one_file(path)) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = false)"


def recipes(manifest: Manifest) -> Iterator[str]:
    """The statements that give SQL the newest days of each fact, and the snapshot as a value.

    The two macros stand in `main` and in `core`: either may be missing from a search path.
    """
    for name, model in manifest.models.items():
        day, view = model.day_column, f"{model.schema}.latest_{name}"
        if day is not None:
            # The few newest days let DuckDB skip the row groups of all older ones.
            yield (
                f"create view {view} as select facts.* from {model.schema}.{name} as facts "
                f"semi join (select tenant_id, max({day}) as {day} from {model.schema}.{name} "
                "group by tenant_id) as newest "
                f"on facts.tenant_id = newest.tenant_id and facts.{day} = newest.{day}"
            )
            comment = f"{name} on the newest {day} that each tenant has in it."
            yield f"comment on view {view} is {quoted(comment)}"
    for schema in ("main", "core"):
        yield f"create macro {schema}.snapshot_id() as {quoted(manifest.snapshot)}"
        yield f"create macro {schema}.snapshot_date() as date '{manifest.as_of}'"


def _home(home: Home | Path | str | None) -> Home:
    if isinstance(home, Home):
        return home
    return Home(Path(home or os.environ.get("POSTURE_HOME") or "data"))
