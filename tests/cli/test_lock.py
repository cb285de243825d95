"""The lock of a home: for one writer, open to nobody else, gone with its process."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import PostureError
from pipeline.home import Home

HOLD = """
import sys
from pathlib import Path
from pipeline.home import Home

with Home(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        for _ in range(2):
            with pytest.raises(PostureError, match="another posture command"), home.lock():
                pass
        other.send_signal(signal.SIGKILL)
    with home.lock():
        assert home.lock_file.exists()


def test_only_its_owner_may_open_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.lock():
        assert stat.S_IMODE(home.lock_file.stat().st_mode) == 0o600
    with home.lock():
        pass
