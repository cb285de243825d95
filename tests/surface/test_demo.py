"""`posture demo`: the whole way, twice, in one home."""

from pathlib import Path

import pytest

from pipeline import open_published
from tests.surface.commands import posture_here


def test_demo_ends_with_a_summary_and_works_twice(tmp_path: Path) -> None:
    shape = ("--tenants", 1, "--days", 10)
    first = posture_here("demo", *shape, POSTURE_HOME=str(tmp_path))
    assert first.code == 0, first.err
    home = tmp_path / "demo"
    with open_published(home) as connection:
        [(name, ratio)] = connection.sql(
            "select tenant_name, score_ratio from mart_posture_overview"
        ).fetchall()
        titles = connection.sql(
            "select title from mart_recommended_actions where action_rank <= 3 order by action_rank"
        ).fetchall()
        days = connection.sql("select count(distinct extract_date) from fct_collection").fetchone()
        facts = connection.sql("from fct_control_score_daily order by all").fetchall()
    assert days == (5,)
    assert name in first.out
    assert f"{100 * ratio:.1f} %" in first.out
    for number, (title,) in enumerate(titles, start=1):
        assert f"  {number}. {title.strip()}" in first.out
    hints = first.out.split("Try next:\n")[1].splitlines()
    reports, commands = hints[:2], hints[2:]
    for hint, subject in zip(reports, ("the portfolio", name), strict=True):
        written = Path(hint.split("open ")[1].split(" in a browser")[0])
        assert written.parent == home
        assert hint.endswith(f"the report of {subject}")
        assert f"{100 * ratio:.1f}\u00a0%" in written.read_text(encoding="utf-8")
    assert len(commands) == 3
    for command in commands:
        assert command.strip().startswith("posture ")
        assert f"--home {home}" in command
    second = posture_here("demo", *shape, POSTURE_HOME=str(tmp_path))
    assert second.code == 0, second.err
    assert second.out == first.out
    with open_published(home) as connection:
        assert connection.sql("from fct_control_score_daily order by all").fetchall() == facts


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
