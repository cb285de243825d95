"""Finished tenants on their way into the lake, gathered into parts of bounded size."""

import asyncio
import contextlib
import ctypes

import pyarrow as pa

from pipeline.collection.share import Share
from pipeline.lake.parts import Lake, TenantRows

MAX_TENANTS = 50
MAX_BYTES = 64 * 2**20
# What waits longer is written, so that a slow run that is killed has little to repeat.
_MAX_WAIT = 60.0


class PartBuffer:
    """Writes a part when a group of tenants is through, whenever more than 50 tenants or 64 MB
    would wait, and every minute. No part holds tenants of two groups.

    While a part is written no tenant is taken in, which bounds the memory of a fast run.
    """

    def __init__(self, lake: Lake, *, run_id: str, share: Share) -> None:
        self._lake = lake
        self._run_id = run_id
        self._parts = share.parts
        # Processes side by side hold together what one may.
        self._max_bytes = MAX_BYTES // share.of
        self._waiting: dict[int, list[TenantRows]] = {}
        self._lock = asyncio.Lock()

    async def add(self, rows: TenantRows, *, group: int) -> None:
        """Take in what is finished of one tenant of a group. Raises PostureError when the lake
        cannot be written."""
        async with self._lock:
            mine = self._waiting.get(group, [])
            if len({one.tenant_id for one in mine} | {rows.tenant_id}) > MAX_TENANTS:
                await self._write(group)
            while (
                self._waiting
                and sum(map(_nbytes, self._waiting.values())) > self._max_bytes - rows.nbytes
            ):
                await self._write(max(self._waiting, key=lambda one: _nbytes(self._waiting[one])))
            self._waiting.setdefault(group, []).append(rows)

    async def flush_regularly(self, stopped: asyncio.Event) -> None:
        """Write what waits every minute, until the event is set."""
        while not stopped.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _MAX_WAIT)
            await self.flush()

    async def flush(self, group: int | None = None) -> None:
        """Write what still waits, of one group or of all."""
        async with self._lock:
            for one in [*self._waiting] if group is None else [group]:
                await self._write(one)

    async def _write(self, group: int) -> None:
        tenants = self._waiting.pop(group, [])
        if not tenants:
            return
        for day in sorted({row.extract_date for one in tenants for row in one.log}):
            await asyncio.to_thread(
                self._lake.write_part,
                [one.of_day(day) for one in tenants],
                run_id=self._run_id,
                extract_date=day,
                part=next(self._parts),
            )
        await asyncio.to_thread(release_unused)


def _nbytes(waiting: list[TenantRows]) -> int:
    return sum(one.nbytes for one in waiting)


def release_unused() -> None:
    """Return freed memory to the system, where the platform's allocator can.

    Pages of JSON leave holes between what stays; in a run over hundreds of tenants glibc would
    hold hundreds of megabytes of them.
    """
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
