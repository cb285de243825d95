"""`posture` in a process of its own that need not import anything first: that is no work that a
kill could harm, and takes half of the time of a small run. So does parsing: `tests.statements.give`
spares it."""

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

PRELOADED = ["tests.end_to_end.preloaded", __name__]


def start(words: list[object]) -> BaseProcess:
    """Start the command; it leads a process group of its own."""
    process = _context().Process(target=_run, args=([str(word) for word in words],))
    process.start()
    return process


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _run(words: list[str]) -> None:
    os.setsid()
    with Path(os.devnull).open("w") as nowhere:
        sys.stdout = sys.stderr = nowhere
        from pipeline.cli import main

        code = main(words)
    sys.exit(code)
