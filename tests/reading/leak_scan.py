"""Everything that a folder holds, as text and as bytes, and which forbidden words are in it.

Looked into: names of files and folders; the raw bytes of every file; of Parquet files every page
before compression, dictionaries with all they hold, statistics, metadata and values; of a DuckDB
file every value, view, macro, comment and statistic, and that no block is unused; of pages, JSON
and models what their escapes stand for and what is embedded in them. Words are looked for in UTF-8
and UTF-16, whatever their case; ids also without hyphens and as sixteen bytes.
"""

import base64
import binascii
import html
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb
import numpy as np
import pyarrow.parquet as pq

from tests.reading.forbidden import GUID, Words
from tests.reading.parquet_pages import pages

EMBEDDED = re.compile(rb"base64,([A-Za-z0-9+/=\s]{16,})")
UNSEEN = "some are not in use"
STEP = 8
# Spreads eight bytes over a table that is nearly empty, so that few windows are looked at twice.
SPREAD, BITS = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - 22)


@dataclass(frozen=True)
class Part:
    """Something in the folder: where, and what it holds; `values` where it is a set of values."""

    where: str
    content: bytes
    values: frozenset[str] = frozenset()
    is_raw_database: bool = False


def leaks(folder: Path, words: Words) -> list[str]:
    """Each place and forbidden word found in it."""
    needles = Needles(words.anywhere)
    whole = {word.lower() for word in words.whole}
    looked_into = list(parts(folder))
    own = {value.lower().encode() for part in looked_into for value in part.values if value}
    found = []
    for part in looked_into:
        for word in sorted(needles.within(part.content)):
            if not (part.is_raw_database and _is_only_neighbours(part.content, word, own)):
                found.append(f"{part.where}: {word}")
        found += [f"{part.where}: {v}" for v in sorted(part.values) if v.lower() in whole]
    return found + [f"{one}: {UNSEEN}" for one in _blocks_not_in_use(folder)]


def _blocks_not_in_use(folder: Path) -> Iterator[str]:
    """What was dropped from a DuckDB file stays in it, compressed, where no search finds it."""
    for path in sorted(folder.rglob("*.duckdb")):
        with duckdb.connect(str(path), read_only=True) as connection:
            [row] = connection.execute("pragma database_size").fetchall()
        _, _, block_size, total_blocks, used_blocks, *_ = row
        if (
            used_blocks != total_blocks
            or path.stat().st_size != 3 * 4096 + total_blocks * block_size
        ):
            yield f"blocks of {path.name}"


def _is_only_neighbours(content: bytes, word: str, own: set[bytes]) -> bool:
    """Whether wherever the word stands one value of the copy ends and the next begins within it.

    DuckDB writes the texts of a column without a gap: "Security Operator" before "Security
    Reader" is not a group named "Security OperatorS".
    """
    content, needle = content.lower(), word.lower().encode()
    if needle not in content:
        return False
    start = content.find(needle)
    while start >= 0:
        if not any(_is_border(content, start + cut, own) for cut in range(1, len(needle))):
            return False
        start = content.find(needle, start + 1)
    return True


def _is_border(content: bytes, at: int, own: set[bytes]) -> bool:
    ends = any(content[at - size : at] in own for size in range(2, 200))
    return ends and any(content[at : at + size] in own for size in range(2, 200))


class Needles:
    """Words as bytes, found in one pass over a content by their first eight bytes."""

    def __init__(self, words: Iterable[str]) -> None:
        self._long: dict[int, list[tuple[bytes, str]]] = {}
        self._short: list[tuple[bytes, str]] = []
        for word in words:
            for needle in set(_written(word)):
                if len(needle) < STEP:
                    self._short.append((needle, word))
                else:
                    first = int.from_bytes(needle[:STEP], "little")
                    self._long.setdefault(first, []).append((needle, word))
        self._filter = np.zeros(1 << 22, dtype=bool)
        self._filter[_spread(np.array(sorted(self._long), dtype="<u8"))] = True

    def within(self, content: bytes) -> set[str]:
        content = content.lower()
        found = {word for needle, word in self._short if needle in content}
        for offset in range(min(STEP, max(len(content) - STEP + 1, 0))):
            count = (len(content) - offset) // STEP
            windows = np.frombuffer(content, dtype="<u8", offset=offset, count=count)
            (likely,) = np.nonzero(self._filter[_spread(windows)])
            for position in likely.tolist():
                start = offset + position * STEP
                for needle, word in self._long.get(int(windows[position]), ()):
                    if content.startswith(needle, start):
                        found.add(word)
        return found


def _spread(windows: "np.ndarray") -> "np.ndarray":
    return (windows * SPREAD) >> BITS


def _written(word: str) -> Iterator[bytes]:
    """The ways in which a word can stand in a file; bytes.lower() leaves all but ASCII alone."""
    yield word.encode().lower()
    yield word.encode("utf-16-le").lower()
    if re.fullmatch(GUID, word, re.IGNORECASE):
        one = uuid.UUID(word)
        yield one.hex.encode()
        # As DuckDB and Parquet keep them, and as Windows does.
        yield from (one.bytes.lower(), one.bytes_le.lower(), one.bytes[::-1].lower())


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
    told = [file.metadata.created_by, str(file.schema_arrow.metadata)]
    for group in range(file.metadata.num_row_groups):
        for position in range(file.metadata.num_columns):
            statistics = file.metadata.row_group(group).column(position).statistics
            if statistics is not None and statistics.has_min_max:
                told += [str(statistics.min), str(statistics.max)]
    yield "statistics", "\n".join(told).encode()
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
