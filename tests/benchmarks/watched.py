"""One command as a process of its own: how long it took, and how much memory its tree had."""

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.processes import children


@dataclass(frozen=True)
class Watched:
    """Wall clock and processor seconds, and the peak of memory, shared pages counted once."""

    seconds: float
    cpu: float
    megabytes: float
    out: str

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.cpu:.1f} s of processors, {self.megabytes:.0f} MB"


def posture(*words: object, **environment: str) -> Watched:
    """Run a `posture` command to its end. Raises SystemExit where it fails."""
    return watched([sys.executable, "-m", "pipeline.cli", *map(str, words)], **environment)


def watched(command: Sequence[str], **environment: str) -> Watched:
    """Run any command. Raises SystemExit where it fails."""
    cpu, started = used_by_children(), time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | environment,
    ) as process:  # fmt: skip
        watch = Watch(process.pid)
        watch.start()
        out, err = process.communicate()
        watch.done.set()
        watch.join()
    if process.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}: {err}")
    return Watched(time.monotonic() - started, used_by_children() - cpu, watch.peak, out)


class Watch(threading.Thread):
    """Looks at a process tree ten times a second."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self.peak, self.done = 0.0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.1):
            self.peak = max(self.peak, sum(map(_proportional, _tree(self._root))) / 1024)


def used_by_children() -> float:
    """Processor seconds of all processes that ended below this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree(root: int) -> list[int]:
    return [root, *(one for child in children(root) for one in _tree(child))]


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
