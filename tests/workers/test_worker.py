"""A worker that is killed at any moment ends what is said to and by it, and nobody waits."""

import os
import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeline.workers import worker as module
from pipeline.workers.worker import Inbox, Worker
from tests.processes import PATIENCE, children, wait_until
from tests.workers.talker import MUCH


def heard(inbox: Inbox) -> Any:
    """A worker and what it says; fails where it says nothing."""
    return inbox.get(timeout=PATIENCE)


@contextmanager
def talker(inbox: Inbox, first: bytes) -> Iterator[Worker]:
    worker = Worker("tests.workers.talker", first, inbox)
    try:
        yield worker
    finally:
        worker.end()


def test_messages_larger_than_a_pipe_come_whole_and_what_is_printed_does_not() -> None:
    inbox: Inbox = queue.SimpleQueue()
    with talker(inbox, bytes(MUCH)) as worker:
        assert heard(inbox) == (worker, MUCH)
        assert heard(inbox) == (worker, bytes(MUCH))


def test_a_worker_killed_amid_a_message_says_no_more_though_another_lives() -> None:
    inbox: Inbox = queue.SimpleQueue()
    others: Inbox = queue.SimpleQueue()
    before = set(children(os.getpid()))
    with talker(inbox, b"") as worker:
        [killed] = set(children(os.getpid())) - before
        with talker(others, b""):
            heard(inbox)
            os.kill(killed, signal.SIGKILL)
            while heard(inbox)[1] is not None:
                pass
            assert worker.ending == "was ended by SIGKILL"


def test_a_worker_that_never_reads_its_first_message_is_no_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_BEGIN", "import time; time.sleep(600)")
    inbox: Inbox = queue.SimpleQueue()
    before = set(children(os.getpid()))
    with talker(inbox, bytes(MUCH)) as worker:
        wait_until(lambda: bool(set(children(os.getpid())) - before))
        [killed] = set(children(os.getpid())) - before
        os.kill(killed, signal.SIGKILL)
        assert heard(inbox) == (worker, None)
        worker.tell(bytes(MUCH))
