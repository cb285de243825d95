"""Shards built one after the other here, or side by side in processes that know nothing of dbt."""

import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from pipeline.errors import PostureError
from pipeline.warehouse.nodes import NodeResult
from pipeline.warehouse.shard_build import ShardResult, ShardTask, build_shard
from pipeline.workers.worker import Inbox, Worker, next_message

_WORKER = "pipeline.warehouse.shard_worker"


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
    for result in _side_by_side(deque(tasks), workers):
        for node in result.nodes if on_event is not None else ():
            on_event(node)  # type: ignore[misc]
        yield result


def _side_by_side(waiting: deque[ShardTask], workers: int) -> Iterator[ShardResult]:
    inbox: Inbox = queue.SimpleQueue()
    started: list[Worker] = []
    missing = len(waiting)
    try:
        for _ in range(min(workers, missing)):
            started.append(Worker(_WORKER, waiting.popleft(), inbox))
        while missing:
            worker, message = next_message(inbox)
            if isinstance(message, BaseException):
                raise message
            if message is None:
                raise PostureError(
                    f"a process that built a shard of tenants {worker.ending}, most likely for "
                    "want of memory; `posture build` goes on where it stopped"
                )
            missing -= 1
            if waiting:
                worker.tell(waiting.popleft())
            yield message
    finally:
        for worker in started:
            worker.end()
