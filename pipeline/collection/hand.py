"""One worker process as the process above it sees it."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

from pipeline.collection.line import Group
from pipeline.collection.messages import Done, Job, Work, receive, send

# No script of the folder a person stands in, and the modules of this process and no others.
_BEGIN = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); "
    "from pipeline.collection.worker import main; main()"
)
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class Hand:
    """A worker process, the groups it was given and whether it came through them.

    What it says goes into the inbox with itself; None once it says no more.
    """

    def __init__(self, job: Job, group: Group, inbox: "queue.SimpleQueue[Any]") -> None:
        self.groups = [group]
        self.is_done = False
        command = [sys.executable, "-P", "-c", _BEGIN, json.dumps([*map(str, sys.path)])]
        with _without_interrupts():
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                creationflags=_NEW_GROUP,
            )
        self._job, self._inbox = job, inbox
        self._thread = threading.Thread(target=self._listen, name="worker", daemon=True)
        self._thread.start()

    def give(self, group: Group | None) -> None:
        """Answer the worker's wish for a group."""
        if group is not None:
            self.groups.append(group)
        self._send(None if group is None else Work.of(group))

    def end(self) -> int:
        """End the process, if it still runs, and say how it ended."""
        self._process.kill()
        code = self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return code

    @property
    def ending(self) -> str:
        """How a worker that ended of itself did, in words."""
        code = self._process.wait()
        if code >= 0:
            return f"ended with exit code {code}"
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
        return f"was ended by signal {-code}"

    def _listen(self) -> None:
        # The job first, and from here: while one worker starts, the next is started.
        self._send(self._job)
        pipe: Any = self._process.stdout
        with contextlib.suppress(EOFError, OSError):
            while True:
                message = receive(pipe)
                self.is_done = self.is_done or isinstance(message, Done)
                self._inbox.put((self, message))
        self._inbox.put((self, None))

    def _send(self, message: object) -> None:
        pipe: Any = self._process.stdin
        # That it is gone shows on the other pipe.
        with contextlib.suppress(OSError):
            send(pipe, message)


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Ctrl-C waits while a process is started, and never reaches that one: it inherits as much.

    The process above answers it, and ends its workers.
    """
    if os.name == "nt":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
