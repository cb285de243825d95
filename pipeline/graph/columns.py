"""The columns of one table on one page, each value typed or kept as it came."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from pipeline.graph.extras import is_annotation, masked, undeclared
from pipeline.graph.flat import Flat
from pipeline.graph.items import Items
from pipeline.graph.table_spec import Column
from pipeline.graph.values import HELD_TYPES, TypeChangeError, Typed, json_type, typed


def plain_columns(flat: Flat, page: Items) -> dict[str, pa.Array]:
    """The columns of members that are plain values; what they do not give back goes to extra."""
    return {
        column.name: _plain_column(flat, page, column)
        for column in page.table.columns
        if len(column.path) == 1
    }


def _plain_column(flat: Flat, page: Items, column: Column) -> pa.Array:
    wire = column.path[0]
    rows = None
    if page.spellings(wire):
        values = page.everywhere(wire)
    elif wire in page.present:
        # Of a member that few items have, only those few are looked at.
        rows = None if wire in page.always else page.rows(wire)
        values = page.values(wire, rows)
    else:
        return pa.nulls(len(page.items), HELD_TYPES[column.kind])
    result = _typed(flat, page, column, values)
    for place in result.odd:
        row = place if rows is None else rows[place]
        if wire in page.items[row]:
            page.extras.add(row, wire, page.items[row][wire])
    if result.array.null_count and wire in page.present:
        page.extras.add_nulls(wire, page.explicit_nulls(wire, result, rows))
    flat.note_words(page.table, wire, values)
    return result.array if rows is None else page.spread(result.array, rows)


def nested_columns(flat: Flat, page: Items) -> dict[str, pa.Array]:
    """The columns of members of nested objects; an odd object goes to extra as it is."""
    arrays = {}
    nested = [column for column in page.table.columns if len(column.path) > 1]
    for member in dict.fromkeys(column.path[0] for column in nested):
        columns = [column for column in nested if column.path[0] == member]
        objects = [item.get(member) for item in page.items]
        require_objects([one for one in objects if one is not None], page.name(member))
        known = frozenset(column.path[1] for column in columns)
        odd = {row for row, one in enumerate(objects) if not _is_plain(one, known)}
        for column in columns:
            values = [one.get(column.path[1]) if one else None for one in objects]
            result = _typed(flat, page, column, values)
            odd.update(result.odd)
            arrays[column.name] = result.array
        for row in odd:
            # A nested object is kept whole: half of it in columns could not be told apart.
            if member in page.items[row]:
                kept = _kept(flat, page.name(member), objects[row], known)
                page.extras.add(row, member, kept)
    return arrays


def require_objects(items: Sequence[Any], where: str) -> None:
    """Raise TypeChangeError where one of them is something else."""
    if set(map(type, items)) <= {dict}:
        return
    other = next(item for item in items if type(item) is not dict)
    raise TypeChangeError(where, "an object", json_type(other))


def _typed(flat: Flat, page: Items, column: Column, values: list[Any]) -> Typed:
    member = f"{page.table.name}.{'.'.join(column.path)}"
    result = typed(values, column.kind, member=member)
    flat.note_typed(member, result)
    return result


def _kept(flat: Flat, where: str, value: Any, known: frozenset[str]) -> Any:
    if value is None:
        return None
    unknown = undeclared(value, known)
    flat.unknown.update(f"{where}.{name}" for name in unknown if not is_annotation(name))
    if flat.mask_unknown and unknown:
        return {name: masked(one) if name in unknown else one for name, one in value.items()}
    return value


def _is_plain(value: Any, known: frozenset[str]) -> bool:
    """Whether columns alone give a nested object back: known members only, none of them null."""
    return bool(value) and known.issuperset(value) and None not in value.values()
