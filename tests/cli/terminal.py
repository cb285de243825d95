"""`posture` on a terminal of a given size, as a person has it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE_SECONDS = 120.0
AGAIN_SECONDS = 10.0


class Terminal:
    """A running command whose standard streams are one terminal."""

    def __init__(
        self, words: Sequence[str], *, folder: Path, columns: int = 100, lines: int = 24, **env: str
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("LESS", "LINES")}
        kept |= {"TERM": "xterm", "XDG_STATE_HOME": str(folder), "PAGER": "less", **env}
        kept.pop("COLUMNS", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=kept,
            start_new_session=True,
            preexec_fn=_as_on_a_terminal,
        )
        os.close(theirs)
        self._seen = ""

    def said(self, until: str) -> str:
        """What was printed since the last call, up to and with the words waited for."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while until not in self._seen:
            if not self._read(deadline):
                raise AssertionError(f"{until!r} was not said, but: {self._seen}")
        end = self._seen.index(until) + len(until)
        found, self._seen = self._seen[:end], self._seen[end:]
        return found

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def interrupts(self, until: str) -> None:
        """Press Ctrl-C until the words are said, as a person would.

        One that comes after the prompt was drawn and before its keys are read is lost.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while until not in self._seen and time.monotonic() < deadline:
            time.sleep(0.5)
            self.types("\x03")
            pressed = time.monotonic()
            while until not in self._seen and self._read(pressed + AGAIN_SECONDS):
                pass
        self.said(until)

    def ended(self) -> tuple[int, str]:
        """The exit code, and what was printed since the last call."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._read(deadline):
            pass
        os.close(self._ours)
        return self._process.wait(PATIENCE_SECONDS), self._seen

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(deadline - time.monotonic(), 0))
        try:
            data = os.read(self._ours, 65_536) if ready else b""
        except OSError:
            # The other end was closed.
            data = b""
        self._seen += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)


def _as_on_a_terminal() -> None:
    """The terminal is the process's own, and Ctrl-C reaches it also where the tests' caller was
    started in the background, which ignores it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
