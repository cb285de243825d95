"""One run over many tenants: each on its own, into parts as they finish."""

import asyncio
from collections.abc import Callable, Sequence

from pipeline.collection.clients import each_tenant
from pipeline.collection.part_buffer import PartBuffer
from pipeline.collection.run_context import RunContext
from pipeline.collection.tenant import TenantCollection
from pipeline.config.settings import Tenant
from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.lake.log import LogRow
from pipeline.lake.parts import Lake

# Months of scores keep the cores busy and fill memory, so fewer tenants read them at once.
MAX_AT_ONCE_HEAVY = 6

Todo = Sequence[tuple[Tenant, Sequence[Feed]]]


async def run_tenants(
    context: RunContext, todo: Todo, lake: Lake, report: Callable[[LogRow], None]
) -> None:
    """Read the feeds of every tenant and write their parts; `report` gets each log row.

    Raises PostureError, in an exception group, when the lake cannot be written.
    """
    buffer = PartBuffer(lake, run_id=context.run_id)
    feeds = {tenant.tenant_id: wanted for tenant, wanted in todo}

    async def read(tenant: Tenant, client: GraphClient) -> None:
        collection = TenantCollection(context, tenant, client)
        await collection.run(feeds[tenant.tenant_id], report, buffer.add)

    async with asyncio.TaskGroup() as group:
        finished = asyncio.Event()
        group.create_task(buffer.flush_regularly(finished))
        tenants = [tenant for tenant, _ in todo]
        await each_tenant(tenants, read, policy=context.policy, bounds=context.bounds)
        finished.set()
