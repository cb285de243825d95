"""One feed of one tenant to be read, with all that its reader may need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from pipeline.graph.checkpoints import Checkpoints
from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.graph.outcomes import FeedError, Outcome, bad_page
from pipeline.graph.privacy import Pseudonyms
from pipeline.graph.tally import Tally
from pipeline.graph.upstream import Upstream


class KnownReadings(Protocol):
    """What the lake holds of score records, and up to when the audit log was read."""

    @property
    def captured(self) -> Mapping[str, date]:
        """Graph's date of each tenant's last complete capture."""

    @property
    def audited(self) -> Mapping[str, datetime]:
        """Graph's time of each tenant's last complete reading of its audit log."""

    def known(self, tenant_id: str, oldest: date) -> Mapping[str, str]:
        """Record id -> hash as last written, for records dated `oldest` or later."""


@dataclass(frozen=True)
class Task:
    """What to read, for which date, through which client; the tally counts what it costs.

    `leeway` is how far from the run's date Graph's may lie: none where the date was asked for.
    """

    client: GraphClient
    feed: Feed
    run_date: date
    history: KnownReadings
    checkpoints: Checkpoints
    upstream: Upstream
    pseudonyms: Pseudonyms | None = None
    tally: Tally = field(default_factory=Tally)
    leeway: timedelta = timedelta()

    @property
    def tenant_id(self) -> str:
        return self.client.tenant.tenant_id

    @property
    def graph_url(self) -> str:
        return self.client.tenant.cloud.graph_url

    def check_date(self) -> None:
        """Raise FeedError unless Graph's clock shows the run's date, within the leeway."""
        seen = self.tally.date
        if seen is None:
            raise bad_page("Graph's reply carries no Date header").error
        if abs(seen.date() - self.run_date) > self.leeway:
            raise not_for_this_date(self.run_date, seen.date())


def not_for_this_date(run_date: date, seen: date) -> FeedError:
    """Graph knows this only as of now, and now is another day."""
    return FeedError(
        Outcome.NOT_FOR_THIS_DATE,
        f"Graph shows this only as of {seen}, so nothing is stored for {run_date}; nothing to do",
    )
