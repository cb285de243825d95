"""The rows of one page, and what was noticed while they were made."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipeline.graph.table_spec import Table
from pipeline.graph.values import Typed

_WORD = re.compile(r"[\w.\-]{1,60}")
# What Graph says instead of a word that it takes to be too new for the client.
_HIDDEN = "unknownFutureValue"


@dataclass
class Flat:
    """The rows of one page by table (stamps are added when written), and what was noticed.

    `unknown` counts members (`table.member`) and words (`table.member=word`) that are not known;
    with `mask_unknown` the words themselves stay out of it.
    """

    mask_unknown: bool = False
    tables: dict[str, pa.Table] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    cast: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)

    def note_words(self, table: Table, member: str, values: Sequence[Any]) -> None:
        """Note the words of an enumerated member that are not known."""
        words = table.words.get(member)
        if words is None:
            return
        texts = {one for one in set(values) if isinstance(one, str)}
        unknown = {one for one in texts if (one.lower() not in words if words else _HIDDEN in one)}
        if not unknown:
            return
        for value, count in Counter(one for one in values if one in unknown).items():
            word = value if words else _HIDDEN
            is_plain = word == _HIDDEN or (not self.mask_unknown and _WORD.fullmatch(word))
            shown = word if is_plain else "?"
            self.unknown[f"{table.name}.{member}={shown}"] += count

    def note_typed(self, member: str, values: Typed) -> None:
        """Note how many values of a member came as another type, or cannot be read at all."""
        if values.cast:
            self.cast[member] += values.cast
        if values.unreadable:
            self.unreadable[member] += values.unreadable
