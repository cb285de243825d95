"""What the published models hold, asked with code that the report does not share."""

from collections import defaultdict
from functools import cache
from math import fsum, isclose
from typing import Any

import duckdb

from tests.report.page import Figure, shows

SCHEMAS = {"mart": "marts", "fct": "core", "dim": "core"}


class Marts:
    """Every row of the models that are asked for, found by the text of key columns."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows = cache(self._read)
        self._index = cache(self._indexed)

    def complaint(self, figure: Figure) -> str | None:
        """What is wrong with the figure, or None where it is the model's and is shown as it is."""
        expected = self._expected(figure)
        if expected is None:
            return f"{figure}: the model has nothing there"
        is_number = isinstance(expected, (int, float)) and not isinstance(expected, bool)
        if is_number and not isclose(float(figure.value), expected, rel_tol=0, abs_tol=1e-9):
            return f"{figure}: the model says {expected!r}"
        if is_number:
            exact = figure.aggregate or figure.minus or str(expected) == figure.value
            if not exact or not shows(figure.text, expected):
                return f"{figure}: is not {expected!r} as it should be shown"
            return None
        day = f"{expected.day}\u00a0{expected:%b}\u00a0{expected.year}"
        if (figure.value, figure.text) != (str(expected), day):
            return f"{figure}: the model says {expected}"
        return None

    def _expected(self, figure: Figure) -> Any:
        rows = self._at(figure.model, figure.key)
        columns = figure.column.split()
        if figure.aggregate == "count":
            return len(rows)
        if figure.aggregate == "distinct":
            return len({tuple(row[column] for column in columns) for row in rows})
        values = [row[figure.column] for row in rows if row[figure.column] is not None]
        if figure.aggregate == "sum":
            return fsum(values)
        assert len(rows) == 1, f"{figure}: its key picks {len(rows)} rows"
        if figure.minus is not None:
            [other] = self._at(figure.model, figure.minus)
            return values[0] - other[figure.column]
        return values[0] if values else None

    def _at(self, model: str, key: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
        equal = tuple((name, value) for name, value in key if not name.endswith(">"))
        above = [(name[:-1], value) for name, value in key if name.endswith(">")]
        names = tuple(name for name, _ in equal)
        rows = self._index(model, names)[tuple(value for _, value in equal)]
        return [row for row in rows if all(str(row[name]) > value for name, value in above)]

    def _indexed(self, model: str, names: tuple[str, ...]) -> Any:
        found = defaultdict(list)
        for row in self._rows(model):
            found[tuple(_text(row[name]) for name in names)].append(row)
        return found

    def _read(self, model: str) -> list[dict[str, Any]]:
        schema = SCHEMAS[model.split("_")[0]]
        result = self._connection.execute(f"select * from {schema}.{model}")
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
