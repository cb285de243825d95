"""Microsoft's published limits, kept on this side so that they are never met on the other."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from pipeline.graph.feed import Workload


@dataclass(frozen=True)
class Limit:
    """So many units in any window of seconds, and so many requests at once.

    Where it counts requests, each is one unit, whatever it costs the directory.
    """

    units: int
    seconds: float
    concurrent: int
    counts_requests: bool = False


# Microsoft, "Graph throttling limits", per application and tenant: security 150 a minute and 4 at
# once; directory 3,500 units in 10 seconds in the smallest tenants; identity protection and
# Conditional Access together one a second, for all applications of a tenant; reports and sign-in
# activity 5 in 10 seconds; credentials of applications about 150 a minute.
LIMITS: Mapping[Workload, Limit] = {
    Workload.SECURITY: Limit(units=140, seconds=60.0, concurrent=4),
    Workload.DIRECTORY: Limit(units=3_300, seconds=10.0, concurrent=4),
    Workload.PROTECTION: Limit(units=1, seconds=1.05, concurrent=1, counts_requests=True),
    Workload.REPORTS: Limit(units=5, seconds=10.1, concurrent=2, counts_requests=True),
    Workload.CREDENTIALS: Limit(units=140, seconds=60.0, concurrent=2, counts_requests=True),
}


# Of one application over all its tenants: 150,000 units of the directory in 20 seconds. 130,000
# requests in 10 seconds, of whatever kind, are more than these processes can send.
SHARED_LIMITS: Mapping[Workload, Limit] = {
    Workload.DIRECTORY: Limit(units=140_000, seconds=20.0, concurrent=10_000),
}


class Gate:
    """Lets the requests of one tenant and workload through as fast as its limit allows.

    A request counts from its start until a window after its end: when it reached the server is
    known no better, and so no window of the server's can hold more than the limit.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._slots = asyncio.Semaphore(limit.concurrent)
        self._ended: deque[tuple[float, int]] = deque()
        self._used = 0

    @asynccontextmanager
    async def passing(self, units: int) -> AsyncIterator[None]:
        """Hold a slot for one request that costs so many units, waiting where it must."""
        units = 1 if self._limit.counts_requests else units
        async with self._slots:
            wait = self._wait(units)
            while wait > 0:
                await asyncio.sleep(wait)
                wait = self._wait(units)
            self._used += units
            try:
                yield
            finally:
                self._ended.append((time.monotonic(), units))

    def _wait(self, units: int) -> float:
        now = time.monotonic()
        while self._ended and now - self._ended[0][0] >= self._limit.seconds:
            self._used -= self._ended.popleft()[1]
        if self._used + units <= self._limit.units or not self._ended:
            return 0.0
        return self._ended[0][0] + self._limit.seconds - now


SharedGates = Mapping[Workload, Gate]


def shared_gates(processes: int = 1) -> SharedGates:
    """Gates for what all tenants of a process use together, where so many processes do."""
    return {
        workload: Gate(replace(limit, units=limit.units // processes))
        for workload, limit in SHARED_LIMITS.items()
    }


class Gates:
    """The gates that a tenant's requests pass: its own, and those that it shares with others."""

    def __init__(self, shared: SharedGates) -> None:
        self._own = {workload: Gate(limit) for workload, limit in LIMITS.items()}
        self._shared = shared

    @asynccontextmanager
    async def passing(self, workload: Workload, units: int) -> AsyncIterator[None]:
        """Hold a slot for one request of a workload, waiting where it must."""
        async with self._own[workload].passing(units):
            if workload not in self._shared:
                yield
                return
            async with self._shared[workload].passing(units):
                yield
