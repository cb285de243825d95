"""Reads a Power BI project as files, and holds them against the official schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tests.powerbi.model import Model, read_model

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "powerbi"
SCHEMAS = Path(__file__).parent / "schemas"
ADDRESS = "https://developer.microsoft.com/json-schemas/"
JSON_FILES = {".json", ".pbip", ".pbir", ".pbism", ".platform"}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def made(project: Path) -> Model:
    return read_model(project / "Posture.SemanticModel" / "definition")


def visuals(project: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(project.rglob("visual.json"))]


def official() -> Registry:
    """Every schema by its public address; the `$id` of some is wrong as published."""
    found: Registry = Registry()
    for path in SCHEMAS.rglob("*.json"):
        content = json.loads(path.read_text("utf-8-sig"))
        content.pop("$id", None)
        resource = Resource.from_contents(content, default_specification=DRAFT7)
        found = found.with_resource(ADDRESS + path.relative_to(SCHEMAS).as_posix(), resource)
    return found


def invalid(project: Path, registry: Registry) -> Iterator[str]:
    """Each complaint of an official schema."""
    for path in sorted(project.rglob("*")):
        if path.suffix not in JSON_FILES and path.name not in JSON_FILES:
            continue
        content = json.loads(path.read_text())
        if "StaticResources" in path.parts:
            continue
        validator = Draft7Validator({"$ref": content["$schema"]}, registry=registry)
        for error in validator.iter_errors(content):
            yield f"{path.relative_to(project)}: {error.message}"
