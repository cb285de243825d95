"""Writes rows in the order of their key in bounded memory, however many there are.

DuckDB keeps what it sorts in memory as far as its sort of a union goes. More rows than a piece may
have are sorted piece by piece, each with its own values of the key's first column, and then joined
in that order. Which way is taken depends on the rows alone, so the same rows make the same bytes.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipeline.text import literal, one_file, quoted

PIECE_ROWS = 250_000
_OPTIONS = "(format parquet, compression snappy, parquet_version v1)"


def write_ordered(
    connection: duckdb.DuckDBPyConnection, rows: str, key: Sequence[str], target: Path
) -> int:
    """Write what the query gives as one Parquet file; the number of its rows."""
    order = ", ".join(f"{column} nulls last" for column in key)
    pieces = list(_pieces(connection, rows, key[0]))
    if len(pieces) < 2:
        return _copied(connection, f"{rows} order by {order}", target)
    folder = target.with_name(f".{target.name}.pieces")
    folder.mkdir()
    files = [folder / f"{number:06}.parquet" for number in range(len(pieces))]
    for piece, path in zip(pieces, files, strict=True):
        _copied(connection, f"select * from ({rows}) where {piece} order by {order}", path)
    listed = ", ".join(quoted(one_file(path)) for path in files)
    was_kept = connection.execute("select current_setting('preserve_insertion_order')").fetchall()
    connection.execute("set preserve_insertion_order = true")
    count = _copied(
        connection, f"select * from read_parquet([{listed}], hive_partitioning = false)", target
    )
    connection.execute(f"set preserve_insertion_order = {literal(was_kept[0][0])}")
    shutil.rmtree(folder)
    return count


def _pieces(connection: duckdb.DuckDBPyConnection, rows: str, column: str) -> Iterator[str]:
    """Conditions that part the rows by values of the column, in order, each with few enough."""
    counts = connection.execute(
        f"select {column}, count(*) from ({rows}) group by 1 order by 1 nulls last"
    ).fetchall()
    held: list[Any] = []
    total = 0
    for value, count in counts:
        if held and (value is None or total + count > PIECE_ROWS):
            yield f"{column} between {literal(held[0])} and {literal(held[-1])}"
            held, total = [], 0
        if value is None:
            yield f"{column} is null"
        else:
            held.append(value)
            total += count
    if held:
        yield f"{column} between {literal(held[0])} and {literal(held[-1])}"


def _copied(connection: duckdb.DuckDBPyConnection, rows: str, target: Path) -> int:
    found = connection.execute(f"copy ({rows}) to {quoted(str(target))} {_OPTIONS}").fetchall()
    return int(found[0][0])
