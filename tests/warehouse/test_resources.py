"""How much of the machine a build takes."""

from pathlib import Path

import duckdb
import pytest

from pipeline import machine
from pipeline.errors import UsageError
from pipeline.home import Home
from pipeline.warehouse.resources import Machine, Resources
from pipeline.warehouse.store import settle, spill_of

GB = 10**9


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(machine, "cores", lambda: 4)
    monkeypatch.setattr(machine, "memory", lambda: 2 * GB)
    for name in ("POSTURE_MEMORY_LIMIT", "POSTURE_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path)


def test_half_of_the_memory_is_shared_by_as_many_as_it_is_enough_for(home: Home) -> None:
    found = Machine.of_home(home)
    assert found.workers == 3
    assert found.workers * found.large_share.memory <= GB
    assert found.share.memory <= found.large_share.memory


@pytest.mark.parametrize(
    ("limit", "memory"),
    [("900MB", 900 * 10**6), ("3GB", 3 * GB), ("1 GiB", 2**30), ("512m", 512 * 10**6)],
)
def test_what_the_environment_says_is_for_all_together(
    home: Home, monkeypatch: pytest.MonkeyPatch, limit: str, memory: int
) -> None:
    monkeypatch.setenv("POSTURE_MEMORY_LIMIT", limit)
    monkeypatch.setenv("POSTURE_WORKERS", "2")
    found = Machine.of_home(home)
    assert (found.workers, found.share.memory, found.whole.memory) == (2, memory // 2, memory)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTURE_MEMORY_LIMIT", "much"),
        ("POSTURE_MEMORY_LIMIT", "0"),
        ("POSTURE_MEMORY_LIMIT", "-1GB"),
        ("POSTURE_MEMORY_LIMIT", "50%"),
        ("POSTURE_WORKERS", "0"),
        ("POSTURE_WORKERS", "two"),
        ("POSTURE_WORKERS", "1000"),
    ],
)
def test_what_says_nothing_is_wrong_use(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"{name}={value}: is no"):
        Machine.of_home(home)


def test_what_does_not_fit_is_known_by_the_folder_that_it_spills_to(tmp_path: Path) -> None:
    resources = Resources(memory=30 * 10**6, spill=tmp_path / "spill")
    with duckdb.connect() as connection:
        settle(connection, resources, "one")
        assert connection.execute("select current_setting('threads')").fetchall() == [(1,)]
        connection.execute("create temp table small as from range(1000)")
        assert not spill_of(resources, "one").exists()
        connection.execute("create temp table large as select range, random() from range(6000000)")
        assert spill_of(resources, "one").exists()
    assert not spill_of(resources, "one").exists()
