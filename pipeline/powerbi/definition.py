"""The reviewed part of the Power BI model: tables, measures and pages, read from YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from pipeline.powerbi.schema import published_schema
from pipeline.text import one_line

SNAPSHOT_COLUMN = "snapshot_id"
# What is text in the wire's own spelling and reads better in another.
_WORDS = {"id": "id", "iso": "ISO"}
_FORMATS = {"date": "yyyy-MM-dd", "timestamp": "yyyy-MM-dd HH:mm", "bigint": "0", "integer": "0"}
_BY_UNIT = {"_ratio": "0.0%", "_points": "#,0.0"}


@dataclass(frozen=True)
class Column:
    """One column: `source` in the published file or query, `name` as people read it.

    `data_type` is the dbt type. A `computed` column is made by the table's query.
    """

    source: str
    name: str
    data_type: str
    description: str
    is_hidden: bool = False
    is_computed: bool = False
    sorted_by: str | None = None
    category: str | None = None

    @property
    def format_string(self) -> str | None:
        """How Power BI shows it; None for text and yes or no."""
        if self.data_type == "double":
            return next((f for end, f in _BY_UNIT.items() if self.source.endswith(end)), "#,0.00")
        return _FORMATS.get(self.data_type)


@dataclass(frozen=True)
class Table:
    """One table of the model; `relates` maps a column to the table whose key it holds.

    `model` is None for a table that no published model fills. `range_column` is the date by which
    a large fact is read and refreshed. `query` names an M query of its own (queries.py).
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    model: str | None = None
    key: str | None = None
    query: str | None = None
    range_column: str | None = None
    relates: Mapping[str, str] | None = None
    is_calendar: bool = False
    is_access: bool = False
    needs_all_tenants: bool = False

    def column(self, source: str) -> Column:
        """The column by its name in the published file."""
        return next(column for column in self.columns if column.source == source)


@dataclass(frozen=True)
class Measure:
    """One measure; `format` is a key of FORMAT_STRINGS."""

    name: str
    folder: str
    format: str
    dax: str
    description: str


@dataclass(frozen=True)
class Part:
    """One part of a change of score: `source` as in `<source>_ratio` of the mart."""

    source: str
    name: str
    meaning: str


def caption(source: str) -> str:
    """A column's name in words: `is_stale` is `Is stale`."""
    words = [_WORDS.get(word, word) for word in source.split("_")]
    text = " ".join(words)
    return text[0].upper() + text[1:]


@cache
def tables() -> tuple[Table, ...]:
    """Every table but `Measures`, in order."""
    return tuple(_table(entry) for entry in _yaml("model.yaml"))


@cache
def parts() -> tuple[Part, ...]:
    """The seven parts of a change, in the order they are told."""
    listed = _yaml("measures.yaml")["Why it moved"]["$parts"]
    return tuple(Part(source, name, meaning) for source, (name, meaning) in listed.items())


def measure_entries() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Folder, name and entry of each measure as it is written; `$parts` stands for several."""
    for folder, entries in _yaml("measures.yaml").items():
        for name, entry in entries.items():
            yield folder, name, entry


def pages() -> tuple[Mapping[str, Any], ...]:
    """The pages of the report as they are written."""
    return tuple(_yaml("pages.yaml"))


@cache
def _yaml(name: str) -> Any:
    return yaml.safe_load(files("pipeline.powerbi").joinpath(name).read_text(encoding="utf-8"))


def _table(entry: Mapping[str, Any]) -> Table:
    model: str | None = entry.get("model")
    description = entry.get("description") or published_schema()[entry["model"]]["description"]
    return Table(
        name=entry["name"],
        description=one_line(description),
        columns=tuple(_columns(entry)),
        model=model,
        key=entry.get("key"),
        query=entry.get("query"),
        range_column=entry.get("range"),
        relates=entry.get("relates", {}),
        is_calendar=entry.get("is_calendar", False),
        is_access=entry.get("is_access", False),
        needs_all_tenants=entry.get("needs_all_tenants", False),
    )


def _columns(entry: Mapping[str, Any]) -> Iterator[Column]:
    names, sorted_by = entry.get("names", {}), entry.get("sorted_by", {})
    categories = entry.get("categories", {})
    found: dict[str, tuple[str, str, bool, bool]] = {}
    for is_hidden, listed in ((True, "hidden"), (False, "shown")):
        for source in entry.get(listed, ()):
            data_type, description = published_schema()[entry["model"]]["columns"][source]
            found[source] = (data_type, description, is_hidden, False)
    for source, said in entry.get("computed", {}).items():
        found[source] = (said["type"], said["description"], said.get("hidden", False), True)
    if entry.get("model"):
        meaning = "Snapshot that the row was read from."
        found[SNAPSHOT_COLUMN] = ("varchar", meaning, True, True)
    for source, (data_type, description, is_hidden, is_computed) in found.items():
        by = sorted_by.get(source)
        yield Column(
            source=source,
            name=names.get(source, caption(source)),
            data_type=data_type,
            description=one_line(description),
            is_hidden=is_hidden,
            is_computed=is_computed,
            sorted_by=by and names.get(by, caption(by)),
            category=categories.get(source),
        )
