"""Two frames compared row by row: keys missing, keys too many, values that differ."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

TOLERANCE = 1e-9
SHOWN = 8
Key = tuple[Any, ...]


def differences(
    expected: pd.DataFrame,
    actual: pd.DataFrame,
    *,
    key: Sequence[str],
    columns: Sequence[str] | None = None,
) -> list[str]:
    """One line per difference, empty where the frames agree on key and columns.

    `columns` are those compared, by default every column of `expected`. Numbers agree to 1e-9.
    """
    compared = [name for name in columns or list(expected.columns) if name not in key]
    absent = [name for name in [*key, *compared] if name not in actual.columns]
    lines = [f"no column {name}" for name in absent]
    if set(absent) & set(key):
        return lines
    compared = [name for name in compared if name not in absent]
    wanted = _indexed(expected, key, compared, lines, "expected")
    found = _indexed(actual, key, compared, lines, "published")
    lines += [f"missing {_told(k)}" for k in wanted if k not in found]
    lines += [f"too many {_told(k)}" for k in found if k not in wanted]
    for row_key, row in wanted.items():
        if row_key in found:
            lines += _unequal(row_key, row, found[row_key], compared)
    return lines


def assert_same(
    model: str,
    expected: pd.DataFrame,
    actual: pd.DataFrame,
    *,
    key: Sequence[str],
    columns: Sequence[str] | None = None,
) -> None:
    lines = differences(expected, actual, key=key, columns=columns)
    if lines:
        shown = "\n  ".join(lines[:SHOWN])
        raise AssertionError(f"{model}: {len(lines)} differences\n  {shown}")


def plain(value: Any) -> Any:
    """One spelling for each value: None for every null, UTC moments, dates, floats."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    if isinstance(value, Decimal):
        return float(value)
    return value.item() if hasattr(value, "item") else value


def _indexed(
    frame: pd.DataFrame, key: Sequence[str], columns: Sequence[str], lines: list[str], side: str
) -> dict[Key, Key]:
    index: dict[Key, Key] = {}
    if frame.empty:
        return index
    keys = zip(*(frame[name].tolist() for name in key), strict=True)
    values = zip(*(frame[name].tolist() for name in columns), strict=True) if columns else None
    for raw in keys:
        row_key = tuple(_key_part(part) for part in raw)
        row = tuple(plain(value) for value in next(values)) if values is not None else ()
        if row_key in index:
            lines.append(f"{side} twice {_told(row_key)}")
        index[row_key] = row
    return index


def _key_part(value: Any) -> Any:
    found = plain(value)
    at_midnight = isinstance(found, datetime) and found.time() == datetime.min.time()
    return found.date() if isinstance(found, datetime) and at_midnight else found


def _unequal(row_key: Key, row: Key, other: Key, columns: Sequence[str]) -> list[str]:
    return [
        f"{_told(row_key)}: {name} is {found!r}, must be {wanted!r}"
        for name, wanted, found in zip(columns, row, other, strict=True)
        if not _equal(wanted, found)
    ]


def _equal(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return math.isclose(wanted, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(wanted, date) and isinstance(found, date):
        return bool(_key_part(wanted) == _key_part(found))
    return bool(wanted == found)


def _told(row_key: Mapping[str, Any] | Key) -> str:
    return " ".join(str(part) for part in row_key)
