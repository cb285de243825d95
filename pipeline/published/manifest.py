"""`manifest.json`: which snapshot is current, and what it holds."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import PostureError

SCHEMAS = ("core", "marts")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


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


def manifest_document(manifest: Manifest) -> str:
    """The text of `manifest.json`."""
    content: dict[str, Any] = dataclasses.asdict(manifest)
    content["as_of"] = manifest.as_of.isoformat()
    content["published_at"] = f"{manifest.published_at:{_TIME}}"
    if manifest.built_as_of is not None:
        content["built_as_of"] = f"{manifest.built_as_of:{_TIME}}"
    content = {name: value for name, value in content.items() if value is not None}
    for model in content["models"].values():
        if model["day_column"] is None:
            model.pop("day_column")
        model["files"] = [
            {name: value for name, value in file.items() if value is not None}
            for file in model["files"]
        ]
    return json.dumps(content, indent=1) + "\n"


def _published_model(entry: Mapping[str, Any]) -> PublishedModel:
    files = tuple(PublishedFile(**file) for file in entry["files"])
    return PublishedModel(
        entry["schema"], entry["rows"], entry["columns"], files, entry.get("day_column")
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
