"""Every page of a Parquet file as it was before compression: values, levels and dictionaries.

Readers show the values that rows use. What a dictionary holds besides, no reader shows, so the
pages are taken apart here: their headers are Thrift structs in the compact protocol.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

UNCOMPRESSED_SIZE, COMPRESSED_SIZE = 2, 3


@dataclass(frozen=True)
class Chunk:
    """One column of one row group: where its pages are, and how they are compressed."""

    column: str
    start: int
    end: int
    codec: str


def pages(path: Path) -> Iterator[tuple[str, bytes]]:
    """Column, and header and content of each of its pages."""
    content = path.read_bytes()
    for chunk in _chunks(path):
        position = chunk.start
        while position < chunk.end:
            header, begins = _struct(content, position)
            position = begins + header[COMPRESSED_SIZE]
            packed = content[begins:position]
            if chunk.codec != "uncompressed":
                size = header[UNCOMPRESSED_SIZE]
                packed = pa.decompress(packed, size, chunk.codec, asbytes=True) if size else b""
            yield chunk.column, content[chunk.start : begins] + packed


def _chunks(path: Path) -> Iterator[Chunk]:
    metadata = pq.read_metadata(path)
    for group in range(metadata.num_row_groups):
        for position in range(metadata.num_columns):
            column = metadata.row_group(group).column(position)
            offsets = (column.dictionary_page_offset, column.data_page_offset)
            start = min(offset for offset in offsets if offset)
            end = start + column.total_compressed_size
            yield Chunk(column.path_in_schema, start, end, column.compression.lower())


def _struct(content: bytes, position: int) -> tuple[dict[int, Any], int]:
    """The fields of a Thrift struct by number, and where it ends."""
    fields: dict[int, Any] = {}
    number = 0
    while True:
        head = content[position]
        position += 1
        if head == 0:
            return fields, position
        if head >> 4:
            number += head >> 4
        else:
            number, position = _zigzag(content, position)
        fields[number], position = _value(content, position, head & 15)


def _value(content: bytes, position: int, kind: int) -> tuple[Any, int]:
    if kind in (1, 2):
        return kind == 1, position
    if kind == 3:
        return content[position], position + 1
    if kind in (4, 5, 6):
        return _zigzag(content, position)
    if kind == 7:
        return struct.unpack_from("<d", content, position)[0], position + 8
    if kind == 8:
        length, position = _varint(content, position)
        return content[position : position + length], position + length
    if kind in (9, 10):
        head = content[position]
        count, position = head >> 4, position + 1
        if count == 15:
            count, position = _varint(content, position)
        items = []
        for _ in range(count):
            item, position = _value(content, position, head & 15)
            items.append(item)
        return items, position
    assert kind == 12, f"Thrift type {kind} in a page header"
    return _struct(content, position)


def _varint(content: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = content[position]
        position += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, position


def _zigzag(content: bytes, position: int) -> tuple[int, int]:
    number, position = _varint(content, position)
    return (number >> 1) ^ -(number & 1), position
