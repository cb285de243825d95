"""One tenant's feeds in one run: every one ends with a log row, whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from pipeline.collection.feed_result import FeedResult, log_row, refused, unexpected
from pipeline.collection.run_context import RunContext
from pipeline.collection.tenant_knowledge import TenantKnowledge
from pipeline.config.settings import Tenant
from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import FeedError, Outcome
from pipeline.graph.readers import reader_of
from pipeline.graph.readers.scores import ScoreReading
from pipeline.graph.readers.task import Task, not_for_this_date
from pipeline.lake.log import INCOMPLETE, LogRow
from pipeline.lake.parts import FeedRows, TenantRows

# Finished feeds are handed on at once where they are large, and while others take their time.
_LARGE = 4 * 2**20
_MAX_WAIT = 30.0

Report = Callable[[LogRow], None]
Emit = Callable[[TenantRows], Awaitable[None]]


class TenantCollection:
    """Reads the feeds of one tenant; nothing that goes wrong here reaches another tenant."""

    def __init__(self, context: RunContext, tenant: Tenant, client: GraphClient) -> None:
        self._context = context
        self._tenant = tenant
        self._client = client
        self._known = TenantKnowledge(tenant.tenant_id, client)
        self._graph_date: datetime | None = None
        self._refused: FeedError | None = None
        self._rows: list[FeedRows] = []
        self._log: list[LogRow] = []

    async def run(self, feeds: Sequence[Feed], report: Report, emit: Emit) -> None:
        """Read these feeds, each after those that it follows, and emit rows and log as they come.

        Feeds that know their own dates come first: they show Graph's clock, and on another day
        than the run's the rest need not be asked. Then what the tenant owns: it decides how
        patiently a licence refusal is met.
        """
        await asyncio.to_thread(self._known.load_committed, self._context.committed, feeds)
        self._refused = await self._sign_in(feeds)
        for feed in feeds:
            if feed.dated:
                async with self._context.heavy:
                    await self._read(feed, report)
                await self._flush(emit, only_large=True)
        for feed in feeds:
            if feed.is_oracle:
                await self._read(feed, report)
        rest = [feed for feed in feeds if not feed.dated and not feed.is_oracle]
        await self._read_all(rest, report, emit)
        await self._flush(emit)

    async def _read_all(self, feeds: Sequence[Feed], report: Report, emit: Emit) -> None:
        """Read feeds side by side, each once those before it are done."""
        done = {feed.name: asyncio.Event() for feed in feeds}

        async def one(feed: Feed) -> None:
            try:
                for name in feed.after:
                    if name in done:
                        await done[name].wait()
                await self._read(feed, report)
            finally:
                done[feed.name].set()

        waiting = {asyncio.create_task(one(feed)) for feed in feeds}
        try:
            while waiting:
                finished, waiting = await asyncio.wait(waiting, timeout=_MAX_WAIT)
                for task in finished:
                    task.result()
                await self._flush(emit)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _flush(self, emit: Emit, *, only_large: bool = False) -> None:
        rows = TenantRows(self._tenant.tenant_id, self._rows, self._log)
        if self._log and (not only_large or rows.nbytes > _LARGE):
            self._rows, self._log = [], []
            await emit(rows)

    async def _sign_in(self, feeds: Sequence[Feed]) -> FeedError | None:
        """Sign in once for all feeds; the refusal, if any, is every feed's outcome."""
        if all(self._tenant.cloud.name in feed.absent_clouds for feed in feeds):
            return None
        try:
            await self._client.tokens.get_token(self._tenant.cloud.scope)
        except FeedError as error:
            return error
        except Exception as error:
            return self._bug(error)
        return None

    async def _read(self, feed: Feed, report: Report) -> None:
        """Read one feed and keep its rows and its log row."""
        context = self._context
        started = context.now()
        task = Task(
            self._client,
            feed,
            context.run_date,
            context.history,
            context.checkpoints,
            self._known.upstream,
            context.pseudonyms,
            leeway=context.leeway,
        )
        result = await self._end(task)
        row = log_row(task, result, context, started=started, graph_date=self._graph_date)
        if result.outcome is Outcome.OK:
            self._rows.append(FeedRows(row.collected_at, result.tables, row.extract_date))
        self._log.append(row)
        report(row)

    async def _end(self, task: Task) -> FeedResult:
        """Read one feed, and make whatever happens a result."""
        reading = reader_of(task)
        try:
            self._refuse_early(task.feed)
            gathered = await reading.read()
            tables = gathered.merged()
            # An optional list is not counted, and may be all there is: a policy in preview.
            has_rows = gathered.received or any(rows.num_rows for rows in tables.values())
            outcome = Outcome.OK if has_rows else Outcome.EMPTY
            self._known.learn(task.feed.name, outcome, tables)
        except FeedError as error:
            return self._refusal(task.feed, error)
        except Exception as error:
            return self._refusal(task.feed, self._bug(error))
        finally:
            self._graph_date = self._graph_date or task.tally.date
            if isinstance(reading, ScoreReading):
                self._known.learn_services(reading.services)
        lacking = self._known.upstream.lacking(task.feed.after)
        if lacking:
            gathered.remarks.append(f"without what {', '.join(lacking)} would name")
            gathered.refused = INCOMPLETE
        return FeedResult(outcome, gathered.note, gathered, tables, error_code=gathered.refused)

    def _refuse_early(self, feed: Feed) -> None:
        """Raise what is known without asking Graph."""
        if self._tenant.cloud.name in feed.absent_clouds:
            note = f"the cloud {self._tenant.cloud.name} does not offer this; nothing to do"
            raise FeedError(Outcome.NOT_IN_CLOUD, note)
        if self._refused:
            raise self._refused
        seen = self._graph_date
        context = self._context
        if seen and not feed.dated and abs(seen.date() - context.run_date) > context.leeway:
            raise not_for_this_date(context.run_date, seen.date())
        for name in feed.needs:
            ended = self._known.upstream.ended(name)
            if ended is None or not ended.is_committed:
                step = "mend that first"
                if ended is Outcome.NOT_PERMITTED:
                    step = f"grant the application permission {FEEDS[name].permission} first"
                note = f"{name}, which names what to ask for, ended {ended}; {step}"
                raise FeedError(ended or Outcome.UNAVAILABLE, note)

    def _refusal(self, feed: Feed, error: FeedError) -> FeedResult:
        result = refused(error, is_premium=self._known.is_premium)
        self._known.upstream.outcomes[feed.name] = result.outcome
        return result

    def _bug(self, error: Exception) -> FeedError:
        return unexpected(error, tenant_id=self._tenant.tenant_id)
