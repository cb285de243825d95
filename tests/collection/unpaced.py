"""For a process of its own: Microsoft's slowest limits left aside, as tests/conftest.py does."""

from typing import cast

from pipeline.graph.feed import Workload
from pipeline.graph.limits import LIMITS, Limit


def unpace() -> None:
    """Do not wait a second between requests in this process."""
    limits = cast(dict[Workload, Limit], LIMITS)
    for workload in (Workload.PROTECTION, Workload.REPORTS):
        limits[workload] = Limit(units=1_000, seconds=1.0, concurrent=4)
