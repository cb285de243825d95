"""A small sandbox over real HTTPS, and a home to collect into."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline.collection.collect import CollectResult, collect
from pipeline.config.settings import Settings, load_config
from pipeline.graph import retry
from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import COMMITTED
from pipeline.home import Home
from pipeline.lake.log import LogRow
from pipeline.lake.parts import SCHEMAS, Lake
from pipeline.sandbox import Sandbox
from pipeline.sandbox.records import score_feeds as sandbox_feeds
from pipeline.sandbox.story.permissions import GRANTED

from .expected import true_outcomes

TODAY = date(2026, 6, 30)


@dataclass
class Lab:
    """A sandbox, its configuration and a home."""

    sandbox: Sandbox
    settings: Settings
    home: Home

    @property
    def ids(self) -> list[str]:
        return [tenant.tenant_id for tenant in self.settings.tenants]

    def beside(self, name: str) -> "Lab":
        """The same tenants with another, empty home."""
        return Lab(self.sandbox, self.settings, Home(self.home.root.with_name(name)))

    @property
    def lake(self) -> Lake:
        return Lake(self.home.lake)

    def truth(self, tenant_id: str, *, adopted: bool = True) -> dict[str, str]:
        """Feed -> outcome of a tenant with which nothing is wrong."""
        [tenant] = [one for one in self.sandbox.tenants if one.tenant_id == tenant_id]
        tier = tenant.licence_tier
        owns = tier != "free" or tenant.index % 2 == 0
        return true_outcomes(tier, china=tenant.china, owns_skus=owns, adopted=adopted)

    def surprises(self, log: Iterable[LogRow], *, adopted: bool = True) -> list[LogRow]:
        """The log rows with an outcome that is not the true one of a healthy tenant."""
        truth = {one: self.truth(one, adopted=adopted) for one in self.ids}
        return [row for row in log if row.outcome != truth[row.tenant_id][row.feed]]

    def complete(self) -> set[tuple[str, str]]:
        """The (tenant, feed) pairs that a run leaves ok or empty where nothing is wrong."""
        return {
            (tenant, feed)
            for tenant in self.ids
            for feed, outcome in self.truth(tenant).items()
            if outcome in COMMITTED
        }

    def collect(self, **options: Any) -> CollectResult:
        options.setdefault("run_date", self.sandbox.today)
        return collect(self.settings, self.home, **options)

    def collect_one(self, feed: str, **options: Any) -> LogRow:
        """Collect one feed of the first tenant and give its log row."""
        log = self.collect(tenants=[self.ids[0]], feeds=[feed], **options).log
        [row] = [one for one in log if one.feed == feed]
        return row

    def log_of(self, tenant_id: str) -> list[LogRow]:
        """The rows of one tenant in the log as it is on disk."""
        rows = self.table("collection_log").to_pylist()
        return [LogRow(**row) for row in rows if row["tenant_id"] == tenant_id]

    def table(self, name: str, *, run_id: str | None = None) -> pa.Table:
        """The rows that count: those of parts with a log."""
        files = self.lake.part_files(name, self.lake.log_files())
        tables = [pq.read_table(path, partitioning=None) for path in files]
        rows = pa.concat_tables(tables) if tables else SCHEMAS[name].empty_table()
        return rows if run_id is None else rows.filter(pc.equal(rows["run_id"], run_id))

    def graph_calls(self) -> list[Any]:
        """Requests that reached Graph (not the login authority) since the last clear."""
        return [one for one in self.sandbox.requests if one.path.startswith(("/v1.0", "/beta"))]


def facts(lab: Lab, tenants: Collection[str] | None = None) -> dict[str, pa.Table]:
    """All rows that count, of all tenants or of these, in order, less what differs by run."""
    found = {}
    for feed in FEEDS.values():
        for name in feed.tables:
            rows = lab.table(name).drop_columns(["collected_at", "run_id"])
            if tenants is not None:
                rows = rows.filter(pc.is_in(rows["tenant_id"], pa.array(sorted(tenants))))
            keys = ["tenant_id", "group_id", "record_index", "item_index", "path"]
            order = [(key, "ascending") for key in keys if key in rows.schema.names]
            found[name] = rows.sort_by(order).combine_chunks()
    return found


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow one another at once, and a busy machine has a minute for all of them.

    One process: what a test changes in it would not be known to others.
    """
    monkeypatch.setenv("POSTURE_WORKERS", "1")
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "60")
    monkeypatch.setattr(retry, "_MAX_BACKOFF", 0.05)


NewLab = Callable[..., AbstractContextManager[Lab]]
QUICK: dict[str, Any] = {
    "tenants": 2,
    "days": 90,
    "seed": 7,
    "today": TODAY,
    "throttling": False,
    "latency": 0.0,
    # Every tenant that can have a Conditional Access plan has one.
    "plans": range(300),
}


@contextmanager
def open_lab(tls: Path, folder: Path, **options: Any) -> Iterator[Lab]:
    """A sandbox that answers at once, with its configuration and a home in a folder."""
    with Sandbox(**(QUICK | {"tls_dir": tls} | options)) as sandbox:
        settings = load_config(sandbox.write_config(folder / "tenants.yaml"))
        yield Lab(sandbox, settings, Home(folder / "data"))


@pytest.fixture
def new_lab(tls: Path, tmp_path: Path) -> NewLab:
    return partial(open_lab, tls, tmp_path)


class Wall:
    """The time of day, for both sides and the libraries between them, moved by hand.

    It begins in the past: one library compares a token's beginning with the machine's own clock.
    """

    def __init__(self) -> None:
        self.passed = 0.0
        self._real = time.time

    def time(self) -> float:
        return self._real() - 10**6 + self.passed

    def advance(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    made = Wall()
    monkeypatch.setattr(time, "time", made.time)
    return made


@pytest.fixture
def short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catalogues that every tenant has alike are cut down: half the time goes into them."""
    visible, definitions = sandbox_feeds.visible, sandbox_feeds.definitions
    monkeypatch.setattr(sandbox_feeds, "visible", lambda published: visible(published)[:9])
    monkeypatch.setattr(sandbox_feeds, "definitions", lambda tenant: definitions(tenant)[:9])


@pytest.fixture(scope="module")
def regulated(tls: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One small tenant with P2 for all tests of a file; `fresh` gives each a lake of its own."""
    folder = tmp_path_factory.mktemp("regulated")
    options = {"tenants": 1, "days": 30, "shapes": ["regulated"], "users": 60}
    with open_lab(tls, folder, **options) as one:
        yield one


@pytest.fixture
def fresh(regulated: Lab, tmp_path: Path) -> Iterator[Lab]:
    """The shared tenant with an empty lake, and with nothing wrong before or after."""
    yield Lab(regulated.sandbox, regulated.settings, Home(tmp_path / "data"))
    regulated.sandbox.faults.clear()
    regulated.sandbox.edits.clear()
    for permission in GRANTED:
        regulated.sandbox.grant(regulated.ids[0], permission)
    regulated.sandbox.requests.clear()


@pytest.fixture
def lab(new_lab: NewLab) -> Iterator[Lab]:
    with new_lab() as one:
        yield one
