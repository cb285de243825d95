"""`posture report`: where it writes, what it says, what it refuses."""

from pathlib import Path

from pipeline.cli.demo_reports import file_name
from tests.commands import posture_here
from tests.estate import Estate


def test_it_writes_the_portfolio_and_a_tenant_by_id_or_name(estate: Estate, tmp_path: Path) -> None:
    where = ("--home", estate.home.root, "--config", estate.config)
    ended = posture_here("report", *where, "-o", tmp_path / "new" / "all.html")
    assert (ended.code, ended.err) == (0, "")
    assert "the report of the portfolio" in ended.out
    by_id = posture_here(
        "report", *where, "--tenant", estate.tenant_ids[1].upper(), "-o", tmp_path / "id.html"
    )
    by_name = posture_here(
        "report", *where, "--tenant", "</script><img src=x onerror=alert(1)>", "-o",
        tmp_path / "name.html",
    )  # fmt: skip
    assert (by_id.code, by_name.code) == (0, 0)
    assert (tmp_path / "id.html").read_bytes() == (tmp_path / "name.html").read_bytes()
    since = posture_here(
        "report", *where, "--tenant", estate.tenant_ids[1], "--since", "2026-06-20", "-o",
        tmp_path / "id.html",
    )  # fmt: skip
    assert since.code == 0
    assert "What changed since 20\u00a0Jun\u00a02026" in (tmp_path / "id.html").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["id.html", "name.html", "new"]


def test_it_refuses_in_one_line(estate: Estate, tmp_path: Path) -> None:
    where = ("--home", estate.home.root, "--config", estate.config)
    (tmp_path / "folder").mkdir()
    out = tmp_path / "x.html"
    for words, code, reported in (
        (("--tenant", "Ostermere Hospital", "-o", out), 2, "near: Ostermere Hospital Trust"),
        (("--since", "2026-06-01", "-o", out), 2, "add --tenant"),
        (("-o", tmp_path / "folder"), 1, "cannot be written"),
    ):
        ended = posture_here("report", *where, *words)
        assert (ended.code, ended.err.count("\n")) == (code, 1), ended.err
        assert reported in ended.err
    nothing = posture_here("report", "--home", tmp_path, "-o", out)
    assert nothing.code == 1
    assert "run `posture run` first" in nothing.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder"]


def test_a_name_makes_a_file_name() -> None:
    assert file_name("Dunmarrow & Søn <b>/..\\") == "dunmarrow-sn-b"
    assert file_name("\u202e=+") == ""
    assert len(file_name("x" * 300)) == 60
