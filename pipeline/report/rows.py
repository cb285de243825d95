"""Rows of published models that remember which model and key they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.errors import PostureError
from pipeline.text import filled

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Origin:
    """Where figures come from: the model, and equalities on its columns that pick the rows.

    `aggregate` says how several rows become one figure: count, sum or distinct; None where the
    key picks one row. `minus` is the key of the row that is taken off. A column of the key that
    ends with `>` picks the rows above the value instead of those that equal it.
    """

    model: str
    key: Mapping[str, Any]
    aggregate: str | None = None
    minus: Mapping[str, Any] | None = None


class Row(Mapping[str, Any]):
    """One row; templates read its columns like members."""

    def __init__(self, values: Mapping[str, Any], origin: Origin) -> None:
        self._values = values
        self.origin = origin

    def __getitem__(self, column: str) -> Any:
        return self._values[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Reader:
    """Reads published models of one connection, for one tenant or for all."""

    def __init__(self, connection: DuckDBPyConnection, tenant_id: str | None = None) -> None:
        self._connection = connection
        self.tenant_id = tenant_id
        [(self.snapshot, self.as_of)] = self.values("select snapshot_id(), snapshot_date()")

    snapshot: str
    as_of: date

    def values(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; `$tenant` in it is the reader's tenant."""
        import duckdb

        given = {"tenant": self.tenant_id, **parameters}
        try:
            return self._connection.execute(filled(query, given)).fetchall()
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise PostureError(
                "the published snapshot was made by an older version and lacks what the report "
                "shows; run `posture build` and `posture publish`"
            ) from error

    def rows(self, model: str, key: str, query: str, **parameters: Any) -> list[Row]:
        """The rows of a query over one model, whose key columns are named in `key`."""
        found = self.values(query, **parameters)
        columns = [column[0] for column in self._connection.description or ()]
        names = key.split()
        rows = []
        for values in found:
            row = dict(zip(columns, values, strict=True))
            rows.append(Row(row, Origin(model, {name: row[name] for name in names})))
        return rows

    def one(self, model: str, key: str, query: str, **parameters: Any) -> Row | None:
        """The first row of the query, or None."""
        rows = self.rows(model, key, query, **parameters)
        return rows[0] if rows else None


def total(model: str, column: str, value: Any, aggregate: str = "count", **key: Any) -> Row:
    """A figure over several rows of a model, those that equal the key."""
    return Row({column: value}, Origin(model, key, aggregate=aggregate))


def difference(later: Row, earlier: Row | None, column: str) -> Row:
    """The later value less the earlier one; null where either is."""
    ends = (later[column], earlier[column] if earlier is not None else None)
    value = None if None in ends else ends[0] - ends[1]
    minus = earlier.origin.key if earlier is not None else None
    return Row({column: value}, Origin(later.origin.model, later.origin.key, minus=minus))
