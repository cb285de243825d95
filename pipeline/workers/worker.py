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

from pipeline.workers.pipes import receive, send

# No script of the folder a person stands in, and the modules of this process and no others.
_BEGIN = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); from {module} import main; main()"
)
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
# A wait without end would not be interrupted on every system.
_LOOK_UP = 1.0

Inbox = queue.SimpleQueue[Any]


class Worker:
    """A process that runs `main()` of a module, and begins with the message it is given.

    What it says goes into the inbox, with the worker itself; None once it says no more.
    """

    def __init__(self, module: str, first: object, inbox: Inbox) -> None:
        paths = json.dumps([*map(str, sys.path)])
        command = [sys.executable, "-P", "-c", _BEGIN.format(module=module), paths]
        with _without_interrupts():
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                creationflags=_NEW_GROUP,
            )
        self._first, self._inbox = first, inbox
        self._thread = threading.Thread(target=self._listen, name="worker", daemon=True)
        self._thread.start()

    def tell(self, message: object) -> None:
        """Send it a message; that it is gone shows in the inbox."""
        pipe: Any = self._process.stdin
        with contextlib.suppress(OSError):
            send(pipe, message)

    def end(self) -> None:
        """End the process, if it still runs."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

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
        # The first message from here: while one worker starts, the next is started.
        self.tell(self._first)
        pipe: Any = self._process.stdout
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._inbox.put((self, receive(pipe)))
        self._inbox.put((self, None))


def next_message(inbox: Inbox) -> tuple[Any, Any]:
    """A worker and what it says."""
    while True:
        try:
            found: tuple[Any, Any] = inbox.get(timeout=_LOOK_UP)
        except queue.Empty:
            continue
        return found


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
