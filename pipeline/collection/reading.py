"""One feed of one tenant read, and whatever happens made a result."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from pipeline.collection.feed_result import FeedResult, refused, unexpected
from pipeline.collection.run_context import RunContext
from pipeline.collection.tenant_knowledge import TenantKnowledge
from pipeline.config.settings import Tenant
from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import FeedError, Outcome, too_long
from pipeline.graph.readers import reader_of
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.scores import ScoreReading
from pipeline.graph.readers.task import Task, not_for_this_date
from pipeline.lake.log import INCOMPLETE


class TenantReading:
    """Reads feeds of one tenant with what was learnt from those before: names, licences, a clock.

    Nothing that goes wrong in a feed is raised.
    """

    def __init__(self, context: RunContext, tenant: Tenant, client: GraphClient) -> None:
        self._context = context
        self._tenant = tenant
        self._client = client
        self._refused: FeedError | None = None
        self.known = TenantKnowledge(tenant.tenant_id, client)
        self.graph_date: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether there was a token at the beginning."""
        return self._refused is None

    async def begin(self, feeds: Sequence[Feed]) -> None:
        """Take in what the lake holds of the day, and sign in once for all feeds."""
        await asyncio.to_thread(self.known.load_committed, self._context.committed, feeds)
        self._refused = await self._sign_in(feeds)

    async def _sign_in(self, feeds: Sequence[Feed]) -> FeedError | None:
        """Sign in once for all feeds; the refusal, if any, is every feed's outcome."""
        if all(feed.is_absent_in(self._tenant.cloud) for feed in feeds):
            return None
        try:
            await self._client.tokens.get_token(self._tenant.cloud.scope)
        except FeedError as error:
            return error
        except Exception as error:
            return self._bug(error)
        return None

    async def read(self, task: Task) -> FeedResult:
        """Read one feed, and make whatever happens a result."""
        reading = reader_of(task)
        try:
            self._refuse_early(task.feed)
            gathered = await self._bounded(reading)
            tables = gathered.merged()
            # An optional list is not counted, and may be all there is: a policy in preview.
            has_rows = gathered.received or any(rows.num_rows for rows in tables.values())
            outcome = Outcome.OK if has_rows else Outcome.EMPTY
            self.known.learn(task.feed.name, outcome, tables)
        except FeedError as error:
            return self._refusal(task.feed, error)
        except Exception as error:
            return self._refusal(task.feed, self._bug(error))
        finally:
            self.graph_date = self.graph_date or task.tally.date
            if isinstance(reading, ScoreReading):
                self.known.learn_services(reading.services)
        lacking = self.known.upstream.lacking(task.feed.after)
        if lacking:
            gathered.remarks.append(f"without what {', '.join(lacking)} would name")
            gathered.refused = INCOMPLETE
        return FeedResult(outcome, gathered.note, gathered, tables, error_code=gathered.refused)

    async def _bounded(self, reading: FeedReading) -> Gathered:
        """All rows of a feed, if they come within the seconds that one may take."""
        seconds = self._context.bounds.feed_seconds
        try:
            async with asyncio.timeout(seconds) as bound:
                return await reading.read()
        except TimeoutError:
            if not bound.expired():
                raise
            raise too_long(seconds, reading.task.tally.http_status) from None

    def _refuse_early(self, feed: Feed) -> None:
        """Raise what is known without asking Graph."""
        if feed.is_absent_in(self._tenant.cloud):
            note = f"the cloud {self._tenant.cloud.name} does not offer this; nothing to do"
            raise FeedError(Outcome.NOT_IN_CLOUD, note)
        if self._refused:
            raise self._refused
        seen = self.graph_date
        context = self._context
        if seen and not feed.dated and abs(seen.date() - context.run_date) > context.leeway:
            raise not_for_this_date(context.run_date, seen.date())
        for name in feed.needs:
            ended = self.known.upstream.ended(name)
            if ended is None or not ended.is_committed:
                step = "mend that first"
                if ended is Outcome.NOT_PERMITTED:
                    step = f"grant the application permission {FEEDS[name].permission} first"
                note = f"{name}, which names what to ask for, ended {ended}; {step}"
                raise FeedError(ended or Outcome.UNAVAILABLE, note)

    def _refusal(self, feed: Feed, error: FeedError) -> FeedResult:
        result = refused(error, is_premium=self.known.is_premium)
        self.known.upstream.outcomes[feed.name] = result.outcome
        return result

    def _bug(self, error: Exception) -> FeedError:
        return unexpected(error, tenant_id=self._tenant.tenant_id)
