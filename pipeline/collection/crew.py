"""Several processes for one run: groups of tenants handed out, and what becomes of them told."""

import queue
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.collection.hand import Hand
from pipeline.collection.line import Group
from pipeline.collection.messages import Done, Job, Read, Wanted, Work
from pipeline.collection.run import Report
from pipeline.collection.run_context import RunContext
from pipeline.collection.share import Share
from pipeline.errors import PostureError
from pipeline.lake.parts import Lake

# A wait without end would not be interrupted on every system.
_LOOK_UP = 1.0


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
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    hands: list[Hand] = []
    fallen: list[Fallen] = []
    try:
        for place in range(min(workers, len(groups))):
            mine = replace(context, share=Share(place, workers))
            group = waiting.popleft()
            hands.append(Hand(Job(mine, lake.root, Work.of(group)), group, inbox))
        busy = set(hands)
        while busy:
            hand, message = _next(inbox)
            if isinstance(message, Read):
                report(message.row)
            elif isinstance(message, Wanted):
                hand.give(waiting.popleft() if waiting else None)
            elif isinstance(message, Done) and message.error is not None:
                raise message.error
            elif message is None:
                busy.discard(hand)
                if not hand.is_done:
                    fallen.append(Fallen(hand.ending, hand.groups))
    finally:
        for hand in hands:
            hand.end()
    if len(fallen) == len(hands):
        raise PostureError(
            f"not one process that reads tenants came through: the last {fallen[-1].ending}; look "
            "whether memory ran out (limits: workers takes fewer), then run again: what is "
            "complete is not read again"
        )
    return fallen


def _next(inbox: "queue.SimpleQueue[Any]") -> tuple[Hand, Any]:
    while True:
        try:
            found: tuple[Hand, Any] = inbox.get(timeout=_LOOK_UP)
        except queue.Empty:
            continue
        return found
