"""What is known of a tenant while its feeds are read: what came before, and what it owns."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.graph.feeds import FEEDS
from pipeline.graph.licences import LicenceOracle
from pipeline.graph.outcomes import Outcome
from pipeline.graph.roster import Roster
from pipeline.graph.upstream import Upstream
from pipeline.lake.history import CommittedDay

_ORACLE = next(feed.name for feed in FEEDS.values() if feed.is_oracle)
# Its enabledServices tell of the licences too.
_SCORES = "secure_scores"


class TenantKnowledge:
    """Outcomes and names of the feeds so far, and the licences, which the client is told of.

    What a tenant owns decides how patiently a licence refusal is met.
    """

    def __init__(self, tenant_id: str, client: GraphClient) -> None:
        self.upstream = Upstream(Roster(tenant_id))
        self._tenant_id = tenant_id
        self._client = client
        self._licences = LicenceOracle()

    @property
    def is_premium(self) -> bool | None:
        """P1 or P2, neither, or nothing yet."""
        return self._licences.is_premium

    def load_committed(self, committed: CommittedDay, feeds: Sequence[Feed]) -> None:
        """Take in what the lake holds of the day from feeds that others here follow."""
        named = {name for feed in feeds for name in feed.after} | {_ORACLE}
        for name in sorted(named - {feed.name for feed in feeds}):
            outcome = committed.outcome(self._tenant_id, name)
            if outcome is not None:
                self.learn(name, Outcome(outcome), committed.tables(self._tenant_id, name))
        if all(feed.name != _SCORES for feed in feeds):
            self._licences.learn_scores(committed.tables(self._tenant_id, _SCORES))
            self._client.is_premium = self.is_premium

    def learn(self, feed: str, outcome: Outcome, tables: Mapping[str, pa.Table]) -> None:
        """Take in a feed that was read."""
        self.upstream.outcomes[feed] = outcome
        self.upstream.roster.learn(tables)
        if feed == _ORACLE and outcome.is_committed:
            self._licences.learn_skus(tables)
        self._client.is_premium = self.is_premium

    def learn_services(self, services: Iterable[str]) -> None:
        """Take in the services that score records name."""
        self._licences.learn_services(services)
        self._client.is_premium = self.is_premium
