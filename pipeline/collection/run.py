"""One process of a run over many tenants: each on its own, into parts as they finish."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.collection.clients import each_taken
from pipeline.collection.line import Line, TakeGroup
from pipeline.collection.part_buffer import PartBuffer
from pipeline.collection.run_context import RunContext
from pipeline.collection.tenant import TenantCollection
from pipeline.config.settings import Tenant
from pipeline.graph.client import GraphClient
from pipeline.lake.log import LogRow
from pipeline.lake.parts import Lake, TenantRows

Report = Callable[[LogRow], None]

# A page of records is thousands of objects, none of which is ever part of a cycle.
_GC_THRESHOLDS = (100_000, 20, 50)


async def run_tenants(
    context: RunContext, take_group: TakeGroup, lake: Lake, report: Report
) -> None:
    """Read the feeds of every tenant of every group and write their parts; `report` gets each log
    row. Raises PostureError, in an exception group, when the lake cannot be written.
    """
    buffer = PartBuffer(lake, run_id=context.run_id, share=context.share)
    line, heavy = Line(take_group), asyncio.Semaphore(context.share.heavy)

    async def read(tenant: Tenant, client: GraphClient) -> None:
        group = line.group(tenant)

        async def emit(rows: TenantRows) -> None:
            await buffer.add(rows, group=group)

        await TenantCollection(context, tenant, client, heavy).run(line.feeds(tenant), report, emit)
        if line.done(tenant):
            await buffer.flush(group)

    async with asyncio.TaskGroup() as tasks:
        finished = asyncio.Event()
        tasks.create_task(buffer.flush_regularly(finished))
        await each_taken(
            line.take,
            read,
            policy=context.policy,
            bounds=context.bounds,
            processes=context.share.of,
        )
        finished.set()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Keep the garbage collector from walking what is loaded by now, and every page of records."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
