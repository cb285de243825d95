"""What a tenant adds to the lake, on its way into a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import pyarrow as pa

from pipeline.lake.log import LogRow


@dataclass(frozen=True)
class FeedRows:
    """The rows of one complete feed by table, without stamps, and when Graph sent them.

    `extract_date` is the feed's own; None: that of the part.
    """

    collected_at: datetime
    tables: Mapping[str, pa.Table]
    extract_date: date | None = None


@dataclass(frozen=True)
class TenantRows:
    """What one tenant adds to a part: its complete feeds, and a log row for every feed."""

    tenant_id: str
    feeds: Sequence[FeedRows]
    log: Sequence[LogRow]

    @cached_property
    def nbytes(self) -> int:
        """Memory the rows hold."""
        return sum(table.nbytes for feed in self.feeds for table in feed.tables.values())

    def of_day(self, day: date) -> "TenantRows":
        """What belongs to one extract date; a run that crosses midnight has two."""
        feeds = [one for one in self.feeds if one.extract_date in (None, day)]
        return TenantRows(
            self.tenant_id, feeds, [row for row in self.log if row.extract_date == day]
        )
