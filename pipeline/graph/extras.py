"""The `extra` column: what the typed columns of a row do not reproduce, as JSON text."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from pipeline.graph.values import TEXT


class Extras:
    """Collects, row by row, wire members with their wire values; `build` gives the column.

    Explicit nulls are kept as bit masks, because one member is null on all but the newest of
    ninety records and a dictionary a row would cost more than everything else.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._nulls: list[tuple[str, Any]] = []
        self._members: dict[int, dict[str, Any]] = {}

    def add(self, row: int, member: str, value: Any) -> None:
        """Keep one member of one row as it came."""
        self._members.setdefault(row, {})[member] = value

    def add_nulls(self, member: str, rows: Any) -> None:
        """Keep that a known member was there and null: `rows` is a boolean mask."""
        if rows.any():
            self._nulls.append((member, rows))

    def build(self) -> pa.Array:
        """The column: dictionary-encoded JSON text, null where nothing is left over."""
        if not self._nulls and not self._members:
            return pa.nulls(self._rows, TEXT)
        codes: Any = np.zeros(self._rows, dtype=np.int64)
        for position, (_, rows) in enumerate(self._nulls):
            codes |= rows.astype(np.int64) << position
        unique, indices = np.unique(codes, return_inverse=True)
        nulls_of = {int(code): self._null_members(int(code)) for code in unique}
        texts = [_text(nulls_of[int(code)]) for code in unique]
        indices = indices.astype(np.int32)
        nothing: Any = codes == 0
        places: dict[str, int] = {}
        for row, members in self._members.items():
            text = _text(nulls_of[int(codes[row])] | members)
            if text not in places:
                places[text] = len(texts)
                texts.append(text)
            indices[row] = places[text]
            nothing[row] = False
        return pa.DictionaryArray.from_arrays(
            pa.array(indices, mask=nothing), pa.array(texts, pa.string())
        )

    def _null_members(self, code: int) -> dict[str, Any]:
        return {name: None for bit, (name, _) in enumerate(self._nulls) if code >> bit & 1}


def _text(members: dict[str, Any]) -> str:
    return orjson.dumps(members).decode()


def masked(value: Any) -> Any:
    """What may be kept of a value that could name a person: its JSON type only."""
    if value is None:
        return None
    names = {str: "string", bool: "boolean", list: "array", dict: "object"}
    return names.get(type(value), "number")


def emptied(value: Any) -> Any:
    """A value of the same JSON type that tells nothing: `masked` makes the same of both."""
    return None if value is None else type(value)()


def is_annotation(member: str) -> bool:
    """Whether a member is OData's own, not data."""
    return "@odata." in member


def undeclared(present: Iterable[str], declared: frozenset[str]) -> list[str]:
    """The members of a payload that no column, child or nested object takes."""
    return sorted(name for name in present if name not in declared)
