"""A compaction in a process of its own that kills itself at its n-th step on disk."""

import multiprocessing
import os
from pathlib import Path

from pipeline.home import Home
from pipeline.lake.compact import compact
from tests.killed_step import Steps

PLACES = ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "rmdir"), (Path, "mkdir"))


def steps(root: Path) -> int:
    """How many steps a compaction of this home has: it is compacted."""
    assert exit_code(root, 0) == 0
    return int((root / "steps").read_text())


def exit_code(root: Path, fatal: int) -> int | None:
    """How the process ended; 0 where it did not kill itself."""
    context = multiprocessing.get_context("forkserver")
    # What is imported once is no work that a kill could harm.
    context.set_forkserver_preload(["pipeline.lake.compact", "duckdb", "pandas"])
    process = context.Process(target=_run, args=(root, fatal))
    process.start()
    process.join()
    return process.exitcode


def _run(root: Path, fatal: int) -> None:
    counted = Steps(fatal, PLACES)
    compact(Home(root))
    (root / "steps").write_text(str(counted.taken))
