"""Ctrl-C told apart from failure: libraries make errors of their own of it."""

import _thread
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# What DuckDB's client raises for it, and Dagster for what it interrupts.
_NAMES = {"KeyboardInterrupt", "InterruptException", "DagsterExecutionInterruptedError"}
_TEXT = "Query interrupted"
_SOON_SECONDS = 0.01
# A list and no Event: setting that takes a lock, which whom Ctrl-C interrupts may hold.
_pressed: list[bool] = []


def was_meant() -> None:
    """This Ctrl-C was for a query or a pager, and has been answered: the command goes on."""
    _pressed.clear()


@contextmanager
def watched() -> Iterator[Callable[[BaseException | None], bool]]:
    """Inside the block Ctrl-C works as ever; what is given says whether an error came of it.

    Asked with None it says whether Ctrl-C was pressed and swallowed: by DuckDB's client for one,
    where it looks for what else is installed. Where Python itself cannot raise it, in the middle of
    letting go of an object, it is pressed once more.
    """
    _pressed.clear()

    def press(number: int, frame: FrameType | None) -> None:
        _pressed.append(True)
        signal.default_int_handler(number, frame)

    def is_stop(error: BaseException | None) -> bool:
        return bool(_pressed) or any(map(_is_named, _chain(error)))

    is_ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    usual = sys.unraisablehook

    def unraised(what: "sys.UnraisableHookArgs") -> None:
        if issubclass(what.exc_type, KeyboardInterrupt):
            _thread.start_new_thread(_press_soon, ())
        else:
            usual(what)

    if is_ours:
        signal.signal(signal.SIGINT, press)
        sys.unraisablehook = unraised
    try:
        yield is_stop
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            sys.unraisablehook = usual


def _press_soon() -> None:
    time.sleep(_SOON_SECONDS)
    # To the one thread that it wakes, whatever that one waits for.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _is_named(error: BaseException) -> bool:
    return type(error).__name__ in _NAMES or str(error) == _TEXT


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
