"""Many tenants examined at once, each on its own."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.collection.clients import each_tenant
from pipeline.config.bounds import Bounds
from pipeline.config.settings import Tenant
from pipeline.doctor.examination import Examination
from pipeline.doctor.findings import TenantFindings
from pipeline.graph.client import GraphClient
from pipeline.graph.connections import quiet_loggers
from pipeline.graph.feeds import FEEDS
from pipeline.graph.retry import RetryPolicy

# Somebody waits for the answer: a passing fault is waited out, an outage is reported.
_MAX_SECONDS = 60.0


def examine(
    tenants: Sequence[Tenant],
    report: Callable[[int], None] = lambda done: None,
    *,
    bounds: Bounds = Bounds(),  # noqa: B008  # frozen
) -> list[TenantFindings]:
    """What is found of each tenant, in their order; `report` gets how many are done.

    Raises UsageError for a bad POSTURE_RETRY_SECONDS; trouble with a tenant is a finding.
    """
    policy = RetryPolicy.from_environment()
    policy = replace(policy, seconds=min(policy.seconds, _MAX_SECONDS))
    quiet_loggers()
    found: dict[str, TenantFindings] = {}

    async def one(tenant: Tenant, client: GraphClient) -> None:
        found[tenant.tenant_id] = await Examination(tenant, client, tuple(FEEDS.values())).run()
        report(len(found))

    asyncio.run(each_tenant(tenants, one, policy=policy, bounds=bounds))
    return [found[tenant.tenant_id] for tenant in tenants]
