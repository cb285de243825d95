"""Ctrl-C at any moment of any command: one line, exit code 130, and nothing half-done."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.home import Home
from tests.commands import without_settings
from tests.estate import Estate

# Presses once the command has begun, which importing what it needs is a part of.
PRESSED = """
import os, signal, sys, threading, time
# Whoever runs the tests in the background ignores it, and so would what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
from pipeline.cli import command
def press():
    time.sleep(float(moment))
    os.kill(os.getpid(), signal.SIGINT)
moment = sys.argv.pop(1)
threading.Thread(target=press, daemon=True).start()
command()
"""
# Presses where the inside of DuckDB's module calls Python while it is made ready.
PRESSED_IN_IMPORT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pipeline.cli import command
begun = []
def press(frame, event, argument):
    if event == "call" and frame.f_code.co_filename.endswith("typing.py"):
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)
def watch(event, arguments):
    if event == "import" and arguments[0] == "_duckdb" and not begun:
        begun.append(True)
        sys.setprofile(press)
sys.addaudithook(watch)
command()
"""
# Presses while Python lets go of an object, where nothing can be raised.
PRESSED_IN_PASSING = """
import os, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from pipeline.cli import command
import pipeline.cli.status as status
class Passing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            pass
def run(context, arguments):
    Passing()
    time.sleep(60)
    return 0
status.run = run
command()
"""
SLOW = "select count(*) from range(100000) a, range(100000) b where a.range * b.range % 7 = 3"
TENANT = "{tenant}"
# Moments in seconds; where the command was done by then, it is tried again in half the time.
SOONER = 4
COMMANDS = {
    ("export", "--tenant", TENANT, "-o", "{folder}/copy"): (0.3, 1.0),
    ("report", "-o", "{folder}/report.html"): (0.2, 0.4),
    ("plan", "--tenant", TENANT, "--target", "99"): (0.05,),
    ("sql", SLOW): (1.0,),
    ("sql", SLOW, "--format", "parquet", "-o", "{folder}/answer.parquet"): (1.0,),
    ("status",): (0.05,),
    ("build", "--full"): (2.0, 6.0),
    ("publish",): (0.15,),
    ("powerbi", "--output", "{folder}/powerbi"): (0.02,),
    ("demo",): (2.0, 8.0),
    ("doctor",): (0.02,),
}
CASES = [(words, moment) for words, moments in COMMANDS.items() for moment in moments]


@pytest.fixture(scope="module")
def home(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The estate's data, for commands to begin to change."""
    home = Home(tmp_path_factory.mktemp("stopped") / "home")
    shutil.copytree(estate.home.root, home.root)
    return home


@pytest.mark.parametrize(("words", "moment"), CASES)
def test_ctrl_c_is_130_and_one_line_at_any_moment(
    home: Home, estate: Estate, tmp_path: Path, words: tuple[str, ...], moment: float
) -> None:
    for number in range(SOONER):
        folder = tmp_path / str(number)
        folder.mkdir()
        given = [word.format(tenant=estate.tenant_ids[0], folder=folder) for word in words]
        root = folder / "demo" if words[0] == "demo" else home.root
        before = (home.published / "manifest.json").read_bytes()
        pressed_after = moment / 2**number
        ended = stopped(PRESSED, pressed_after, *given, "--home", root, "--config", estate.config)
        if ended.returncode != 0:
            break
    assert ended.returncode == 130, (ended.returncode, ended.stderr[-2000:])
    assert "Traceback" not in ended.stderr
    last = ended.stderr.splitlines()[-1]
    if last == "posture: done before it could be stopped":
        assert ended.stdout
        return
    assert last == "posture: stopped"
    assert [path for path in folder.iterdir() if path.name != "demo"] == []
    assert (home.published / "manifest.json").read_bytes() == before


def test_ctrl_c_in_the_midst_of_an_import_is_no_crash(home: Home, tmp_path: Path) -> None:
    words = ("report", "-o", tmp_path / "report.html", "--home", home.root)
    ended = stopped(PRESSED_IN_IMPORT, *words)
    assert (ended.returncode, ended.stderr) == (130, "posture: stopped\n")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_an_object_is_let_go_of_stops_the_command_all_the_same(home: Home) -> None:
    ended = stopped(PRESSED_IN_PASSING, "status", "--home", home.root)
    assert (ended.returncode, ended.stderr) == (130, "posture: stopped\n")


def stopped(code: str, *words: object) -> "subprocess.CompletedProcess[str]":
    """Run a program that presses Ctrl-C in the midst of itself."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=without_settings(),
    )
