"""One tenant's feeds in one run: every one ends with a log row, whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from pipeline.collection.feed_result import log_row
from pipeline.collection.reading import TenantReading
from pipeline.collection.run_context import RunContext
from pipeline.config.settings import Tenant
from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.graph.outcomes import Outcome
from pipeline.graph.readers.task import Task
from pipeline.graph.tally import Tally
from pipeline.lake.log import LogRow
from pipeline.lake.parts import FeedRows, TenantRows

# Finished feeds are handed on at once where they are large, and while others take their time.
_LARGE = 4 * 2**20
_MAX_WAIT = 30.0

Report = Callable[[LogRow], None]
Emit = Callable[[TenantRows], Awaitable[None]]


class TenantCollection:
    """Reads the feeds of one tenant; nothing that goes wrong here reaches another tenant.

    `heavy` bounds how many tenants read months of scores at once.
    """

    def __init__(
        self,
        context: RunContext,
        tenant: Tenant,
        client: GraphClient,
        heavy: asyncio.Semaphore,
    ) -> None:
        self._context = context
        self._heavy = heavy
        self._tenant = tenant
        self._client = client
        self._reading = TenantReading(context, tenant, client)
        self._tallies: dict[str, Tally] = {}
        self._rows: list[FeedRows] = []
        self._log: list[LogRow] = []

    async def run(self, feeds: Sequence[Feed], report: Report, emit: Emit) -> None:
        """Read these feeds, each after those that it follows, and emit rows and log as they come.

        Feeds that know their own dates come first: they show Graph's clock, and on another day
        than the run's the rest need not be asked. Then what the tenant owns: it decides how
        patiently a licence refusal is met. A first feed that nobody answered is read again at the
        end: by then it is known whether the tenant is down, or that service alone.
        """
        await self._reading.begin(feeds)
        unanswered = []
        for feed in feeds:
            if feed.dated:
                async with self._heavy:
                    if not await self._read(feed, report, is_first=True):
                        unanswered.append(feed)
                await self._flush(emit, only_large=True)
        for feed in feeds:
            if feed.is_oracle:
                await self._read(feed, report)
        rest = [feed for feed in feeds if not feed.dated and not feed.is_oracle]
        await self._read_all(rest, report, emit)
        for feed in unanswered:
            async with self._heavy:
                await self._read(feed, report)
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

    async def _read(self, feed: Feed, report: Report, *, is_first: bool = False) -> bool:
        """Read one feed and keep its rows and its log row.

        False, and nothing kept but what it cost, where it `is_first` and nobody answered.
        """
        context = self._context
        started = context.now()
        task = Task(
            self._client,
            feed,
            context.run_date,
            context.history,
            context.checkpoints,
            self._reading.known.upstream,
            context.pseudonyms,
            self._tallies.setdefault(feed.name, Tally()),
            leeway=context.leeway,
        )
        result = await self._reading.read(task)
        is_silent = self._reading.is_signed_in and not self._client.standing.has_answered
        if is_first and is_silent and result.outcome is Outcome.UNAVAILABLE:
            return False
        row = log_row(task, result, context, started=started, graph_date=self._reading.graph_date)
        if result.outcome is Outcome.OK:
            self._rows.append(FeedRows(row.collected_at, result.tables, row.extract_date))
        self._log.append(row)
        report(row)
        return True
