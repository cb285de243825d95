"""The grammar of the command line, and how it says that it was used wrongly."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.commands import posture
from tests.small_warehouse import Warehouse

TENANT = "11111111-1111-1111-1111-111111111111"
CONFIG = f"""\
credential:
  kind: client_secret
  client_id: 00000000-0000-0000-0000-000000000000
  client_secret: {{env: POSTURE_CLIENT_SECRET}}
tenants:
  - id: {TENANT}
    name: Contoso
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSTURE_CLIENT_SECRET", "not-a-real-one")
    monkeypatch.delenv("POSTURE_HOME", raising=False)
    monkeypatch.delenv("POSTURE_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "tenants.yaml"
    path.write_text(CONFIG)
    return path


def run(*words: object) -> int:
    """The exit code, whether the command returns it or argparse exits with it."""
    try:
        return main([str(word) for word in words])
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["run", "--date", "2026-13-01"], "'2026-13-01' is not a date like 2026-06-30"),
        (["run", "--date", "yesterday"], "'yesterday' is not a date"),
        (["build", "--as-of", "last-month"], "'last-month' is not a time like 2026-06-30 or"),
        (["build", "--as-of", "2026-06-31"], "'2026-06-31' is not a time"),
        (["collect", "--feed", "scores"], "known: secure_scores, secure_score_control_profiles"),
        (["run", "--feed", "scores"], "--feed scores: no such feed; known: secure_scores"),
        (["run", "--tenant", "fabrikam"], f"known: {TENANT} (Contoso)"),
        (["collect", "--tenant", "fabrikam"], "--tenant fabrikam"),
        (["run", "--config", "absent.yaml"], "absent.yaml"),
        (["launch"], "invalid choice: 'launch'"),
        (["demo", "--tenants", "0"], "'0' is not a number above 0"),
        (["sandbox", "--port", "70000"], "'70000' is not a port"),
        (["sql"], "give one query"),
        (["sql", "select 1", "-f", "query.sql"], "give one query"),
        (["sql", "-f", "absent.sql"], "absent.sql"),
        ([], "required: COMMAND"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(
    config: Path, capsys: pytest.CaptureFixture[str], words: list[str], named: str
) -> None:
    assert run(*words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert named in captured.err
    assert sorted(path.name for path in config.parent.iterdir()) == ["tenants.yaml"]


def test_a_bad_configuration_is_found_before_anything_starts(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIG + "retries: 3\n")
    assert run("run") == 2
    error = capsys.readouterr().err
    assert "tenants.yaml:8" in error
    assert "retries" in error
    assert not (config.parent / "data").exists()


@pytest.mark.parametrize("place", ["before", "after", "environment", "flag wins"])
def test_home_is_given_before_or_after_the_command_or_by_the_environment(
    warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    snapshot = warehouse.publish()
    home = str(warehouse.home.root)
    monkeypatch.setenv("POSTURE_HOME", home if place == "environment" else "/nowhere")
    words = {
        "before": ["--home", home, "status"],
        "after": ["status", "--home", home],
        "environment": ["status"],
        "flag wins": ["--home", "/elsewhere", "status", "--home", home],
    }[place]
    assert run(*words, "--json") == 0
    assert snapshot.id in capsys.readouterr().out


def test_debug_adds_the_traceback_and_keeps_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sql", "select 1", "--home", tmp_path) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "nothing is published yet; run `posture run` first" in line
    assert run("--debug", "sql", "select 1", "--home", tmp_path) == 1
    error = capsys.readouterr().err
    assert "Traceback" in error
    assert error.endswith(line)


def test_a_home_that_cannot_be_written_is_one_line(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    for command in ("run", "collect", "build", "publish"):
        assert run(command, "--home", blocked / "home") == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "cannot be written" in error


def test_two_writers_at_once_the_second_says_so(
    config: Path, warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    with warehouse.home.lock():
        for command in ("run", "collect", "build", "publish"):
            assert run(command, "--home", warehouse.home.root) == 1
            error = capsys.readouterr().err
            assert error.count("\n") == 1
            assert "another posture command is writing here" in error


def test_a_full_disk_leaves_the_last_snapshot(warehouse: Warehouse) -> None:
    before = warehouse.publish()
    # A file size limit stands for a full disk: the write fails in the same place.
    limited = subprocess.run(
        [
            "bash",
            "-c",
            'ulimit -f 1; exec "$0" -m pipeline.cli publish --home "$1"',
            sys.executable,
            str(warehouse.home.root),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert limited.returncode == 1
    assert limited.stderr.count("\n") == 1
    assert "the last snapshot stays published" in limited.stderr
    assert before.id in posture("status", "--home", warehouse.home.root).out


def test_starting_up_loads_no_engine() -> None:
    script = (
        "import sys; from pipeline.cli import build_parser; build_parser();"
        "heavy = ('dagster', 'dbt', 'duckdb', 'pyarrow', 'rich', 'msgraph', 'aiohttp');"
        "print([name for name in heavy if name in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "[]\n"
