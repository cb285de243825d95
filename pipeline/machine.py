"""How many processors and how much memory this process may use: the machine's, or its group's."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.errors import UsageError

WORKERS = "POSTURE_WORKERS"
_MOST = 256
_GROUPS = Path("/sys/fs/cgroup")


def cores() -> int:
    """Processors that this process may use, at least one."""
    found = [len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()]
    for text in _limits("cpu.max"):
        quota, _, period = text.partition(" ")
        if quota.isdigit() and period.isdigit():
            found.append(int(quota) // int(period))
    return max(1, min(one for one in found if one is not None))


def memory() -> int | None:
    """Bytes of memory that this process and those beside it may use; None where it is unknown."""
    found = [int(text) for text in _limits("memory.max") if text.isdigit()]
    # Not every system can be asked.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(found, default=None)


def asked_workers(environ: Mapping[str, str] | None = None) -> int | None:
    """The processes that `POSTURE_WORKERS` asks for. Raises UsageError for a bad value."""
    text = (os.environ if environ is None else environ).get(WORKERS)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= _MOST):
        raise UsageError(
            f"{WORKERS}={text}: is no number of processes; write one from 1 to {_MOST}"
        )
    return int(text)


def _limits(name: str) -> Iterator[str]:
    """What control groups say, from the process's own to the root; a container has the root."""
    try:
        own = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    paths = [line.partition("::")[2].strip("/") for line in own if line.startswith("0::")]
    for folder in (_GROUPS / paths[0], *(_GROUPS / paths[0]).parents) if paths else (_GROUPS,):
        try:
            yield (folder / name).read_text().strip()
        except OSError:
            continue
        if folder == _GROUPS:
            return
