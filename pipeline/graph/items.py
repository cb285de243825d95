"""The items of one table on one page of a response, seen member by member."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.graph.extras import Extras
from pipeline.graph.table_spec import Table
from pipeline.graph.values import Typed

Record = dict[str, Any]


class _Places(dict[tuple[str, ...], int]):
    """The place of each shape in the order in which they come."""

    def __missing__(self, shape: tuple[str, ...]) -> int:
        self[shape] = len(self)
        return self[shape]


@dataclass(frozen=True)
class Items:
    """The items of one table on one page, with the members that occur in any and in all.

    Thousands of items have a handful of shapes between them: which of them hold a member is
    looked up by shape, and not in every one.
    """

    table: Table
    items: list[Record]
    shapes: tuple[frozenset[str], ...]
    shape_of: Any
    present: frozenset[str]
    always: frozenset[str]
    extras: Extras

    @classmethod
    def of(cls, table: Table, items: list[Record]) -> "Items":
        """The items, looked through once for their members."""
        places = _Places()
        found = map(places.__getitem__, map(tuple, items))
        shape_of: Any = np.fromiter(found, np.int32, len(items))
        shapes = tuple(map(frozenset, places))
        present = frozenset(chain.from_iterable(shapes))
        always = frozenset.intersection(*shapes) if shapes else frozenset()
        return cls(table, items, shapes, shape_of, present, always, Extras(len(items)))

    def name(self, member: str) -> str:
        return f"{self.table.name}.{member}"

    @property
    def declared(self) -> frozenset[str]:
        """Members of this page that columns and children take, in any accepted spelling."""
        wires = {column.path[0] for column in self.table.columns}
        others = chain.from_iterable(self.spellings(wire) for wire in wires)
        return frozenset(chain(wires, others, (child.member for child in self.table.children)))

    def spellings(self, wire: str) -> list[str]:
        """Other spellings of a member on this page, where the table accepts any case."""
        if not self.table.ignore_case:
            return []
        return sorted(n for n in self.present if n != wire and n.lower() == wire.lower())

    def holding(self, member: str) -> Any:
        """Which items hold a member, as a boolean mask."""
        holds: Any = np.fromiter((member in shape for shape in self.shapes), bool, len(self.shapes))
        return holds[self.shape_of]

    def rows(self, member: str) -> list[int]:
        """The rows of the items that hold a member."""
        rows: list[int] = np.flatnonzero(self.holding(member)).tolist()
        return rows

    def values(self, member: str, rows: Sequence[int] | None) -> list[Any]:
        """The member in the items of these rows, which hold it; None where all do."""
        items = self.items if rows is None else [self.items[row] for row in rows]
        return list(map(itemgetter(member), items))

    def everywhere(self, wire: str) -> list[Any]:
        """The member in every item under any accepted spelling, None where it is absent.

        Another spelling is kept itself.
        """
        values = [item.get(wire) for item in self.items]
        for other in self.spellings(wire):
            for row in self.rows(other):
                item = self.items[row]
                self.extras.add(row, other, item[other])
                if wire in item:
                    self.extras.add(row, wire, item[wire])
                elif values[row] is None:
                    values[row] = item[other]
        return values

    def spread(self, array: pa.Array, rows: Sequence[int]) -> pa.Array:
        """A column of all items from the values of these rows; the others are null."""
        places: Any = np.zeros(len(self.items), np.int32)
        absent: Any = np.ones(len(self.items), bool)
        places[rows], absent[rows] = np.arange(len(rows)), False
        return array.take(pa.array(places, mask=absent))

    def explicit_nulls(self, wire: str, values: Typed, rows: Sequence[int] | None) -> Any:
        """Where the member is there and null, as a boolean mask; `values` are of these rows."""
        nulls: Any = values.array.is_null().to_numpy(zero_copy_only=False).copy()
        nulls[values.odd] = False
        if rows is None:
            return nulls if wire in self.always else nulls & self.holding(wire)
        mask: Any = np.zeros(len(self.items), bool)
        mask[rows] = nulls
        return mask
