"""Several processes for one run: groups of tenants handed out, and what becomes of them told."""

import queue
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.collection.line import Group
from pipeline.collection.messages import Done, Job, Read, Wanted, Work
from pipeline.collection.run import Report
from pipeline.collection.run_context import RunContext
from pipeline.collection.share import Share
from pipeline.errors import PostureError
from pipeline.lake.parts import Lake
from pipeline.workers.worker import Inbox, Worker, next_message

_WORKER = "pipeline.collection.tenant_worker"


@dataclass(frozen=True)
class Fallen:
    """A worker that ended before its work: how, and the groups that it had."""

    ending: str
    groups: Sequence[Group]


def work_side_by_side(
    context: RunContext, groups: Sequence[Group], lake: Lake, report: Report, *, workers: int
) -> list[Fallen]:
    """Read the groups in so many processes; those that fell are told when the others are done.

    Raises what a worker raised, and PostureError where not one came through; then all are ended.
    """
    waiting = deque(groups)
    inbox: Inbox = queue.SimpleQueue()
    given: dict[Worker, list[Group]] = {}
    fallen: list[Fallen] = []
    try:
        for place in range(min(workers, len(groups))):
            mine = replace(context, share=Share(place, workers))
            group = waiting.popleft()
            given[Worker(_WORKER, Job(mine, lake.root, Work.of(group)), inbox)] = [group]
        busy, done = set(given), set[Worker]()
        while busy:
            worker, message = next_message(inbox)
            if isinstance(message, Read):
                report(message.row)
            elif isinstance(message, Wanted):
                more = [waiting.popleft()] if waiting else []
                given[worker] += more
                worker.tell(Work.of(more[0]) if more else None)
            elif isinstance(message, Done) and message.error is not None:
                raise message.error
            elif isinstance(message, Done):
                done.add(worker)
            else:
                busy.discard(worker)
                if worker not in done:
                    fallen.append(Fallen(worker.ending, given[worker]))
    finally:
        for worker in given:
            worker.end()
    if len(fallen) == len(given):
        raise PostureError(
            f"not one process that reads tenants came through: the last {fallen[-1].ending}; look "
            "whether memory ran out (limits: workers takes fewer), then run again: what is "
            "complete is not read again"
        )
    return fallen
