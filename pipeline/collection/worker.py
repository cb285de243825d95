"""A worker process: reads whole groups of tenants into the lake, as the process above it says.

It ends with that process, however that ends, and leaves Ctrl-C to it.
"""

import asyncio
import logging
import os
import pickle
import sys
import threading
import traceback
from importlib.abc import MetaPathFinder
from io import RawIOBase
from typing import Any

import pyarrow as pa

from pipeline.collection.line import Group
from pipeline.collection.messages import Done, Job, Read, Wanted, receive, send
from pipeline.collection.run import rarely_collected, run_tenants
from pipeline.graph.connections import quiet_loggers
from pipeline.lake.log import LogRow
from pipeline.lake.parts import Lake


def main() -> None:
    """Do the job that comes on standard input and tell of it on standard output."""
    _spare_pandas()
    inbox, outbox = _pipes()
    # What Arrow frees goes back to the system at once: several of these stand side by side.
    pa.set_memory_pool(pa.system_memory_pool())
    logging.getLogger().addHandler(logging.NullHandler())
    quiet_loggers()
    error: BaseException | None = None
    try:
        job: Job = receive(inbox)
        with rarely_collected():
            asyncio.run(_work(job, inbox, outbox))
    except (EOFError, BrokenPipeError):
        _leave()
    except BaseException as raised:
        error = _told(raised)
    try:
        send(outbox, Done(error))
    finally:
        _leave()


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


def _pipes() -> tuple[RawIOBase, RawIOBase]:
    """The two pipes; what anything prints or asks for meets neither."""
    inbox: Any = os.fdopen(os.dup(0), "rb", buffering=0)
    outbox: Any = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return inbox, outbox


async def _work(job: Job, inbox: RawIOBase, outbox: RawIOBase) -> None:
    groups: asyncio.Queue[Group | None] = asyncio.Queue()
    groups.put_nowait(job.first.group)
    loop = asyncio.get_running_loop()

    def listen() -> None:
        try:
            while True:
                work = receive(inbox)
                loop.call_soon_threadsafe(groups.put_nowait, work and work.group)
        except (EOFError, OSError, RuntimeError):
            # The process above is gone: what it wrote counts, and nothing may be written after.
            _leave()

    threading.Thread(target=listen, name="groups", daemon=True).start()
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


def _told(error: BaseException) -> BaseException:
    """The error as it goes to the process above: itself with its traceback, or its words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _leave() -> None:
    """End at once: a thread still waits on the pipe."""
    os._exit(0)
