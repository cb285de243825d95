"""What all tests share."""

import gc
import os
from typing import Any, cast

import pytest

from pipeline.graph.feed import Workload
from pipeline.graph.limits import LIMITS, Limit
from tests.scheduling import GroupScheduling, rank_of

# What the judge gathers is large and stays: looking through it for cycles again and again is waste.
gc.set_threshold(200_000, 50, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Give the workers files, or folders whose tests share what takes long to make."""
    return GroupScheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: while some wait for an answer or a disk, others work."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest first."""
    items.sort(key=lambda item: rank_of(item.nodeid))


@pytest.fixture(autouse=True)
def _unpaced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait a second between requests where waiting is not what a test is about."""
    if request.node.get_closest_marker("published_limits"):
        return
    limits = cast(dict[Workload, Limit], LIMITS)
    for workload in (Workload.PROTECTION, Workload.REPORTS):
        monkeypatch.setitem(limits, workload, Limit(units=1_000, seconds=1.0, concurrent=4))
