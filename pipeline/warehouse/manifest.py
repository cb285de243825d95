"""What dbt says of its project: the one reader of its manifest.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import PostureError


@dataclass(frozen=True)
class Column:
    """One column of a model, as its yml file declares it."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class Model:
    """A dbt model with `access: public`; `meta` is what this project says of it beside dbt's own.

    Descriptions are as written, line breaks and all.
    """

    name: str
    schema: str
    description: str
    columns: tuple[Column, ...]
    meta: Mapping[str, Any]


def read_public_models(path: Path) -> tuple[Model, ...]:
    """The public models, ordered by schema and name. Raises PostureError without a manifest."""
    try:
        nodes = dbt_manifest(path)["nodes"].values()
        models = [_model(node) for node in nodes if node.get("access") == "public"]
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(path) from error
    return tuple(sorted(models, key=lambda model: (model.schema, model.name)))


def manifest_of_assets(path: Path) -> dict[str, Any]:
    """The manifest for Dagster: private models are no assets, but followed through.

    Nobody asks Dagster for one of them, and its log keeps several events an asset and run: with
    all two hundred a run would take seconds longer. What a build is told of the whole lake is no
    asset either.
    """
    manifest = dbt_manifest(path)
    told = {
        name
        for name, source in manifest["sources"].items()
        if source["config"].get("meta", {}).get("is_told")
    }
    for name in told:
        manifest["child_map"][name] = []
    for node in manifest["nodes"].values():
        parents = node["depends_on"].get("nodes", [])
        node["depends_on"]["nodes"] = [parent for parent in parents if parent not in told]
        if node["resource_type"] == "model" and node["access"] == "private":
            node["config"]["materialized"] = "ephemeral"
    return manifest


def dbt_manifest(path: Path) -> dict[str, Any]:
    """The whole document. Raises PostureError where there is none."""
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise PostureError(f"{path}: nothing is built yet; run `posture build` first") from error
    except ValueError as error:
        raise _damaged(path) from error
    return document


def _damaged(path: Path) -> PostureError:
    return PostureError(f"{path}: is not a dbt manifest; run `posture build` again")


def _model(node: Mapping[str, Any]) -> Model:
    return Model(
        name=node["name"],
        schema=node["schema"],
        description=node.get("description", ""),
        columns=tuple(
            Column(one["name"], one.get("data_type") or "", one.get("description", ""))
            for one in node["columns"].values()
        ),
        meta=node["config"].get("meta", {}),
    )
