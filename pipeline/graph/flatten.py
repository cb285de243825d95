"""Graph records as Arrow tables, column by column, without losing a value.

A typed null means "absent". Whatever typed columns and child rows do not give back exactly is
kept under its wire name in `extra`: explicit nulls, empty lists, unknown members, numbers sent
as text, times with seven digits. `pipeline.graph.rebuild` is the inverse.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.graph.columns import nested_columns, plain_columns, require_objects
from pipeline.graph.extras import is_annotation, masked, undeclared
from pipeline.graph.flat import Flat
from pipeline.graph.items import Items, Record
from pipeline.graph.leaves import leaves_of
from pipeline.graph.table_spec import Child, Table
from pipeline.graph.values import TEXT, TypeChangeError, json_type, typed


def flatten(
    table: Table,
    records: Sequence[Record],
    *,
    indices: Sequence[int],
    hashes: Sequence[str] | None = None,
    parent: str | None = None,
    mask_unknown: bool = False,
) -> Flat:
    """The rows of a table and of its children for these records.

    `indices` are the records' positions in the whole response; `hashes` fill `record_hash`,
    `parent` the key of what the records were asked for; `mask_unknown` keeps of an undeclared
    member only its name and JSON type.
    Raises TypeChangeError when a member's type is not the declared one.
    """
    work = _Flattening(Flat(mask_unknown))
    tail = {"record_hash": pa.array(hashes, TEXT)} if table.hashed else {}
    keys = {"record_index": pa.array(indices, pa.int32())}
    if table.parent:
        keys = {table.parent: pa.array([parent] * len(records), TEXT), **keys}
    work.fill(table, list(records), keys, tail)
    return work.flat


class _Flattening:
    def __init__(self, flat: Flat) -> None:
        self.flat = flat

    def fill(
        self,
        table: Table,
        items: list[Record],
        keys: Mapping[str, pa.Array],
        tail: Mapping[str, pa.Array],
    ) -> None:
        """Write the rows of one table, then those of its children."""
        require_objects(items, table.name)
        page = Items.of(table, items)
        columns = plain_columns(self.flat, page) | nested_columns(self.flat, page)
        ordered = {column.name: columns[column.name] for column in table.columns}
        for child in table.children:
            if child.member in page.present:
                self._child(page, child, keys["record_index"])
        self._keep_undeclared(page)
        self.flat.tables[table.name] = pa.table(
            {**keys, **ordered, **tail, "extra": page.extras.build()}
        )

    def _leaves(self, page: Items, child: Child, record_index: pa.Array) -> None:
        """A deep object: whole in extra, and its leaves as rows for the models."""
        table, sizes = child.table, np.zeros(len(page.items), dtype=np.int64)
        paths: list[str] = []
        values: list[str] = []
        items: list[int] = []
        for row, item in enumerate(page.items):
            value = item.get(child.member)
            if child.member in item:
                page.extras.add(row, child.member, value)
            if value is None:
                continue
            found = leaves_of(table, value, mask_unknown=self.flat.mask_unknown)
            page.extras.add(row, child.member, found.kept)
            self.flat.unknown.update(f"{table.name}.{name}" for name in found.unknown)
            paths += found.paths
            values += found.values
            items += found.items
            sizes[row] = len(found.paths)
        for path in table.words:
            self.flat.note_words(
                table, path, [v for p, v in zip(paths, values, strict=True) if p == path]
            )
        keys = _child_keys(page, sizes, record_index) | {"item_index": pa.array(items, pa.int32())}
        columns = {"path": pa.array(paths, TEXT), "value": pa.array(values, TEXT)}
        extra = pa.nulls(len(paths), TEXT)
        self.flat.tables[table.name] = pa.table({**keys, **columns, "extra": extra})

    def _child(self, page: Items, child: Child, record_index: pa.Array) -> None:
        if child.form == "leaves":
            self._leaves(page, child, record_index)
            return
        children: list[Any] = []
        sizes = np.zeros(len(page.items), dtype=np.int64)
        for row, item in enumerate(page.items):
            if child.member not in item:
                continue
            value = item[child.member]
            if value is None or (value == [] and child.form != "object"):
                page.extras.add(row, child.member, value)
                continue
            expected = dict if child.form == "object" else list
            if type(value) is not expected:
                words = "an object" if expected is dict else "a list"
                raise TypeChangeError(page.name(child.member), words, json_type(value))
            members = [value] if expected is dict else value
            children.extend(members)
            sizes[row] = len(members)
        keys = _child_keys(page, sizes, record_index)
        if child.form == "scalars":
            values = typed(children, "str", member=page.name(child.member)).array
            self.flat.note_words(child.table, "value", children)
            extra = pa.nulls(len(children), TEXT)
            self.flat.tables[child.table.name] = pa.table({**keys, "value": values, "extra": extra})
        else:
            self.fill(child.table, children, keys, {})

    def _keep_undeclared(self, page: Items) -> None:
        table = page.table
        for name in undeclared(page.present, page.declared):
            if name in table.dropped:
                continue
            rows = page.rows(name)
            if not is_annotation(name) and name not in table.quiet:
                self.flat.unknown[page.name(name)] += len(rows)
            for row in rows:
                value = page.items[row][name]
                page.extras.add(row, name, masked(value) if self.flat.mask_unknown else value)


def _child_keys(page: Items, sizes: Any, record_index: pa.Array) -> dict[str, pa.Array]:
    """parent_id, record_index and item_index of child rows; parent ids as a dictionary."""
    parents = np.repeat(np.arange(len(page.items), dtype=np.int32), sizes)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    ids = typed([item.get("id") for item in page.items], "str", member=page.name("id")).array
    return {
        "parent_id": ids.take(pa.array(parents)),
        "record_index": record_index.take(pa.array(parents)),
        "item_index": pa.array((np.arange(len(parents)) - starts).astype(np.int32)),
    }
