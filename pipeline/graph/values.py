"""Wire values as typed Arrow columns, with every value that a type cannot reproduce named."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa

from pipeline.graph.table_spec import ARROW_TYPES

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_WHOLE = re.compile(r"[ +]?-?\d+ ?")
_INT64 = range(-(2**63), 2**63)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONE = type(None)
# Text is held dictionary-encoded: half the memory and half the time to write.
TEXT = pa.dictionary(pa.int32(), pa.string())
HELD_TYPES = ARROW_TYPES | {"str": TEXT}
# What Arrow would read as something else; of text and booleans it refuses all others itself.
_PLAIN: dict[str, frozenset[type] | None] = {
    "str": None,
    "f64": frozenset({float, int, _NONE}),
    "i64": frozenset({int, _NONE}),
    "bool": None,
}
_EXPECTED = {
    "str": "text",
    "f64": "a number",
    "i64": "a whole number",
    "bool": "true or false",
    "ts": "a time as text",
    "count": "a count as text",
    "flag": "true or false as text",
}
_JSON_TYPES = {
    str: "text",
    float: "a number",
    int: "a number",
    bool: "a boolean",
    dict: "an object",
    list: "a list",
    _NONE: "null",
}


class TypeChangeError(Exception):
    """A member came with a type that its column cannot hold: the feed cannot be trusted."""

    def __init__(self, member: str, expected: str, got: str) -> None:
        super().__init__(f"{member}: expected {expected}, got {got}")


@dataclass
class Typed:
    """One column. `odd` rows hold a value that the typed one does not reproduce exactly;
    `cast` counts numbers that came as text (or the reverse), `unreadable` those left null."""

    array: pa.Array
    odd: list[int] = field(default_factory=list)
    cast: int = 0
    unreadable: int = 0


def json_type(value: object) -> str:
    """The JSON type of a parsed value, in words."""
    return _JSON_TYPES.get(type(value), type(value).__name__)


def typed(values: Sequence[Any], kind: str, *, member: str) -> Typed:
    """A column of the kind's Arrow type; None where a value is absent, null or unreadable.

    Numbers sent as lossless text are cast; any other type raises TypeChangeError.
    """
    plain = _PLAIN.get(kind)
    if kind in _PLAIN and (plain is None or plain.issuperset(set(map(type, values)))):
        try:
            return Typed(pa.array(values, HELD_TYPES[kind]))
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            pass  # another type, or whole numbers beyond the column's exact range
    return _one_by_one(values, kind, member)


def _one_by_one(values: Sequence[Any], kind: str, member: str) -> Typed:
    read = _READERS[kind]
    column = Typed(array=None)
    cells: list[Any] = [None] * len(values)
    for row in [row for row, value in enumerate(values) if value is not None]:
        cell, exact, cast = read(values[row], member)
        cells[row] = cell
        if not exact:
            column.odd.append(row)
            column.cast += cast
            column.unreadable += cell is None
    column.array = pa.array(cells, HELD_TYPES[kind])
    return column


# A reader gives (typed value, the wire value can be told from it, it was cast from another type).
Reading = tuple[Any, bool, bool]


def _refuse(value: object, kind: str, member: str) -> TypeChangeError:
    return TypeChangeError(member, _EXPECTED[kind], json_type(value))


def _text(value: Any, member: str) -> Reading:
    if type(value) is not str:
        raise _refuse(value, "str", member)
    return value, True, False


def _boolean(value: Any, member: str) -> Reading:
    if type(value) is not bool:
        raise _refuse(value, "bool", member)
    return value, True, False


def _float(value: Any, member: str) -> Reading:
    if type(value) is str and _NUMBER.fullmatch(value):
        number = float(value)
        if abs(number) != float("inf"):
            return number, False, True
    if type(value) not in (int, float):
        raise _refuse(value, "f64", member)
    number = float(value)
    return number, number == value, False


def _integer(value: Any, member: str) -> Reading:
    if type(value) is str and _NUMBER.fullmatch(value) and value.lstrip("-").isdigit():
        return (int(value), False, True) if int(value) in _INT64 else (None, False, True)
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise _refuse(value, "i64", member)
    return (value, True, False) if value in _INT64 else (None, False, False)


def _time(value: Any, member: str) -> Reading:
    if type(value) is not str:
        raise _refuse(value, "ts", member)
    micros, exact = _micros(value)
    return micros, exact, False


def _count(value: Any, member: str) -> Reading:
    if type(value) is str:
        number = int(value) if _WHOLE.fullmatch(value) and len(value) < 25 else None
        if number is None or number not in _INT64:
            return None, False, False
        return number, str(number) == value, False
    if type(value) in (int, float) and value == int(value) and int(value) in _INT64:
        return int(value), False, True
    raise _refuse(value, "count", member)


def _flag(value: Any, member: str) -> Reading:
    if type(value) is bool:
        return value, False, True
    if type(value) is not str:
        raise _refuse(value, "flag", member)
    known = {"true": True, "false": False}.get(value.lower())
    return known, value in ("true", "false"), False


_READERS: dict[str, Callable[[Any, str], Reading]] = {
    "str": _text,
    "f64": _float,
    "i64": _integer,
    "bool": _boolean,
    "ts": _time,
    "count": _count,
    "flag": _flag,
}


@lru_cache(maxsize=16384)
def _micros(text: str) -> tuple[int | None, bool]:
    """Microseconds since 1970 UTC, and whether `time_text` gives the text back.

    Graph writes 0 to 7 fractional digits; the seventh is beyond a microsecond.
    """
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, False
    micros = (moment - _EPOCH) // timedelta(microseconds=1)
    return micros, time_text(moment) == text


def time_text(moment: datetime) -> str:
    """A UTC time as Graph writes it: `Z`, fraction without trailing zeros, none when zero."""
    text = moment.astimezone(UTC).isoformat().removesuffix("+00:00")
    return (text.rstrip("0") if "." in text else text) + "Z"
