"""How much of the machine a build takes: what the environment says, else what there is."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline import machine
from pipeline.errors import UsageError
from pipeline.home import Home

MEMORY = "POSTURE_MEMORY_LIMIT"
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
# A day of fifty tenants fits the first, ten days the second; with less a process spills often.
_MOST, _MOST_AT_ONCE, _LEAST = 290 * 10**6, 600 * 10**6, 290 * 10**6
# What most machines have that do not say it.
_USUAL = 8 * 2**30


@dataclass(frozen=True)
class Resources:
    """What DuckDB may use in one process, and where it spills what does not fit."""

    memory: int
    spill: Path


@dataclass(frozen=True)
class Machine:
    """`workers` processes side by side, or one with the `whole`.

    Each has its `share`, or a `large_share` where it builds slice after slice.
    """

    workers: int
    share: Resources
    large_share: Resources
    whole: Resources

    @classmethod
    def of_home(cls, home: Home) -> "Machine":
        """Half of the memory that there is, and a worker a core as far as that goes.

        `POSTURE_MEMORY_LIMIT` is for all workers together, `POSTURE_WORKERS` how many they are.
        Raises UsageError where one of them says nothing that can be done.
        """
        limit = _limit()
        memory = limit or (machine.memory() or _USUAL) // 2
        workers = machine.asked_workers() or max(1, min(machine.cores(), memory // _LEAST))
        spill = home.warehouse_dir / "spill"
        each = memory // workers
        share, large = (
            Resources(each if limit else min(each, most), spill) for most in (_MOST, _MOST_AT_ONCE)
        )
        whole = Resources(memory if limit else min(memory, _MOST_AT_ONCE), spill)
        return cls(workers, share, large, whole)


def _limit() -> int | None:
    text = os.environ.get(MEMORY)
    if not text:
        return None
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?\s*", text.lower())
    if found is None or (found[3] and not found[2]) or float(found[1]) <= 0:
        raise UsageError(f"{MEMORY}={text}: is no size of memory; write one as 800MB or 2GB")
    return int(float(found[1]) * (_BINARY if found[3] else _UNITS)[found[2]])
