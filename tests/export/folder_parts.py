"""Everything that a folder holds, as text and as bytes."""

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow.parquet as pq

from tests.export.parquet_pages import pages

EMBEDDED = re.compile(rb"base64,([A-Za-z0-9+/=\s]{16,})")


@dataclass(frozen=True)
class Part:
    """Something in the folder: where, and what it holds; `values` where it is a set of values."""

    where: str
    content: bytes
    values: frozenset[str] = frozenset()
    is_raw_database: bool = False


def parts(folder: Path) -> Iterator[Part]:
    yield Part("the folder's own name", folder.name.encode())
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield Part(f"name of {name}", name.encode())
        if path.is_dir():
            continue
        content = path.read_bytes()
        is_database = path.suffix == ".duckdb"
        yield Part(f"bytes of {name}", content, is_raw_database=is_database)
        if path.suffix == ".parquet":
            yield from (Part(f"{what} of {name}", *rest) for what, *rest in _parquet(path))
        elif is_database:
            yield from (Part(f"{what} of {name}", *rest) for what, *rest in _duckdb(path))
        else:
            yield from (Part(f"{what} of {name}", text) for what, text in _text(content))


def _parquet(path: Path) -> Iterator[tuple[str, bytes] | tuple[str, bytes, frozenset[str]]]:
    for column, page in pages(path):
        yield f"page of {column}", page
    file = pq.ParquetFile(path)
    for key, value in (file.metadata.metadata or {}).items():
        yield "metadata", key + b"\n" + value
    texts = [file.metadata.created_by, str(file.schema_arrow.metadata)]
    for group in range(file.metadata.num_row_groups):
        for position in range(file.metadata.num_columns):
            statistics = file.metadata.row_group(group).column(position).statistics
            if statistics is not None and statistics.has_min_max:
                texts += [str(statistics.min), str(statistics.max)]
    yield "statistics", "\n".join(texts).encode()
    for name, column in zip(file.schema_arrow.names, file.read().columns, strict=True):
        values = frozenset(map(str, column.unique().to_pylist()))
        yield f"values of {name}", "\n".join(values).encode(), values


def _duckdb(path: Path) -> Iterator[tuple[str, bytes] | tuple[str, bytes, frozenset[str]]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        for what in ("tables", "views", "columns", "functions", "schemas", "types"):
            rows = connection.execute(f"from duckdb_{what}() where not internal").fetchall()
            yield f"{what} in the catalog", "\n".join(map(str, rows)).encode()
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where not internal"
        ).fetchall()
        for (table,) in tables:
            statistics = connection.execute(f"pragma storage_info('{table}')").fetchall()
            yield f"statistics of {table}", "\n".join(map(str, statistics)).encode()
            for name, *_ in connection.execute(f"describe {table}").fetchall():
                rows = connection.execute(f"select distinct {name}::varchar from {table}")
                values = frozenset(str(value) for (value,) in rows.fetchall())
                yield f"values of {table}.{name}", "\n".join(values).encode(), values


def _text(content: bytes) -> Iterator[tuple[str, bytes]]:
    """A text as its escapes read: those of HTML, JSON and addresses, and what is embedded."""
    text = content.decode(errors="replace")
    yield "text without HTML's escapes", html.unescape(text).encode()
    yield (
        "text without JSON's escapes",
        re.sub(
            r"\\u([0-9a-fA-F]{4})|\\(.)",
            lambda found: chr(int(found[1], 16)) if found[1] else found[2],
            text,
        ).encode(errors="replace"),
    )
    yield "text without the escapes of addresses", unquote(text).encode()
    for embedded in EMBEDDED.findall(content):
        try:
            raw = base64.b64decode(embedded)
        except binascii.Error:
            continue
        yield "embedded content", raw
        for wbits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
            try:
                yield "embedded and compressed content", zlib.decompress(raw, wbits)
            except zlib.error:
                continue
