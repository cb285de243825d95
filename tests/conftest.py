"""What all tests share."""

from typing import cast

import pytest

from pipeline.graph.feed import Workload
from pipeline.graph.limits import LIMITS, Limit

# Minutes each: started last they would run alone while the other core has nothing left to do.
LONGEST = (
    "tests/whole/",
    "tests/warehouse/test_rebuild.py",
    "tests/judge/test_portfolio.py",
    "tests/judge/test_mutations.py",
    "tests/warehouse/",
    "tests/surface/test_demo.py",
    "tests/surface/test_daily_run.py",
    "tests/collection/test_portfolio.py",
    "tests/judge/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest files first."""

    def place(item: pytest.Item) -> int:
        ranks = [rank for rank, name in enumerate(LONGEST) if item.nodeid.startswith(name)]
        return ranks[0] if ranks else len(LONGEST)

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _unpaced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait a second between requests where waiting is not what a test is about."""
    if request.node.get_closest_marker("published_limits"):
        return
    limits = cast(dict[Workload, Limit], LIMITS)
    for workload in (Workload.PROTECTION, Workload.REPORTS):
        monkeypatch.setitem(limits, workload, Limit(units=1_000, seconds=1.0, concurrent=4))
