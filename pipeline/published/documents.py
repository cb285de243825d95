"""What a manifest.json may say: it can come from anywhere, and its words become SQL and paths.

Members that are not declared are left aside: a later version may have more. Checked by hand:
a command that answers from a snapshot would otherwise wait for pydantic, longer than for DuckDB.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

# What Power BI, pandas, Spark and every DuckDB client since 1.0 read alike.
ALLOWED_TYPE = re.compile(
    r"BOOLEAN|INTEGER|BIGINT|DOUBLE|VARCHAR|DATE|TIMESTAMP|DECIMAL\(([0-9]|1[0-8]),[0-4]\)"
)
# A thousand models with a thousand months each take less.
MAX_BYTES = 64 * 2**20
_SHOWN = 60

# Takes a value and where it stands; gives it as the type that it has, or raises ValueError.
Check = Callable[[Any, str], Any]


def manifest_members(document: Any) -> Mapping[str, Any]:
    """The members of a manifest.json, as the types they have.

    Raises ValueError, which says where, for what no publish or export writes.
    """
    members: Mapping[str, Any] = _MANIFEST(document, "")
    # Each in the folder of its model, no two of one name.
    for name, model in members["models"].items():
        folder = re.escape(f"snapshots/{members['snapshot']}/{name}/")
        paths = [file["path"] for file in model["files"]]
        for path in paths:
            if not re.fullmatch(rf"{folder}[A-Za-z0-9_-]{{1,100}}\.parquet", path):
                raise ValueError(f"{name}: a file is not one of its snapshot")
        if len(set(paths)) < len(paths):
            raise ValueError(f"{name}: a file is named twice")
    return members


def parsed_json(path: Path) -> Any:
    """The JSON of a file. Raises OSError, and ValueError where it is none or out of bounds."""
    with path.open("rb") as source:
        content = source.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES >> 20} MB")
    try:
        return json.loads(content, object_pairs_hook=_without_doubles)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it has a member twice")
    return found


def _wrong(where: str, expected: str) -> ValueError:
    return ValueError(f"{where or 'it'}: is no {expected}")


def _text(value: Any, where: str) -> Any:
    if not isinstance(value, str):
        raise _wrong(where, "text")
    return value


def _like(pattern: str, expected: str) -> Check:
    whole = re.compile(pattern)

    def check(value: Any, where: str) -> Any:
        if not isinstance(value, str) or not whole.fullmatch(value):
            raise _wrong(where, expected)
        return value

    return check


def _count(value: Any, where: str) -> Any:
    # True is an int to Python.
    if type(value) is not int or not 0 <= value < 2**63:
        raise _wrong(where, "number of things")
    return value


def _time(parse: Callable[[str], Any], expected: str) -> Check:
    def check(value: Any, where: str) -> Any:
        try:
            return parse(_text(value, where))
        except ValueError:
            raise _wrong(where, expected) from None

    return check


def _several(item: Check, *, least: int = 0) -> Check:
    def check(value: Any, where: str) -> Any:
        if not isinstance(value, list) or len(value) < least:
            raise _wrong(where, f"list of at least {least}" if least else "list")
        return tuple(item(one, f"{where}.{position}") for position, one in enumerate(value))

    return check


def _by_name(item: Check, *, least: int = 0) -> Check:
    def check(value: Any, where: str) -> Any:
        if not isinstance(value, dict) or len(value) < least:
            raise _wrong(where, "object of names")
        return {
            _NAME(name, where): item(one, f"{where}.{name[:_SHOWN]}") for name, one in value.items()
        }

    return check


def _members(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object; what is optional and not there, or null, is None."""

    def check(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise _wrong(where, "object")
        inside = f"{where}." if where else ""
        if absent := [name for name in required if name not in value]:
            raise ValueError(f"{inside}{absent[0]}: is missing")
        found = {name: item(value[name], f"{inside}{name}") for name, item in required.items()}
        for name, item in optional.items():
            given = value.get(name)
            found[name] = None if given is None else item(given, f"{inside}{name}")
        return found

    return check


def _model(value: Any, where: str) -> Any:
    found = _MODEL_MEMBERS(value, where)
    if found["day_column"] is not None and not {found["day_column"], "tenant_id"} <= {
        *found["columns"]
    }:
        raise ValueError(f"{where}.day_column: the model has no such column, or no tenant_id")
    return found


_NAME = _like(r"[a-z][a-z0-9_]{0,99}", "name")
# Letters of no language that a file system folds, no dot that could lead upwards.
_ID = _like(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", "id")
_FILE = _members(
    {"path": _text, "rows": _count, "bytes": _count, "sha256": _like(r"[0-9a-f]{64}", "sha256")},
    {"month": _like(r"[0-9]{4}-[0-9]{2}", "month"), "version": _count},
)
_MODEL_MEMBERS = _members(
    {
        "schema": _like("core|marts", "schema"),
        "rows": _count,
        "columns": _by_name(_like(ALLOWED_TYPE.pattern, "type of a column"), least=1),
        "files": _several(_FILE, least=1),
    },
    {"day_column": _NAME},
)
_MOMENT = _time(datetime.fromisoformat, "time")
_MANIFEST = _members(
    {
        "snapshot": _ID,
        "as_of": _time(date.fromisoformat, "date"),
        "published_at": _MOMENT,
        "generation": _ID,
        "kept_snapshots": _several(_ID),
        "models": _by_name(_model),
    },
    {"built_as_of": _MOMENT, "client_tenant_id": _ID, "build": _ID},
)
