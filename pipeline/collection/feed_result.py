"""How one feed of one tenant ended, and its row in the collection log."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from pipeline.collection.run_context import RunContext
from pipeline.graph.outcomes import NON_PREMIUM, FeedError, Outcome
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.task import Task
from pipeline.lake.log import LogRow, counted

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class FeedResult:
    """An outcome with its cause, and the rows by lake table where there are any."""

    outcome: Outcome
    note: str | None
    gathered: Gathered
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    http_status: int | None = None
    error_code: str | None = None


def refused(error: FeedError, *, is_premium: bool | None) -> FeedResult:
    """The ending of a feed that gave no rows."""
    outcome, note = error.outcome, str(error)
    if error.error_code == NON_PREMIUM and is_premium:
        outcome = Outcome.UNAVAILABLE
        note = "Graph's licence check failed although the tenant is licensed; run again later"
    return FeedResult(
        outcome, note, Gathered(), http_status=error.http_status, error_code=error.error_code
    )


def unexpected(error: Exception, *, tenant_id: str) -> FeedError:
    """What nobody foresaw, as the refusal of this feed alone."""
    # No traceback of values: an exception's text may quote what a tenant sent.
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else "?"
    cause = f"{type(error).__name__} in {where}"
    _LOG.error("tenant %s: unexpected %s", tenant_id, cause)
    note = f"reading failed on our side ({cause}); report it, the other tenants are complete"
    return FeedError(Outcome.BAD_RESPONSE, note, error_code="internal_error")


def log_row(
    task: Task,
    result: FeedResult,
    context: RunContext,
    *,
    started: datetime,
    graph_date: datetime | None,
) -> LogRow:
    """The log row of a feed; `graph_date` is Graph's clock where the feed itself did not see it."""
    is_ok, tally = result.outcome is Outcome.OK, task.tally
    now = context.now()
    return LogRow(
        tenant_id=task.tenant_id,
        extract_date=context.day_of(tally.date),
        collected_at=tally.date or graph_date or now,
        run_id=context.run_id,
        feed=task.feed.name,
        outcome=result.outcome.value,
        http_status=result.http_status or tally.http_status,
        error_code=result.error_code,
        request_id=tally.request_id,
        requests=tally.requests,
        retries=tally.retries,
        pages=tally.pages,
        rows=result.gathered.written if is_ok else 0,
        bytes=tally.bytes,
        started_at=started,
        finished_at=now,
        unknown_fields=",".join(sorted(result.gathered.unknown)) or None,
        note=result.note,
        table_rows=counted(result.tables),
    )
