"""Everything that a folder holds, as text and as bytes, and which forbidden words are in it.

Looked into: names of files and folders; the raw bytes of every file; of Parquet files every page
before compression, dictionaries with all they hold, statistics, metadata and values; of a DuckDB
file every value, view, macro, comment and statistic, and that no block is unused; of pages, JSON
and models what their escapes stand for and what is embedded in them. Words are looked for in UTF-8
and UTF-16, whatever their case; ids also without hyphens and as sixteen bytes.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import numpy as np

from tests.export.folder_parts import parts
from tests.export.forbidden import GUID, Words

UNSEEN = "some are not in use"
STEP = 8
# Spreads eight bytes over a table that is nearly empty, so that few windows are looked at twice.
SPREAD, BITS = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - 22)


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
