"""What Graph sends that the declared schemas do not know, read from the collection log alone."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_DRIFTS = """
select feed, one.name, one.note, count(distinct tenant_id), min(one.first), max(one.last)
from (select tenant_id, feed, unnest(seen) as one from standing)
group by feed, one.name, one.note
order by 6 desc, 4 desc, 1, 2, 3
"""


@dataclass(frozen=True)
class Drift:
    """One thing that the catalogue does not expect, and where and when it was seen.

    `name` is `table.member`, or `table.member=value` for an unknown word of a known member; the
    lake keeps what came. None: the feed was refused for it, and `note` is the evidence.
    """

    feed: str
    name: str | None
    note: str | None
    tenant_count: int
    first_seen: date
    last_seen: date


def drifts(connection: "DuckDBPyConnection") -> list[Drift]:
    """Refused feeds and unknown members and words in `standing`, last seen and most first."""
    return [Drift(*row) for row in connection.execute(_DRIFTS).fetchall()]
