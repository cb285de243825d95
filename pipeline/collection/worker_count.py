"""How many processes read tenants: one a core, where there is work and memory for them."""

import sys
from collections.abc import Mapping
from math import ceil

from pipeline import machine
from pipeline.config.bounds import Bounds
from pipeline.lake.shards import TENANTS_PER_SHARD

# What a worker holds at most, and what the process above it does, with Dagster in it.
_A_WORKER, _ABOVE = 256 * 2**20, 512 * 2**20


def worker_count(bounds: Bounds, tenants: int, environ: Mapping[str, str] | None = None) -> int:
    """Processes for so many tenants; 1: none beside the one that asks.

    `POSTURE_WORKERS` wins, then `limits: workers`. Raises UsageError for a bad value.
    """
    if not sys.executable:
        return 1  # Python inside of another program, which cannot be started again
    asked = machine.asked_workers(environ) or bounds.workers
    if asked:
        return max(1, min(asked, tenants))
    memory = machine.memory()
    room = machine.cores() if memory is None else (memory - _ABOVE) // _A_WORKER
    # One that reads few tenants would take longer to start than to work.
    return max(1, min(machine.cores(), room, ceil(tenants / TENANTS_PER_SHARD)))
