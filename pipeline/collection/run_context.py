"""What all tenants of a run share."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pipeline.collection.share import Share
from pipeline.config.bounds import Bounds
from pipeline.graph.checkpoints import Checkpoints
from pipeline.graph.clock import Clock
from pipeline.graph.privacy import Pseudonyms
from pipeline.graph.readers.task import KnownReadings
from pipeline.graph.retry import RetryPolicy
from pipeline.lake.history import CommittedDay


@dataclass(frozen=True)
class RunContext:
    """What all tenants of a run share, and which `share` of it this process has.

    `clock` is Graph's in a run without a date; None in a run for the date that was asked for.
    """

    run_id: str
    run_date: date
    policy: RetryPolicy
    history: KnownReadings
    committed: CommittedDay
    checkpoints: Checkpoints
    pseudonyms: Pseudonyms | None
    bounds: Bounds = field(default_factory=Bounds)
    clock: Clock | None = None
    share: Share = field(default_factory=Share)

    @property
    def leeway(self) -> timedelta:
        """How far from the run's date the date of a feed may lie."""
        return self.clock.leeway if self.clock else timedelta()

    def now(self) -> datetime:
        """The moment, by Graph's clock where it was asked."""
        return self.clock.now() if self.clock else datetime.now(UTC)

    def day_of(self, seen: datetime | None) -> date:
        """The day of a feed whose first response bore this date."""
        is_own = self.clock and seen and abs(seen.date() - self.run_date) <= self.leeway
        return seen.date() if is_own and seen else self.run_date
