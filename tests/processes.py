"""Looking at other processes: who is whose child, and who still lives."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PATIENCE = 60.0


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for an event, and fail when it does not come."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes that this one started; what ends while it is asked has none."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
    return [int(one) for thread in threads for one in _read(thread / "children").split()]


def workers_of(process: "subprocess.Popen[str]", *, at_least: int) -> list[int]:
    """Those that it started to build shards, once there are so many."""
    found: list[int] = []

    def are_there() -> bool:
        assert process.poll() is None, process.communicate()[1]
        found[:] = [one for one in children(process.pid) if "shard_worker" in _command(one)]
        return len(found) >= at_least

    wait_until(are_there)
    return found


def all_ended(pids: Sequence[int]) -> bool:
    """Whether none of the processes runs any more."""
    return not any(map(is_alive, pids))


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def _command(pid: int) -> str:
    return _read(Path(f"/proc/{pid}/cmdline"))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
