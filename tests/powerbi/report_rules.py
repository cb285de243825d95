"""Rules of the report's fields, and every rule of the project together."""

from collections.abc import Iterator
from typing import Any

from tests.powerbi.dax_rules import BARE, COLUMN, dax_texts, emptied
from tests.powerbi.model import Model
from tests.powerbi.rules import model_findings, sort_of

ROLES = {
    "card": {"Values"},
    "clusteredBarChart": {"Category", "Y", "Series"},
    "columnChart": {"Category", "Y", "Series"},
    "lineChart": {"Category", "Y", "Series"},
    "slicer": {"Values"},
    "tableEx": {"Values"},
    "waterfallChart": {"Category", "Y", "Breakdown"},
}


def findings(model: Model, visuals: list[dict[str, Any]]) -> list[str]:
    """Every rule that is broken, in one line each."""
    return [
        *model_findings(model),
        *fields(model, visuals),
        *unused(model, visuals),
        *fans(model, visuals),
    ]


def fans(model: Model, visuals: list[dict[str, Any]]) -> Iterator[str]:
    """A column of a fact stands beside numbers of that fact alone, and of none that is never blank.

    Any other number has a value for every combination: a row a tenant would become one for each
    value that any tenant has.
    """
    facts = {one.start[0] for one in model.relationships}
    texts = {measure.name: emptied(measure.value or "") for _, measure in model.measures()}

    def tables_of(name: str) -> set[str]:
        found = {table for table, _ in COLUMN.findall(texts[name])}
        for inner in BARE.findall(COLUMN.sub("", texts[name])):
            found |= tables_of(inner)
        return found | {table for table in facts if f"'{table}')" in texts[name]}

    for visual in visuals:
        used = list(used_fields(visual["visual"].get("query", {})))
        grouped = {owner for kind, owner, _ in used if kind == "Column" and owner in facts}
        if len(grouped) > 1:
            yield f"{visual['name']}: has columns of {sorted(grouped)}"
        numbers = [name for kind, _, name in used if kind == "Measure" and name in texts]
        for name in numbers if grouped else ():
            if tables_of(name) & facts != grouped or texts[name].endswith("+ 0"):
                yield f"{visual['name']}: [{name}] has a value beside every {sorted(grouped)}"


def fields(model: Model, visuals: list[dict[str, Any]]) -> Iterator[str]:
    """Every field of every visual is there, in a role that the visual has."""
    known = {(owner, one.name): "Column" for owner, one in model.columns()}
    known |= {(owner, one.name): "Measure" for owner, one in model.measures()}
    for visual in visuals:
        shown = visual["visual"]
        state = shown.get("query", {}).get("queryState", {})
        if shown["visualType"] != "textbox" and not set(state) <= ROLES[shown["visualType"]]:
            yield f"{visual['name']}: {set(state)} are not roles of {shown['visualType']}"
        for kind, owner, name in used_fields(visual):
            if known.get((owner, name)) != kind:
                yield f"{visual['name']}: no {kind} {owner}[{name}]"


def used_fields(visual: Any) -> Iterator[tuple[str, str, str]]:
    """Kind, table and name of each field below a JSON value."""
    if isinstance(visual, list):
        for one in visual:
            yield from used_fields(one)
    elif isinstance(visual, dict):
        for key, value in visual.items():
            if key in ("Column", "Measure"):
                entity = value["Expression"]["SourceRef"].get("Entity")
                if entity is not None:
                    yield key, entity, value["Property"]
            else:
                yield from used_fields(value)


def unused(model: Model, visuals: list[dict[str, Any]]) -> Iterator[str]:
    """A hidden column that nothing needs is read for nothing."""
    used = {pair for _, dax in dax_texts(model) for pair in COLUMN.findall(dax)}
    used |= {end for one in model.relationships for end in (one.start, one.end)}
    used |= {(owner, name) for one in visuals for _, owner, name in used_fields(one)}
    for owner, column in model.columns():
        used.add((owner, sort_of(column) or ""))
    for owner, column in model.columns():
        is_free = column.name in ("Placeholder", "Snapshot id")
        if column.is_hidden and not is_free and (owner, column.name) not in used:
            yield f"{owner}[{column.name}]: is hidden and nothing uses it"
