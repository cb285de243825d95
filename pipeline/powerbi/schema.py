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

FILE_NAME = "schema.json"
Model = Mapping[str, Any]


def schema_document(manifest: Path) -> str:
    """The file for a dbt manifest: model -> description, key, and column -> type, description.

    It holds the models that the Power BI model reads.
    """
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    wanted = sorted(
        (node for node in nodes if node.get("access") == "public" and node["name"] in _models()),
        key=lambda node: node["name"],
    )
    return json.dumps({node["name"]: _model(node) for node in wanted}, indent=1) + "\n"


@cache
def published_schema() -> Mapping[str, Model]:
    """The file's content."""
    text = files("pipeline.powerbi").joinpath(FILE_NAME).read_text(encoding="utf-8")
    content: dict[str, Model] = json.loads(text)
    return content


def _models() -> set[str]:
    text = files("pipeline.powerbi").joinpath("model.yaml").read_text(encoding="utf-8")
    return {entry["model"] for entry in yaml.safe_load(text) if "model" in entry}


def _model(node: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": _line(node["description"]),
        "key": node["config"]["meta"]["key"],
        "columns": {
            column["name"]: [column["data_type"], _line(column["description"])]
            for column in node["columns"].values()
        },
    }


def _line(text: str) -> str:
    return " ".join(text.split())
