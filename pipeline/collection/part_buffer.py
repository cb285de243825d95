"""Finished tenants on their way into the lake, gathered into parts of bounded size."""

import asyncio
import contextlib
import ctypes

import pyarrow as pa

from pipeline.lake.parts import Lake, TenantRows

MAX_TENANTS = 50
MAX_BYTES = 64 * 2**20
# What waits longer is written, so that a slow run that is killed has little to repeat.
_MAX_WAIT = 60.0


class PartBuffer:
    """Writes a part whenever more than 50 tenants or 64 MB would wait, and every minute.

    While a part is written no tenant is taken in, which bounds the memory of a fast run.
    """

    def __init__(self, lake: Lake, *, run_id: str) -> None:
        self._lake = lake
        self._run_id = run_id
        self._part = 0
        self._waiting: list[TenantRows] = []
        self._nbytes = 0
        self._lock = asyncio.Lock()

    async def add(self, rows: TenantRows) -> None:
        """Take in what is finished of one tenant. Raises PostureError when the lake cannot be
        written."""
        nbytes = rows.nbytes
        async with self._lock:
            tenants = {one.tenant_id for one in self._waiting} | {rows.tenant_id}
            if self._waiting and (self._nbytes + nbytes > MAX_BYTES or len(tenants) > MAX_TENANTS):
                await self._write()
            self._waiting.append(rows)
            self._nbytes += nbytes

    async def flush_regularly(self, stopped: asyncio.Event) -> None:
        """Write what waits every minute, until the event is set."""
        while not stopped.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _MAX_WAIT)
            await self.flush()

    async def flush(self) -> None:
        """Write what still waits."""
        async with self._lock:
            if self._waiting:
                await self._write()

    async def _write(self) -> None:
        tenants, self._waiting, self._nbytes = self._waiting, [], 0
        for day in sorted({row.extract_date for one in tenants for row in one.log}):
            self._part += 1
            await asyncio.to_thread(
                self._lake.write_part,
                [one.of_day(day) for one in tenants],
                run_id=self._run_id,
                extract_date=day,
                part=self._part,
            )
        await asyncio.to_thread(release_unused)


def release_unused() -> None:
    """Return freed memory to the system, where the platform's allocator can.

    Pages of JSON leave holes between what stays; in a run over hundreds of tenants glibc would
    hold hundreds of megabytes of them.
    """
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
