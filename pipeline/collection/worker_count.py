"""How many processes read tenants: one a core, where there is work and memory for them."""

import os
from collections.abc import Mapping
from math import ceil

from pipeline import machine
from pipeline.collection.groups import MAX_TENANTS
from pipeline.config.bounds import Bounds
from pipeline.errors import UsageError

VARIABLE = "POSTURE_WORKERS"
# What a worker holds at most, and what the process above it does, with Dagster in it.
_A_WORKER, _ABOVE = 256 * 2**20, 512 * 2**20


def worker_count(bounds: Bounds, tenants: int, environ: Mapping[str, str] | None = None) -> int:
    """Processes for so many tenants; 1: none beside the one that asks.

    `POSTURE_WORKERS` wins, then `limits: workers`. Raises UsageError for a bad value.
    """
    asked = _asked(os.environ if environ is None else environ) or bounds.workers
    if asked:
        return max(1, min(asked, tenants))
    memory = machine.memory()
    room = machine.cores() if memory is None else (memory - _ABOVE) // _A_WORKER
    # One that reads few tenants would take longer to start than to work.
    return max(1, min(machine.cores(), room, ceil(tenants / MAX_TENANTS)))


def _asked(environ: Mapping[str, str]) -> int | None:
    text = environ.get(VARIABLE)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) < 10**6):
        raise UsageError(f"{VARIABLE}: must be a whole number above 0; correct it")
    return int(text)
