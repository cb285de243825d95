"""`posture demo` keeps to a home of its own; what it makes is looked at where it is installed."""

from pathlib import Path

import pytest

from tests.commands import posture_here


@pytest.mark.parametrize("config", [None, "cloud: global\n"])
def test_demo_keeps_away_from_a_home_with_real_tenants(tmp_path: Path, config: str | None) -> None:
    (tmp_path / "lake").mkdir()
    if config:
        (tmp_path / "tenants.yaml").write_text(config)
    before = sorted(path.name for path in tmp_path.iterdir())
    ended = posture_here("demo", "--home", tmp_path)
    assert ended.code == 2
    assert "holds real tenants" in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == before
