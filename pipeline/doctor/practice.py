"""Many tenants examined at once, each on its own."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace

from pipeline.config import Tenant
from pipeline.doctor.examination import Examination
from pipeline.doctor.findings import TenantFindings
from pipeline.graph.client import GraphClient, Workers
from pipeline.graph.connections import Connections, quiet_loggers
from pipeline.graph.feeds import FEEDS
from pipeline.graph.retry import RetryPolicy

# They mostly wait: identity protection and Conditional Access answer once a second.
_TENANTS_AT_ONCE = 32
_SIGN_INS_AT_ONCE = 8
# Somebody waits for the answer: a passing fault is waited out, an outage is reported.
_LONGEST_SECONDS = 60.0


def examine(
    tenants: Sequence[Tenant], report: Callable[[int], None] = lambda done: None
) -> list[TenantFindings]:
    """What is found of each tenant, in their order; `report` gets how many are done.

    Raises UsageError for a bad POSTURE_RETRY_SECONDS; trouble with a tenant is a finding.
    """
    policy = RetryPolicy.from_environment()
    policy = replace(policy, seconds=min(policy.seconds, _LONGEST_SECONDS))
    quiet_loggers()
    return asyncio.run(_examine(tenants, policy, report))


async def _examine(
    tenants: Sequence[Tenant], policy: RetryPolicy, report: Callable[[int], None]
) -> list[TenantFindings]:
    trust = {bundle: Connections(bundle) for bundle in {one.cloud.ca_bundle for one in tenants}}
    found: dict[str, TenantFindings] = {}
    waiting = iter(tenants)
    with (
        ThreadPoolExecutor(_SIGN_INS_AT_ONCE, "sign-in") as sign_in,
        ThreadPoolExecutor(1, "pages") as pages,
    ):
        workers = Workers(sign_in, pages)

        async def work() -> None:
            async with AsyncExitStack() as stack:
                pools = {
                    bundle: await stack.enter_async_context(connections.graph())
                    for bundle, connections in trust.items()
                }
                for tenant in waiting:
                    bundle = tenant.cloud.ca_bundle
                    client = GraphClient(
                        tenant, trust[bundle], pools[bundle], policy=policy, workers=workers
                    )
                    examination = Examination(tenant, client, tuple(FEEDS.values()))
                    found[tenant.tenant_id] = await examination.run()
                    report(len(found))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_TENANTS_AT_ONCE, len(tenants))):
                group.create_task(work())
    for connections in trust.values():
        connections.close()
    return [found[tenant.tenant_id] for tenant in tenants]
