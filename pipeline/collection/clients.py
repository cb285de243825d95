"""Many tenants at once, each with a client of its own on connections that they share."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

from pipeline.config.bounds import Bounds
from pipeline.config.settings import Tenant
from pipeline.graph.client import GraphClient, Workers
from pipeline.graph.connections import Connections
from pipeline.graph.retry import RetryPolicy

# A tenant spends its time waiting: Graph takes one request a second for risk and Conditional
# Access.
_TENANTS_AT_ONCE = 32
_SIGN_INS_AT_ONCE = 8

Work = Callable[[Tenant, GraphClient], Awaitable[None]]


async def each_tenant(
    tenants: Sequence[Tenant], work: Work, *, policy: RetryPolicy, bounds: Bounds
) -> None:
    """Do `work` for every tenant, so many side by side.

    What it raises ends the others and comes in an exception group.
    """
    waiting = iter(tenants)
    trust = {bundle: Connections(bundle) for bundle in {one.cloud.ca_bundle for one in tenants}}
    with (
        ThreadPoolExecutor(_SIGN_INS_AT_ONCE, "sign-in") as sign_in,
        ThreadPoolExecutor(1, "pages") as pages,
    ):
        workers = Workers(sign_in, pages)

        async def one_after_the_other() -> None:
            async with AsyncExitStack() as stack:
                pools = {
                    bundle: await stack.enter_async_context(
                        connections.graph(bounds.response_bytes)
                    )
                    for bundle, connections in trust.items()
                }
                for tenant in waiting:
                    bundle = tenant.cloud.ca_bundle
                    client = GraphClient(
                        tenant,
                        trust[bundle],
                        pools[bundle],
                        policy=policy,
                        workers=workers,
                        bounds=bounds,
                    )
                    await work(tenant, client)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_TENANTS_AT_ONCE, len(tenants))):
                group.create_task(one_after_the_other())
    for connections in trust.values():
        connections.close()
