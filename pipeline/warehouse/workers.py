"""Shards built side by side, each worker a process that knows DuckDB and nothing of dbt."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from pipeline.errors import PostureError
from pipeline.warehouse.nodes import NodeResult
from pipeline.warehouse.shard_build import ShardResult, ShardTask, build_shard


def build_shards(
    tasks: Sequence[ShardTask],
    workers: int,
    on_event: Callable[[NodeResult], None] | None = None,
) -> Iterator[ShardResult]:
    """Every shard's result as it ends; those that failed do not keep the others from theirs.

    Raises PostureError where a worker was killed: what it had not committed is built next time.
    """
    if min(workers, len(tasks)) <= 1:
        for task in tasks:
            yield build_shard(task, on_event)
        return
    pool = ProcessPoolExecutor(
        min(workers, len(tasks)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_end_with_parent,
    )
    try:
        futures = [pool.submit(build_shard, task) for task in tasks]
        for future in as_completed(futures):
            result = future.result()
            for node in result.nodes if on_event is not None else ():
                on_event(node)  # type: ignore[misc]
            yield result
    except BrokenProcessPool as error:
        raise PostureError(
            "a process that built a shard of tenants was killed, most likely for want of memory; "
            "`posture build` goes on where it stopped"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for it for ever, and hold its shard."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
