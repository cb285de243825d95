"""What all tests share."""

import gc
import os
import signal
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.export import export_tenant
from pipeline.graph.feed import Workload
from pipeline.graph.limits import LIMITS, Limit
from pipeline.home import Home
from tests import quick_dbt, statements
from tests.estate import Estate, live
from tests.oracle.unhurried import without_waits
from tests.scheduling import GroupScheduling, rank_of
from tests.small_warehouse import VERSIONS, Warehouse

# What the oracle gathers is large and stays: looking through it for cycles again is waste.
gc.set_threshold(200_000, 50, 100)
# A shell has what it starts in the background ignore Ctrl-C, and so would the commands under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
quick_dbt.install()
statements.share()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Give the workers files, or folders whose tests share what takes long to make."""
    return GroupScheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers more than cores: while some wait for an answer or a disk, others work.

    Fewer where there is no room for them: they take a gigabyte and a half, the oracle's three.
    """
    room = int((_memory() / 2**30 - 3.5) // 1.5)
    return max(1, min((os.cpu_count() or 1) + 2, 1 + room))


def _memory() -> int:
    """Bytes that these processes may take: the machine's, or as many as their group is given."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        given = Path("/sys/fs/cgroup") / name
        if given.exists() and (text := given.read_text().strip()).isdigit():
            limits.append(int(text))
    return min(limits)


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


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A few models as a build leaves them, hand-made; every test has its own."""
    made = Warehouse(Home(tmp_path / "home"))
    made.write(1, versions=VERSIONS)
    return made


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """Published once for report, Power BI, notebooks, cookbook and export; nobody writes to it."""
    with without_waits():
        return live(tmp_path_factory.mktemp("estate"))


@pytest.fixture(scope="session")
def copies(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every tenant's own copy by its id; nobody writes to it."""
    root = tmp_path_factory.mktemp("copies")
    return {
        tenant: export_tenant(
            estate.home, tenant, root / f"client{position}", config=estate.config
        ).path
        for position, tenant in enumerate(estate.tenant_ids)
    }
