"""What a worker process does about itself: its pipes, its end, its errors."""

import logging
import os
import pickle
import threading
import traceback
from collections.abc import Callable
from io import RawIOBase
from typing import Any

from pipeline.workers.pipes import receive


def own_pipes() -> tuple[RawIOBase, RawIOBase]:
    """The pipes from and to the process above; what anything prints or asks for meets neither."""
    logging.getLogger().addHandler(logging.NullHandler())
    inbox: Any = os.fdopen(os.dup(0), "rb", buffering=0)
    outbox: Any = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return inbox, outbox


def listen(inbox: RawIOBase, heard: Callable[[Any], None]) -> None:
    """Hand over each message from now on, from a thread; end the process with the one above.

    What was written by then counts, and nothing may be written after.
    """

    def wait() -> None:
        try:
            while True:
                heard(receive(inbox))
        except (EOFError, OSError, RuntimeError):
            leave()

    threading.Thread(target=wait, name="listen", daemon=True).start()


def told(error: BaseException) -> BaseException:
    """The error as it goes to the process above: itself with its traceback, or its words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def leave() -> None:
    """End at once: a thread still waits on the pipe."""
    os._exit(0)
