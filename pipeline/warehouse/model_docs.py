"""docs/models.md: every public model with its grain, columns and questions."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Node = Mapping[str, Any]
_HEAD = """# Models

What `posture sql`, Power BI and notebooks read: the public models of the schemas `core` (facts and
dimensions) and `marts` (answers). Names without a schema work too. Every row of a model is one of
its grain; its key names the columns that tell rows apart.

This page is made by `make docs` from the descriptions beside the models; change those.
"""
_SCHEMAS = {"core": "Posture facts", "marts": "Answers"}


def models_document(manifest: Path) -> str:
    """The page for a dbt manifest."""
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    public = [node for node in nodes if node.get("access") == "public"]
    parts = [_HEAD]
    for schema, title in _SCHEMAS.items():
        models = sorted((n for n in public if n["schema"] == schema), key=lambda n: n["name"])
        links = "\n".join(f"- [{n['name']}](#{n['name']}): {_sentence(n)}" for n in models)
        parts.append(f"## {title} (`{schema}`)\n\n{links}\n")
        parts += [_section(model) for model in models]
    return "\n".join(parts)


def _section(model: Node) -> str:
    """One model: its grain, its columns, its questions."""
    meta = model["config"]["meta"]
    key = ", ".join(f"`{name}`" for name in meta["key"])
    rows = "\n".join(
        f"| `{column['name']}` | {column['data_type']} | {_cell(column['description'])} |"
        for column in model["columns"].values()
    )
    table = f"| column | type | description |\n|---|---|---|\n{rows}\n"
    head = f"### {model['name']}\n\n{_line(model['description'])}\n\nKey: {key}.\n"
    return "\n".join([head, table, *_questions(meta)])


def _questions(meta: Mapping[str, Any]) -> Iterator[str]:
    for example in meta.get("examples", ()):
        yield f"{_line(example['question'])}\n\n```sql\n{example['sql'].strip()}\n```\n"


def _sentence(model: Node) -> str:
    """The first sentence of a description, in the middle of a line."""
    first = _line(model["description"]).split(". ")[0].rstrip(".")
    return first[0].lower() + first[1:]


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _line(text: str) -> str:
    return " ".join(text.split())
