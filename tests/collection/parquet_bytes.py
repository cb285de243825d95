"""Everything that a Parquet file holds, as bytes: values, pages, statistics, metadata.

A page is compressed, so a search of the file alone would miss what is in it; a reader gives the
values, but not what else a writer left in dictionaries. Pages are found by their headers: Thrift's
compact protocol, as the Parquet format describes it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

_DATA_V2 = 3


def everything_in(path: Path) -> bytes:
    """The raw file, every page decompressed, and every value, metadata entry and statistic."""
    raw = path.read_bytes()
    parts = [raw]
    file = pq.ParquetFile(path)
    metadata = file.metadata
    parts.append(repr((metadata.metadata, metadata.schema.to_arrow_schema().metadata)).encode())
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            column = metadata.row_group(group).column(place)
            parts.append(repr(column.to_dict()).encode())
            parts += _pages(raw, column)
    rows = file.read().to_pylist()
    parts.append(orjson.dumps(rows, default=str))
    return b"\n".join(parts)


def _pages(raw: bytes, column: Any) -> Iterator[bytes]:
    """The pages of a column chunk, dictionary first, decompressed."""
    start = column.data_page_offset
    if column.has_dictionary_page:
        start = min(start, column.dictionary_page_offset)
    end = start + column.total_compressed_size
    while start < end:
        header, start = _struct(raw, start)
        compressed, full = header[3], header[2]
        page = raw[start : start + compressed]
        start += compressed
        # The levels of a version 2 page stand before the values and are never compressed.
        levels = header[8][5] + header[8][6] if header[1] == _DATA_V2 else 0
        yield page[:levels]
        if column.compression == "UNCOMPRESSED":
            yield page[levels:]
        else:
            codec = column.compression.lower()
            yield pa.decompress(page[levels:], full - levels, codec=codec, asbytes=True)


def _struct(raw: bytes, at: int) -> tuple[dict[int, Any], int]:
    """A Thrift struct by field number, and where it ends."""
    fields: dict[int, Any] = {}
    number = 0
    while raw[at]:
        delta, kind = raw[at] >> 4, raw[at] & 15
        at += 1
        if delta:
            number += delta
        else:
            number, at = _signed(raw, at)
        fields[number], at = _value(raw, at, kind)
    return fields, at + 1


def _value(raw: bytes, at: int, kind: int) -> tuple[Any, int]:
    match kind:
        case 1 | 2:
            return kind == 1, at
        case 3:
            return raw[at], at + 1
        case 4 | 5 | 6:
            return _signed(raw, at)
        case 7:
            return raw[at : at + 8], at + 8
        case 8:
            size, at = _varint(raw, at)
            return raw[at : at + size], at + size
        case 9 | 10:
            return _items(raw, at)
        case 12:
            return _struct(raw, at)
        case _:
            raise AssertionError(f"no such Thrift type: {kind}")


def _items(raw: bytes, at: int) -> tuple[list[Any], int]:
    size, kind = raw[at] >> 4, raw[at] & 15
    at += 1
    if size == 15:
        size, at = _varint(raw, at)
    found = []
    for _ in range(size):
        item, at = _value(raw, at, kind)
        found.append(item)
    return found, at


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = raw[at]
        at += 1
        result |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return result, at


def _signed(raw: bytes, at: int) -> tuple[int, int]:
    number, at = _varint(raw, at)
    return (number >> 1) ^ -(number & 1), at
