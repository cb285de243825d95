"""A small sandbox over real HTTPS, and a home to collect into."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline.collect import CollectResult, collect
from pipeline.collection_log import LogRow
from pipeline.config import Settings, load_config
from pipeline.lake import SCHEMAS, Lake
from pipeline.paths import Home
from pipeline.sandbox import Sandbox

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

    @property
    def lake(self) -> Lake:
        return Lake(self.home.lake)

    def collect(self, **options: Any) -> CollectResult:
        options.setdefault("run_date", self.sandbox.today)
        return collect(self.settings, self.home, **options)

    def collect_one(self, feed: str, **options: Any) -> LogRow:
        """Collect one feed of the first tenant and give its log row."""
        log = self.collect(tenants=[self.ids[0]], feeds=[feed], **options).log
        [row] = [one for one in log if one.feed == feed]
        return row

    def table(self, name: str, *, run_id: str | None = None) -> pa.Table:
        """The rows that count: those of parts with a log."""
        files = self.lake.part_files(name, self.lake.log_files())
        tables = [pq.read_table(path, partitioning=None) for path in files]
        rows = pa.concat_tables(tables) if tables else SCHEMAS[name].empty_table()
        return rows if run_id is None else rows.filter(pc.equal(rows["run_id"], run_id))

    def graph_calls(self) -> list[Any]:
        """Requests that reached Graph (not the login authority) since the last clear."""
        return [one for one in self.sandbox.requests if one.path.startswith(("/v1.0", "/beta"))]


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "4")


NewLab = Callable[..., AbstractContextManager[Lab]]


@pytest.fixture
def new_lab(tls: Path, tmp_path: Path) -> NewLab:
    @contextmanager
    def make(**options: Any) -> Iterator[Lab]:
        defaults: dict[str, Any] = {
            "tenants": 2,
            "days": 90,
            "seed": 7,
            "today": TODAY,
            "throttling": False,
        }
        with Sandbox(**(defaults | {"tls_dir": tls, "latency": 0.0} | options)) as sandbox:
            settings = load_config(sandbox.write_config(tmp_path / "tenants.yaml"))
            yield Lab(sandbox, settings, Home(tmp_path / "data"))

    return make


@pytest.fixture
def lab(new_lab: NewLab) -> Iterator[Lab]:
    with new_lab() as one:
        yield one
