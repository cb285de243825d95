"""Lake rows back to the records Graph sent: the inverse of `pipeline.graph.flatten`."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import orjson
import pyarrow as pa

from pipeline.graph.schemas import FEED_TABLES
from pipeline.graph.table_spec import Table
from pipeline.graph.values import time_text

Rows = dict[int, list[dict[str, Any]]]


def rebuild(name: str, tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    """The records of one feed table as they came, in their order.

    `tables` holds the rows of one tenant and run: the table `name` and its children by name.
    """
    table = next(one for one in FEED_TABLES if one.name == name)
    children = {one.member: _grouped(one.table, tables) for one in table.children}
    rows = sorted(tables[name].to_pylist(), key=lambda row: row["record_index"])
    return [_record(table, row, children) for row in rows]


def _grouped(table: Table, tables: Mapping[str, pa.Table]) -> Rows:
    grouped: Rows = defaultdict(list)
    rows = tables[table.name].to_pylist() if table.name in tables else []
    for row in sorted(rows, key=lambda row: row["item_index"]):
        grouped[row["record_index"]].append(row)
    return grouped


def _record(table: Table, row: dict[str, Any], children: Mapping[str, Rows]) -> dict[str, Any]:
    record = _members(table, row)
    for child in table.children:
        rows = children[child.member].get(row["record_index"], [])
        # A deep object is whole in extra; its rows only show it.
        if not rows or child.form == "leaves":
            continue
        if child.form == "scalars":
            record[child.member] = [one["value"] for one in rows]
        else:
            items = [_members(child.table, one) for one in rows]
            record[child.member] = items if child.form == "objects" else items[0]
    return record


def _members(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    extra = orjson.loads(row["extra"]) if row["extra"] is not None else {}
    taken = {key.lower() for key in extra} if table.ignore_case else set(extra)
    record: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        top = column.path[0]
        if value is None or (top.lower() if table.ignore_case else top) in taken:
            continue
        wire = _wire(value, column.kind)
        if len(column.path) == 1:
            record[top] = wire
        else:
            record.setdefault(top, {})[column.path[1]] = wire
    return record | extra


def _wire(value: Any, kind: str) -> Any:
    if kind == "ts":
        return time_text(value)
    if kind == "count":
        return str(value)
    if kind == "flag":
        return "true" if value else "false"
    return value
