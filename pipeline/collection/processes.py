"""Groups of tenants read in this process, or in several beside it."""

import asyncio
from collections.abc import Iterator, Sequence

from pipeline.collection.crew import Fallen, work_side_by_side
from pipeline.collection.line import Group, in_turn
from pipeline.collection.run import Report, rarely_collected, run_tenants
from pipeline.collection.run_context import RunContext
from pipeline.errors import PostureError
from pipeline.lake.parts import Lake


def read_groups(
    context: RunContext, groups: Sequence[Group], lake: Lake, report: Report, *, workers: int
) -> list[Fallen]:
    """Read all groups and write their parts; `report` gets each log row as a feed ends.

    A worker process that fell is told; what it left half-written is cleared. Raises PostureError
    when the lake cannot be written.
    """
    if workers == 1:
        _read_here(context, groups, lake, report)
        return []
    try:
        fallen = work_side_by_side(context, groups, lake, report, workers=workers)
    except BaseException:
        # By then all workers are ended.
        lake.prepare()
        raise
    if fallen:
        lake.prepare()
    return fallen


def _read_here(context: RunContext, groups: Sequence[Group], lake: Lake, report: Report) -> None:
    try:
        with rarely_collected():
            asyncio.run(run_tenants(context, in_turn(groups), lake, report))
    # What `except*` raises some releases of Python wrap in a group again.
    except BaseExceptionGroup as group:
        told = group.subgroup(PostureError)
        if told is None:
            raise
        raise next(_leaves(told)) from None


def _leaves(group: BaseExceptionGroup[PostureError]) -> Iterator[PostureError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
