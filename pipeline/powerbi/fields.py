"""Fields of visuals: how pages.yaml names them and how PBIR writes them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.powerbi.definition import Measure, Table
from pipeline.powerbi.tmdl import MEASURES_TABLE

Json = dict[str, Any]
_FIELD = re.compile(r"(?P<table>[^\[\]]*)\[(?P<name>[^\[\]]+)\]")


@dataclass(frozen=True)
class Field:
    """A column of a table, or a measure."""

    table: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "Field":
        """`Table[Column]` or `[Measure]`."""
        found = _FIELD.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not Table[Column] or [Measure]")
        return cls(found["table"] or MEASURES_TABLE, found["name"])

    @property
    def is_measure(self) -> bool:
        return self.table == MEASURES_TABLE

    def expression(self, source: Mapping[str, str] | None = None) -> Json:
        """The field as an expression; `source` names the table otherwise than as an entity."""
        kind = "Measure" if self.is_measure else "Column"
        where = source or {"Entity": self.table}
        return {kind: {"Expression": {"SourceRef": dict(where)}, "Property": self.name}}

    def projection(self) -> Json:
        """The field as one of a visual's."""
        found: Json = {
            "field": self.expression(),
            "queryRef": f"{self.table}.{self.name}",
            "nativeQueryRef": self.name,
        }
        return found if self.is_measure else found | {"active": True}


@dataclass(frozen=True)
class Known:
    """The fields that a model has."""

    fields: Collection[Field]

    @classmethod
    def of(cls, tables: Sequence[Table], measures: Sequence[Measure]) -> "Known":
        columns = {Field(table.name, one.name) for table in tables for one in table.columns}
        return cls(columns | {Field(MEASURES_TABLE, measure.name) for measure in measures})

    def has(self, text: str) -> bool:
        return Field.parse(text) in self.fields


def literal(value: str) -> Json:
    """A formatting value: PBIR writes each as an expression."""
    return {"expr": {"Literal": {"Value": value}}}


def text_literal(value: str) -> str:
    """A text as a literal of that language."""
    return "'" + value.replace("'", "''") + "'"


def only_filter(text: str, values: str | Sequence[str], visual: str) -> Json:
    """A filter of one visual: the column has one of the values."""
    field = Field.parse(text)
    listed = [values] if isinstance(values, str) else values
    return {
        "name": f"{visual}-{field.name}".replace(" ", "-").lower(),
        "field": field.expression(),
        "type": "Categorical",
        "filter": {
            "Version": 2,
            "From": [{"Name": "t", "Entity": field.table, "Type": 0}],
            "Where": [
                {
                    "Condition": {
                        "In": {
                            "Expressions": [field.expression({"Source": "t"})],
                            "Values": [
                                [{"Literal": {"Value": text_literal(one)}}] for one in listed
                            ],
                        }
                    }
                }
            ],
        },
        "howCreated": "User",
    }
