"""A deep object as rows of path and text, checked against the paths that are known of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from pipeline.graph.extras import is_annotation, masked
from pipeline.graph.table_spec import Table
from pipeline.graph.values import TypeChangeError, json_type

_TYPES = {"str": (str,), "bool": (bool,), "i64": (int,), "f64": (int, float)}
_EXPECTED = {"str": "text", "bool": "true or false", "i64": "a whole number", "f64": "a number"}


@dataclass
class Leaves:
    """The rows of one object, what was unknown in it, and the object as it may be kept."""

    kept: Any = None
    paths: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def leaves_of(table: Table, value: Any, *, mask_unknown: bool) -> Leaves:
    """The scalar leaves of an object or of a list of objects, nulls left out, in wire order.

    A member of a list is a row with its position; an object in a list is named by its id, else by
    its position. Raises TypeChangeError where a known path holds another type.
    """
    found = Leaves()
    walk = _Walk(table, found, mask_unknown)
    if "*" in table.inner_paths:
        found.kept = walk.objects(value, pattern="", path="")
    else:
        found.kept = walk.object(value, pattern="", path="")
    return found


class _Walk:
    def __init__(self, table: Table, found: Leaves, mask_unknown: bool) -> None:
        self._table, self._found, self._mask = table, found, mask_unknown
        self._known = table.leaves
        self._inner = table.inner_paths

    def objects(self, value: Any, *, pattern: str, path: str) -> list[Any]:
        return [
            self.object(item, pattern=_join(pattern, "*"), path=_join(path, _name(item, place)))
            for place, item in enumerate(self._list(path, value))
        ]

    def object(self, value: Any, *, pattern: str, path: str) -> dict[str, Any]:
        if type(value) is not dict:
            raise self._change(path, "an object", value)
        kept: dict[str, Any] = {}
        for name, one in value.items():
            kept[name] = self._member(name, one, pattern=_join(pattern, name), path=path)
        return kept

    def _member(self, name: str, one: Any, *, pattern: str, path: str) -> Any:
        here = _join(path, name)
        if is_annotation(name):
            if name == "@odata.type" and isinstance(one, str):
                self._row(here, one)
                return one
            return masked(one) if self._mask else one
        is_list, is_leaf = f"{pattern}[]" in self._known, pattern in self._known
        is_inner, is_objects = pattern in self._inner, f"{pattern}.*" in self._inner
        if not (is_list or is_leaf or is_inner):
            return self._unknown(here, pattern, one)
        if one is None:
            return one
        if is_leaf:
            self._scalar(here, one, self._known[pattern])
        elif is_list:
            self._scalars(here, self._list(here, one), pattern)
        elif is_objects:
            return self.objects(one, pattern=pattern, path=here)
        else:
            return self.object(one, pattern=pattern, path=here)
        return one

    def _list(self, here: str, one: Any) -> list[Any]:
        if type(one) is not list:
            raise self._change(here, "a list", one)
        return one

    def _scalars(self, here: str, values: list[Any], pattern: str) -> None:
        for place, value in enumerate(values):
            if type(value) is not str:
                raise self._change(here, "texts", value)
            self._row(here, value, place)

    def _scalar(self, here: str, value: Any, kind: str) -> None:
        if type(value) not in _TYPES[kind]:
            raise self._change(here, _EXPECTED[kind], value)
        self._row(here, _text(value))

    def _unknown(self, here: str, pattern: str, value: Any) -> Any:
        self._found.unknown.append(pattern.replace("*.", ""))
        leaves = [*_any_leaves(here, value)]
        if self._mask:
            if leaves:
                self._row(here, masked(value))
            return masked(value)
        for path, leaf, place in leaves:
            self._row(path, leaf, place)
        return value

    def _row(self, path: str, value: str, place: int = 0) -> None:
        self._found.paths.append(path)
        self._found.values.append(value)
        self._found.items.append(place)

    def _change(self, here: str, expected: str, value: Any) -> TypeChangeError:
        where = f"{self._table.name}.{here}" if here else self._table.name
        return TypeChangeError(where, expected, json_type(value))


def _any_leaves(path: str, value: Any) -> Iterator[tuple[str, str, int]]:
    """The leaves of something unknown: a model can then tell that there is more than it knows."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _any_leaves(_join(path, name), one)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            if isinstance(one, dict | list):
                yield from _any_leaves(_join(path, _name(one, place)), one)
            elif one is not None:
                yield path, _text(one), place
    elif value is not None:
        yield path, _text(value), 0


def _name(item: Any, place: int) -> str:
    identifier = item.get("id") if isinstance(item, dict) else None
    return identifier if isinstance(identifier, str) and identifier else str(place)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
