"""Query results as a table, CSV, JSON or Parquet, a batch at a time."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.cli.output import print_table

BATCH_ROWS = 50_000
# As spreadsheets take them, full-width signs too, and whatever blanks stand before them.
FORMULA_START = tuple("=+-@＝＋－＠")
BLANK_START = ("\t", "\r", "\n")
# Blanks to a spreadsheet and not to Python.
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"


def write_result(
    result: duckdb.DuckDBPyConnection, target: IO[bytes], *, output_format: str
) -> None:
    """Write the rows of an executed query to an open binary file."""
    reader = result.to_arrow_reader(BATCH_ROWS)
    WRITERS[output_format](reader, target)


def drawing(reader: pa.RecordBatchReader) -> str | None:
    """The plan of an explained query, which is a drawing of many lines and no value; else None."""
    if reader.schema.names != ["explain_key", "explain_value"]:
        return None
    return "".join(plan for _, plan in rows_of(reader))


def _write_table(reader: pa.RecordBatchReader, target: IO[bytes]) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8", write_through=True)
    plan = drawing(reader)
    if plan is None:
        numeric = numeric_columns(reader.schema)
        print_table(reader.schema.names, rows_of(reader), numeric=numeric, file=text)
    else:
        text.write(plan)
    text.detach()


def numeric_columns(schema: pa.Schema) -> frozenset[int]:
    """Positions of the columns that hold numbers."""
    return frozenset(
        position
        for position, field in enumerate(schema)
        if pa.types.is_integer(field.type)
        or pa.types.is_floating(field.type)
        or pa.types.is_decimal(field.type)
    )


def _write_csv(reader: pa.RecordBatchReader, target: IO[bytes]) -> None:
    """CSV that a spreadsheet cannot take for a formula: such text starts with an apostrophe.

    So do names of columns, which a query can take from anywhere.
    """
    text = io.TextIOWrapper(target, encoding="utf-8", newline="")
    # Told that rows end in both, it quotes a lone carriage return, which begins a row elsewhere.
    rows = SimpleNamespace(write=lambda row: text.write(row.removesuffix("\r\n") + "\n"))
    writer = csv.writer(rows, lineterminator="\r\n")
    writer.writerow([_csv_value(name) for name in reader.schema.names])
    writer.writerows([_csv_value(value) for value in row] for row in rows_of(reader))
    text.flush()
    text.detach()


def _write_json(reader: pa.RecordBatchReader, target: IO[bytes]) -> None:
    names = _distinct(reader.schema.names)
    separator = b"[\n"
    for row in rows_of(reader):
        record = {name: _json_value(value) for name, value in zip(names, row, strict=True)}
        target.write(separator + json.dumps(record, ensure_ascii=False).encode())
        separator = b",\n"
    target.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def _write_parquet(reader: pa.RecordBatchReader, target: IO[bytes]) -> None:
    schema = pa.schema(
        [
            field.with_name(name)
            for field, name in zip(reader.schema, _distinct(reader.schema.names), strict=True)
        ]
    )
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for batch in reader:
            writer.write_batch(batch.rename_columns(schema.names))


def rows_of(reader: pa.RecordBatchReader) -> Iterator[tuple[Any, ...]]:
    """The rows, a batch at a time."""
    for batch in reader:
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)


def _distinct(names: list[str]) -> list[str]:
    """Column names made unique, as an object or a file can hold each name once."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        candidate, count = name, 0
        while candidate in taken:
            count += 1
            candidate = f"{name}_{count}"
        taken.add(candidate)
        distinct.append(candidate)
    return distinct


def _csv_value(value: object) -> object:
    if isinstance(value, str) and _is_formula(value):
        return f"'{value}"
    if isinstance(value, bool):
        return str(value).lower()
    return value


def _is_formula(text: str) -> bool:
    if text.startswith(BLANK_START):
        return True
    shown = text.strip(f"{UNSEEN} ") if text[:1] in UNSEEN else text
    return shown.lstrip().lstrip(UNSEEN).lstrip().startswith(FORMULA_START)


def _json_value(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case list():
            return [_json_value(item) for item in value]
        case Mapping():
            return {str(key): _json_value(item) for key, item in value.items()}
        case _ if hasattr(value, "isoformat"):
            return value.isoformat()
    return str(value)


WRITERS: dict[str, Callable[[pa.RecordBatchReader, IO[bytes]], None]] = {
    "table": _write_table,
    "csv": _write_csv,
    "json": _write_json,
    "parquet": _write_parquet,
}
