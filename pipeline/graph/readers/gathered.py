"""The rows of a feed while it is read, and what a person should know of them."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline.graph.flat import Flat


@dataclass
class Gathered:
    """The rows of a feed so far, and what was noticed in them.

    `received` counts the records that came, `written` those kept, `nobodys` those that name no
    tenant, by what they read instead. `refused` is the code of an
    optional part that Graph refused.
    """

    tables: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    received: int = 0
    written: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    cast: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    nobodys: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    refused: str | None = None

    def add(self, flat: Flat) -> None:
        """Take the rows of one page."""
        for name, rows in flat.tables.items():
            if rows.num_rows:
                self.tables[name].append(rows)
        self.notice(flat)

    def notice(self, flat: Flat) -> None:
        """Take what was noticed on a page, and not its rows."""
        self.unknown += flat.unknown
        self.cast += flat.cast
        self.unreadable += flat.unreadable

    def remark_nobodys(self, member: str | None) -> None:
        """Say which records no fact counts, because they do not say whose they are."""
        for value, count in sorted(self.nobodys.items()):
            records = f"{count} record{'s' if count > 1 else ''}"
            self.remarks.append(f"{records} in quarantine: {member} reads {value}")

    def merged(self) -> dict[str, pa.Table]:
        """The rows by table."""
        return {name: pa.concat_tables(rows) for name, rows in self.tables.items()}

    @property
    def note(self) -> str | None:
        """What a person should know of a feed that was read."""
        counts = (
            (self.cast, "cast from another JSON type"),
            (self.unreadable, "in no known form, kept in extra"),
            (self.unknown, "not known here, kept as they came"),
        )
        parts = [
            f"{sum(counter.values())} values {what}: {', '.join(sorted(counter))}"
            for counter, what in counts
            if counter
        ]
        return "; ".join([*self.remarks, *parts]) or None
