"""The items of one table on one page of a response, seen member by member."""

from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np

from pipeline.graph.extras import Extras
from pipeline.graph.table_spec import Table
from pipeline.graph.values import Typed

Record = dict[str, Any]


@dataclass(frozen=True)
class Items:
    """The items of one table on one page, with the members that occur in any and in all."""

    table: Table
    items: list[Record]
    present: frozenset[str]
    always: frozenset[str]
    extras: Extras

    @classmethod
    def of(cls, table: Table, items: list[Record]) -> "Items":
        """The items, looked through once for their members."""
        shapes = set(map(tuple, items))
        present = frozenset(chain.from_iterable(shapes))
        always = frozenset.intersection(*map(frozenset, shapes)) if shapes else frozenset()
        return cls(table, items, present, always, Extras(len(items)))

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

    def values(self, wire: str) -> list[Any]:
        """The member in every item, None where it is absent."""
        if wire in self.always:
            return list(map(itemgetter(wire), self.items))
        return [item.get(wire) for item in self.items]

    def keep_spelling(self, wire: str, other: str, values: list[Any]) -> None:
        """Use the value under another spelling, and keep the spelling itself."""
        for row, item in enumerate(self.items):
            if other not in item:
                continue
            self.extras.add(row, other, item[other])
            if wire in item:
                self.extras.add(row, wire, item[wire])
            elif values[row] is None:
                values[row] = item[other]

    def explicit_nulls(self, wire: str, column: Typed) -> Any:
        """Where the member is there and null, as a boolean mask."""
        nulls: Any = column.array.is_null().to_numpy(zero_copy_only=False).copy()
        nulls[column.odd] = False
        if wire in self.always:
            return nulls
        return nulls & np.fromiter((wire in item for item in self.items), bool, len(self.items))
