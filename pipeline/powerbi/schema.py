"""What the dbt project says of the published models, in one small file that the wheel carries.

A wheel's user has no dbt manifest at hand before the first build, and a client's copy is written
from a snapshot alone. A test holds the file against the manifest.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from pipeline.text import one_line
from pipeline.warehouse.manifest import Model, read_public_models

FILE_NAME = "schema.json"
Entry = Mapping[str, Any]


def schema_document(manifest: Path) -> str:
    """The file for a dbt manifest: model -> description, key, and column -> type, description.

    It holds the models that the Power BI model reads.
    """
    names = _models()
    wanted = (model for model in read_public_models(manifest) if model.name in names)
    found = {model.name: _model(model) for model in sorted(wanted, key=lambda one: one.name)}
    return json.dumps(found, indent=1) + "\n"


@cache
def published_schema() -> Mapping[str, Entry]:
    """The file's content."""
    text = files("pipeline.powerbi").joinpath(FILE_NAME).read_text(encoding="utf-8")
    content: dict[str, Entry] = json.loads(text)
    return content


def _models() -> set[str]:
    text = files("pipeline.powerbi").joinpath("model.yaml").read_text(encoding="utf-8")
    return {entry["model"] for entry in yaml.safe_load(text) if "model" in entry}


def _model(model: Model) -> dict[str, Any]:
    return {
        "description": one_line(model.description),
        "key": model.meta["key"],
        "columns": {
            column.name: [column.data_type, one_line(column.description)]
            for column in model.columns
        },
    }
