"""One run over many tenants: so many at once, each on its own, into parts as they finish."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from pipeline.collection_log import LogRow
from pipeline.config import Tenant
from pipeline.graph.client import GraphClient, Workers
from pipeline.graph.connections import Connections
from pipeline.graph.feed import Feed
from pipeline.lake import Lake
from pipeline.part_buffer import PartBuffer
from pipeline.tenant_collection import RunContext, TenantCollection

# A tenant spends its time waiting: Graph takes one request a second for risk and Conditional
# Access. Months of scores keep the cores busy and fill memory, so fewer are read at once.
_TENANTS_AT_ONCE = 32
MOST_AT_ONCE_HEAVY = 6
_SIGN_INS_AT_ONCE = 8

Todo = Sequence[tuple[Tenant, Sequence[Feed]]]


async def run_tenants(
    context: RunContext, todo: Todo, lake: Lake, report: Callable[[LogRow], None]
) -> None:
    """Read the feeds of every tenant and write their parts; `report` gets each log row.

    Raises PostureError, in an exception group, when the lake cannot be written.
    """
    buffer = PartBuffer(lake, run_id=context.run_id, extract_date=context.run_date)
    waiting = iter(todo)
    trust = {bundle: Connections(bundle) for bundle in {one.cloud.ca_bundle for one, _ in todo}}
    with (
        ThreadPoolExecutor(_SIGN_INS_AT_ONCE, "sign-in") as sign_in,
        ThreadPoolExecutor(1, "pages") as pages,
    ):
        workers = Workers(sign_in, pages)
        async with asyncio.TaskGroup() as group:
            finished = asyncio.Event()
            group.create_task(buffer.flush_regularly(finished))
            async with asyncio.TaskGroup() as tenants:
                for _ in range(min(_TENANTS_AT_ONCE, len(todo))):
                    tenants.create_task(_work(context, waiting, trust, workers, buffer, report))
            finished.set()
    for connections in trust.values():
        connections.close()


async def _work(
    context: RunContext,
    waiting: Iterator[tuple[Tenant, Sequence[Feed]]],
    trust: dict[Path | None, Connections],
    workers: Workers,
    buffer: PartBuffer,
    report: Callable[[LogRow], None],
) -> None:
    """Take one tenant after the other until none waits."""
    async with _pools(trust) as pools:
        for tenant, feeds in waiting:
            bundle = tenant.cloud.ca_bundle
            client = GraphClient(
                tenant, trust[bundle], pools[bundle], policy=context.policy, workers=workers
            )
            await TenantCollection(context, tenant, client).run(feeds, report, buffer.add)


@asynccontextmanager
async def _pools(
    trust: dict[Path | None, Connections],
) -> AsyncIterator[dict[Path | None, httpx.AsyncClient]]:
    pools = {bundle: connections.graph() for bundle, connections in trust.items()}
    try:
        yield pools
    finally:
        for pool in pools.values():
            await pool.aclose()
