"""Reading secure scores: all 90 days once, afterwards what is new and a week before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.graph.feed import Request
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.task import not_for_this_date

# Graph keeps 90 daily records. Captures overlap by a week, because a record can still change
# in the days after its own.
_KEPT = 90
_WINDOW = 7


@dataclass(kw_only=True)
class ScoreReading(FeedReading):
    """Asks only for the newest records that the lake may lack, and writes only what changed."""

    services: frozenset[str] = frozenset()
    asked: int = 0

    @property
    def wanted(self) -> int:
        """How many of the newest records to read: the days since the last capture, and a week.

        Graph's clock counts once it is known: a run for a past date still reads from today.
        """
        last = self.task.history.captured.get(self.task.tenant_id)
        if last is None:
            return _KEPT
        seen = self.task.tally.date
        today = seen.date() if seen else self.task.run_date
        return min(_KEPT, max(0, (today - last).days) + _WINDOW)

    async def read(self) -> Gathered:
        gathered = await super().read()
        if self.asked <= gathered.received < self.wanted:
            # Graph's clock is ahead of the run's date, and the list ended where it was asked to.
            self.gathered = Gathered()
            self.positions.clear()
            gathered = await super().read()
        return gathered

    def first_url(self, request: Request) -> str:
        self.asked = self.wanted
        return request.url(self.task.graph_url, query=f"$top={self.asked}")

    def is_enough(self) -> bool:
        # $top is a page size to Graph: it offers a next page whenever older records exist.
        return self.gathered.received >= self.wanted

    def check_date(self) -> None:
        """A record carries its own date; only a run date still to come is refused.

        In a run without a date the feed belongs to Graph's day like any other.
        """
        if self.task.leeway:
            self.task.check_date()
            return
        seen, run_date = self.task.tally.date, self.task.run_date
        if seen is not None and seen.date() + timedelta(days=1) < run_date:
            raise not_for_this_date(run_date, seen.date())

    def select(
        self, request: Request, records: list[dict[str, Any]], hashes: list[str] | None
    ) -> Iterable[int]:
        """The records that differ from the copy the lake holds."""
        if not self.services and records:
            services = records[0].get("enabledServices")
            words = services if isinstance(services, list) else []
            self.services = frozenset(word for word in words if isinstance(word, str))
        oldest = min(map(_day, records), default=self.task.run_date)
        known = self.task.history.known(self.task.tenant_id, oldest)
        pairs = enumerate(zip(records, hashes or [], strict=True))
        return [row for row, (record, digest) in pairs if known.get(_id(record)) != digest]


def _id(record: Mapping[str, Any]) -> str:
    value = record.get("id")
    return value if isinstance(value, str) else ""


def _day(record: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(record.get("createdDateTime"))[:10])
    except ValueError:
        return date.max
