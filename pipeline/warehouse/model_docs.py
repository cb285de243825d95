"""docs/models.md: every public model with its grain, columns and questions."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.text import one_line
from pipeline.warehouse.manifest import Model, read_public_models

_HEAD = """# Models

What `posture sql`, Power BI and notebooks read: the public models of the schemas `core` (facts and
dimensions) and `marts` (answers). Names without a schema work too. Every row of a model is one of
its grain; its key names the columns that tell rows apart.

This page is made by `make docs` from the descriptions beside the models; change those.
"""
_SCHEMAS = {"core": "Posture facts", "marts": "Answers"}


def models_document(manifest: Path) -> str:
    """The page for a dbt manifest."""
    public = read_public_models(manifest)
    parts = [_HEAD]
    for schema, title in _SCHEMAS.items():
        models = [model for model in public if model.schema == schema]
        links = "\n".join(f"- [{one.name}](#{one.name}): {_sentence(one)}" for one in models)
        parts.append(f"## {title} (`{schema}`)\n\n{links}\n")
        parts += [_section(model) for model in models]
    return "\n".join(parts)


def _section(model: Model) -> str:
    """One model: its grain, its columns, its questions."""
    key = ", ".join(f"`{name}`" for name in model.meta["key"])
    rows = "\n".join(
        f"| `{column.name}` | {column.data_type} | {_cell(column.description)} |"
        for column in model.columns
    )
    table = f"| column | type | description |\n|---|---|---|\n{rows}\n"
    head = f"### {model.name}\n\n{one_line(model.description)}\n\nKey: {key}.\n"
    return "\n".join([head, table, *_questions(model.meta)])


def _questions(meta: Mapping[str, Any]) -> Iterator[str]:
    for example in meta.get("examples", ()):
        yield f"{one_line(example['question'])}\n\n```sql\n{example['sql'].strip()}\n```\n"


def _sentence(model: Model) -> str:
    """The first sentence of a description, in the middle of a line."""
    first = one_line(model.description).split(". ")[0].rstrip(".")
    return first[0].lower() + first[1:]


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
