"""Many tenants at once, each with a client of its own on connections that they share."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

from pipeline.config.bounds import Bounds
from pipeline.config.settings import Tenant
from pipeline.graph.bounded_client import BoundedClient
from pipeline.graph.client import GraphClient, Workers
from pipeline.graph.connections import Connections
from pipeline.graph.limits import shared_gates
from pipeline.graph.retry import RetryPolicy

# A tenant spends its time waiting: Graph takes one request a second for risk and Conditional
# Access.
_TENANTS_AT_ONCE = 32
_SIGN_INS_AT_ONCE = 8

Work = Callable[[Tenant, GraphClient], Awaitable[None]]
Take = Callable[[], Awaitable[Tenant | None]]


async def each_tenant(
    tenants: Sequence[Tenant], work: Work, *, policy: RetryPolicy, bounds: Bounds
) -> None:
    """Do `work` for every tenant, so many side by side.

    What it raises ends the others and comes in an exception group.
    """
    waiting = iter(tenants)

    async def take() -> Tenant | None:
        return next(waiting, None)

    await each_taken(take, work, policy=policy, bounds=bounds)


async def each_taken(
    take: Take, work: Work, *, policy: RetryPolicy, bounds: Bounds, processes: int = 1
) -> None:
    """Do `work` for every tenant that `take` gives, so many side by side.

    With several processes this one keeps to its part of the limits that all tenants share.
    What `work` raises ends the others and comes in an exception group.
    """
    trust: dict[Path | None, Connections] = {}
    shared = shared_gates(processes)
    with (
        ThreadPoolExecutor(_SIGN_INS_AT_ONCE, "sign-in") as sign_in,
        ThreadPoolExecutor(1, "pages") as pages,
    ):
        workers = Workers(sign_in, pages)

        async def one_after_the_other() -> None:
            async with AsyncExitStack() as stack:
                pools: dict[Path | None, BoundedClient] = {}
                while tenant := await take():
                    bundle = tenant.cloud.ca_bundle
                    if bundle not in trust:
                        trust[bundle] = Connections(bundle)
                    if bundle not in pools:
                        pool = trust[bundle].graph(bounds.response_bytes)
                        pools[bundle] = await stack.enter_async_context(pool)
                    client = GraphClient(
                        tenant,
                        trust[bundle],
                        pools[bundle],
                        policy=policy,
                        workers=workers,
                        bounds=bounds,
                        shared=shared,
                    )
                    await work(tenant, client)

        async with asyncio.TaskGroup() as group:
            for _ in range(_TENANTS_AT_ONCE):
                group.create_task(one_after_the_other())
    for connections in trust.values():
        connections.close()
