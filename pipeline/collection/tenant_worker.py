"""A worker process: reads whole groups of tenants into the lake, as the process above it says.

It ends with that process, however that ends, and leaves Ctrl-C to it.
"""

import asyncio
import sys
from importlib.abc import MetaPathFinder
from io import RawIOBase
from typing import Any

import pyarrow as pa

from pipeline.collection.line import Group
from pipeline.collection.messages import Done, Job, Read, Wanted, Work
from pipeline.collection.run import rarely_collected, run_tenants
from pipeline.graph.connections import quiet_loggers
from pipeline.lake.log import LogRow
from pipeline.lake.parts import Lake
from pipeline.workers.inside import leave, listen, own_pipes, told
from pipeline.workers.pipes import receive, send


def main() -> None:
    """Do the job that comes on standard input and tell of it on standard output."""
    _spare_pandas()
    inbox, outbox = own_pipes()
    # What Arrow frees goes back to the system at once: several of these stand side by side.
    pa.set_memory_pool(pa.system_memory_pool())
    quiet_loggers()
    error: BaseException | None = None
    try:
        job: Job = receive(inbox)
        with rarely_collected():
            asyncio.run(_work(job, inbox, outbox))
    except (EOFError, BrokenPipeError):
        leave()
    except BaseException as raised:
        error = told(raised)
    try:
        send(outbox, Done(error))
    finally:
        leave()


class _WithoutPandas(MetaPathFinder):
    """Says that pandas is not there."""

    def find_spec(self, name: str, *_: Any) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def _spare_pandas() -> None:
    """Have pyarrow find out that there is no pandas, which it asks once.

    It would load it to ask whether a list is one of its own: 0.3 s and 40 MB for nothing.
    """
    sys.meta_path.insert(0, _WithoutPandas())
    pa.array([None])
    del sys.meta_path[0]


async def _work(job: Job, inbox: RawIOBase, outbox: RawIOBase) -> None:
    groups: asyncio.Queue[Group | None] = asyncio.Queue()
    groups.put_nowait(job.first.group)
    loop = asyncio.get_running_loop()

    def heard(work: Work | None) -> None:
        loop.call_soon_threadsafe(groups.put_nowait, None if work is None else work.group)

    listen(inbox, heard)
    is_first = True

    async def take() -> Group | None:
        nonlocal is_first
        if not is_first:
            send(outbox, Wanted())
        is_first = False
        return await groups.get()

    def report(row: LogRow) -> None:
        send(outbox, Read(row))

    await run_tenants(job.context, take, Lake(job.lake), report)
