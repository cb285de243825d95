"""What is published, for readers: the current snapshot and a DuckDB connection on it.

Readers never meet the writer: they resolve `manifest.json` once, and the files it names never
change. Nothing here opens the warehouse.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import PostureError
from pipeline.home import Home

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMAS = ("core", "marts")


@dataclass(frozen=True)
class PublishedFile:
    """One Parquet file; `path` is relative to `published/`, `month` and `version` only by month."""

    path: str
    rows: int
    bytes: int
    sha256: str
    month: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class PublishedModel:
    """One model of a snapshot; `columns` maps each name to its DuckDB type, in order.

    `day_column` is set for facts of a tenant by day: they have a view on each newest day as well.
    """

    schema: str
    rows: int
    columns: Mapping[str, str]
    files: tuple[PublishedFile, ...]
    day_column: str | None = None


@dataclass(frozen=True)
class Manifest:
    """A snapshot as `manifest.json` describes it.

    `generation` names the warehouse it came from: another one after a full rebuild.
    `kept_snapshots` are the folders that readers may still be using, newest first, this one
    included. `built_as_of` is set where the warehouse knew only what was read by that time.
    `client_tenant_id` is set in a client's own copy: it holds that tenant and no other.
    """

    snapshot: str
    as_of: date
    published_at: datetime
    generation: str
    kept_snapshots: tuple[str, ...]
    models: Mapping[str, PublishedModel]
    built_as_of: datetime | None = None
    client_tenant_id: str | None = None


def read_manifest(published: Path) -> Manifest | None:
    """The current snapshot, or None where nothing was published yet."""
    path = published / "manifest.json"
    try:
        document = json.loads(path.read_bytes())
        return Manifest(
            snapshot=document["snapshot"],
            as_of=date.fromisoformat(document["as_of"]),
            published_at=datetime.fromisoformat(document["published_at"]),
            generation=document["generation"],
            kept_snapshots=tuple(document["kept_snapshots"]),
            models={name: _published_model(entry) for name, entry in document["models"].items()},
            built_as_of=_moment(document.get("built_as_of")),
            client_tenant_id=document.get("client_tenant_id"),
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PostureError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise PostureError(
            f"{path}: is damaged; delete it and run `posture publish` to write a new snapshot"
        ) from error


def _published_model(entry: Mapping[str, Any]) -> PublishedModel:
    files = tuple(PublishedFile(**file) for file in entry["files"])
    return PublishedModel(
        entry["schema"], entry["rows"], entry["columns"], files, entry.get("day_column")
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def open_published(home: Home | Path | str | None = None) -> "DuckDBPyConnection":
    """A DuckDB connection with every published model as a view, on the snapshot current now.

    `home` is the data folder; by default `POSTURE_HOME`, else `data`. The database is in memory
    and private to the caller; schemas `core` and `marts` are on the search path, with a view
    `latest_<fact>` beside every fact by day, and `snapshot_id()` and `snapshot_date()` say which
    snapshot this is. A snapshot published later does not change what this connection sees.
    Raises PostureError where nothing is published.
    """
    import duckdb

    published = _home(home).published.resolve()
    manifest = read_manifest(published)
    if manifest is None:
        raise PostureError(f"{published}: nothing is published yet; run `posture run` first")
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for schema in SCHEMAS:
        connection.execute(f"create schema {schema}")
    for name, model in manifest.models.items():
        connection.execute(create_view(name, model, root=published))
    for statement in recipes(manifest):
        connection.execute(statement)
    connection.execute("set search_path = 'main,core,marts'")
    return connection


def create_view(name: str, model: PublishedModel, *, root: Path) -> str:
    """The statement that makes the model a view on its files under `root`."""
    files = ", ".join(quoted(str(root / file.path)) for file in model.files)
    return f"create view {model.schema}.{name} as select * from read_parquet([{files}])"


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
            told = f"{name} on the newest {day} that each tenant has in it."
            yield f"comment on view {view} is {quoted(told)}"
    for schema in ("main", "core"):
        yield f"create macro {schema}.snapshot_id() as {quoted(manifest.snapshot)}"
        yield f"create macro {schema}.snapshot_date() as date '{manifest.as_of}'"


def quoted(text: str) -> str:
    """The text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _home(home: Home | Path | str | None) -> Home:
    if isinstance(home, Home):
        return home
    return Home(Path(home or os.environ.get("POSTURE_HOME") or "data"))
