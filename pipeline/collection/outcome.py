"""What a collection amounts to: is anything missing, and did anything arrive at all?"""

from pipeline.collection.collect import CollectResult
from pipeline.errors import PostureError
from pipeline.graph.outcomes import COMMITTED, COMPLETE, Outcome
from pipeline.lake.log import LogRow


class NothingCollectedError(PostureError):
    """No feed of any tenant could be read; build and publish would have nothing to add."""


def missing(result: CollectResult) -> list[LogRow]:
    """The feeds that should have arrived and did not.

    Of a day that was asked for, what Graph only knows as of now is not missing; where none was,
    it is.
    """
    present = COMPLETE if result.clock is None else COMPLETE - {Outcome.NOT_FOR_THIS_DATE}
    return [row for row in result.log if row.outcome not in present]


def require_something(result: CollectResult) -> None:
    """Raise NothingCollectedError where feeds are missing and nothing at all arrived."""
    absent = missing(result)
    arrived = result.skipped or any(row.outcome in COMMITTED for row in result.log)
    if absent and not arrived:
        clock = result.clock.trouble if result.clock else None
        reasons = [described(absent[0]), *([clock] if clock else [])]
        raise NothingCollectedError(f"nothing could be collected; {'; '.join(reasons)}")


def described(row: LogRow) -> str:
    """One line for a person: tenant, feed, what happened and what to do."""
    return f"tenant {row.tenant_id}, feed {row.feed}: {row.outcome}: {row.note or 'run it again'}"
