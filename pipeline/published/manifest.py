"""`manifest.json`: which snapshot is current, and what it holds."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import PostureError
from pipeline.published.documents import manifest_members, parsed_json
from pipeline.text import printable

SCHEMAS = ("core", "marts")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class DamagedManifestError(PostureError):
    """A manifest.json that no publish or export wrote like this."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path}: is damaged ({reason}); `posture publish` replaces it, and a client asks for "
            "a new copy"
        )


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

    `generation` names the warehouse it came from: another one after a full rebuild; `build` the
    build that made it.
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
    build: str | None = None


def read_manifest(published: Path) -> Manifest | None:
    """The current snapshot, or None where nothing was published yet.

    Raises DamagedManifestError where it is not what a publish or an export writes: every name,
    type and path in it can be trusted in SQL and to lie below `published`.
    """
    path = published / "manifest.json"
    try:
        members = manifest_members(parsed_json(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PostureError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise DamagedManifestError(path, printable(error)) from error
    models = {name: _published_model(model) for name, model in members["models"].items()}
    return Manifest(**{**members, "models": models})


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


def _published_model(members: Mapping[str, Any]) -> PublishedModel:
    files = tuple(PublishedFile(**file) for file in members["files"])
    return PublishedModel(**{**members, "files": files})
