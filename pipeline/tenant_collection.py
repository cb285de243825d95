"""One tenant's feeds in one run: every one ends with a log row, whatever happens."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pyarrow as pa

from pipeline.collection_log import LogRow
from pipeline.config import Tenant
from pipeline.graph.client import GraphClient, Tally
from pipeline.graph.feeds import Feed
from pipeline.graph.outcomes import NON_PREMIUM, FeedError, Outcome
from pipeline.graph.privacy import Pseudonyms
from pipeline.graph.reading import FeedReading, Gathered, not_for_this_date
from pipeline.graph.retry import RetryPolicy
from pipeline.graph.scores import KnownScores, ScoreReading
from pipeline.lake import FeedRows, TenantRows

_LOG = logging.getLogger(__name__)
_PREMIUM = {"HasAADP1", "HasAADP2"}


@dataclass(frozen=True)
class RunContext:
    """What all tenants of a run share."""

    run_id: str
    run_date: date
    policy: RetryPolicy
    history: KnownScores
    pseudonyms: Pseudonyms | None


@dataclass(frozen=True)
class _Ending:
    outcome: Outcome
    note: str | None
    gathered: Gathered
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    http_status: int | None = None
    error_code: str | None = None


class TenantCollection:
    """Reads the feeds of one tenant; nothing that goes wrong here reaches another tenant."""

    def __init__(self, context: RunContext, tenant: Tenant, client: GraphClient) -> None:
        self._context = context
        self._tenant = tenant
        self._client = client
        self._graph_date: datetime | None = None
        self._is_premium = False

    async def run(self, feeds: Sequence[Feed], report: Callable[[LogRow], None]) -> TenantRows:
        """The rows and log of these feeds. Feeds that know their own dates come first: they
        show Graph's clock, and on another day than the run's the rest need not be asked."""
        log: list[LogRow] = []
        rows: list[FeedRows] = []

        async def one(feed: Feed, refused: FeedError | None) -> None:
            started, tally = datetime.now(UTC), Tally()
            ending = await self._end(feed, tally, refused)
            row = self._log_row(feed, ending, tally, started)
            if ending.outcome is Outcome.OK:
                rows.append(FeedRows(row.collected_at, ending.tables))
            log.append(row)
            report(row)

        refused = await self._sign_in(feeds)
        for feed in feeds:
            if feed.dated:
                await one(feed, refused)
        await asyncio.gather(*(one(feed, refused) for feed in feeds if not feed.dated))
        return TenantRows(self._tenant.tenant_id, rows, log)

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

    async def _end(self, feed: Feed, tally: Tally, refused: FeedError | None) -> _Ending:
        """Read one feed, and make whatever happens an ending."""
        reading = self._reading(feed, tally)
        try:
            self._refuse_early(feed, refused)
            gathered = await reading.read()
            tables = gathered.merged()
        except FeedError as error:
            return self._refusal(error)
        except Exception as error:
            return self._refusal(self._bug(error))
        finally:
            self._graph_date = self._graph_date or tally.date
            if isinstance(reading, ScoreReading):
                self._is_premium |= bool(reading.services & _PREMIUM)
        outcome = Outcome.OK if gathered.received else Outcome.EMPTY
        return _Ending(outcome, gathered.note, gathered, tables)

    def _reading(self, feed: Feed, tally: Tally) -> FeedReading:
        context = self._context
        common = (self._client, feed, context.run_date, tally, context.pseudonyms)
        if feed.dated:
            return ScoreReading(*common, history=context.history)
        return FeedReading(*common)

    def _refuse_early(self, feed: Feed, refused: FeedError | None) -> None:
        """Raise what is known without asking Graph."""
        if self._tenant.cloud.name in feed.absent_clouds:
            note = f"the cloud {self._tenant.cloud.name} does not offer this; nothing to do"
            raise FeedError(Outcome.NOT_IN_CLOUD, note)
        if refused:
            raise refused
        seen = self._graph_date
        if seen and not feed.dated and seen.date() != self._context.run_date:
            raise not_for_this_date(self._context.run_date, seen.date())

    def _refusal(self, error: FeedError) -> _Ending:
        outcome, note = error.outcome, str(error)
        if error.error_code == NON_PREMIUM and self._is_premium:
            outcome = Outcome.UNAVAILABLE
            note = "Graph's licence check failed although the tenant is licensed; run again later"
        return _Ending(
            outcome,
            note,
            Gathered(),
            http_status=error.http_status,
            error_code=error.error_code,
        )

    def _bug(self, error: Exception) -> FeedError:
        # No traceback of values: an exception's text may quote what a tenant sent.
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else "?"
        cause = f"{type(error).__name__} in {where}"
        _LOG.error("tenant %s: unexpected %s", self._tenant.tenant_id, cause)
        note = f"reading failed on our side ({cause}); report it, the other tenants are complete"
        return FeedError(Outcome.BAD_RESPONSE, note, error_code="internal_error")

    def _log_row(self, feed: Feed, ending: _Ending, tally: Tally, started: datetime) -> LogRow:
        is_ok = ending.outcome is Outcome.OK
        now = datetime.now(UTC)
        return LogRow(
            tenant_id=self._tenant.tenant_id,
            extract_date=self._context.run_date,
            collected_at=tally.date or self._graph_date or now,
            run_id=self._context.run_id,
            feed=feed.name,
            outcome=ending.outcome.value,
            http_status=ending.http_status or tally.http_status,
            error_code=ending.error_code,
            request_id=tally.request_id,
            requests=tally.requests,
            retries=tally.retries,
            pages=tally.pages,
            rows=ending.gathered.written if is_ok else 0,
            bytes=tally.bytes,
            started_at=started,
            finished_at=now,
            unknown_fields=",".join(sorted(ending.gathered.unknown)) or None,
            note=ending.note,
        )
