"""`posture` as a process of its own, or in this one where starting another adds nothing."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from unittest.mock import patch

from pipeline.cli import main
from pipeline.home import Home
from tests import statements


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


_LISTING_MODULES = """
import sys
from pipeline.cli import main
code = main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""


def posture(*words: object, umask: int = -1, **environment: str) -> Ended:
    """Run a command to its end. Nothing of the caller's own settings reaches it."""
    return _run(["-m", "pipeline.cli"], words, umask, environment)


def posture_listing_modules(*words: object, **environment: str) -> Ended:
    """The same, and in the end all modules that it imported, in one line among the errors."""
    return _run(["-c", _LISTING_MODULES], words, -1, environment)


def _run(
    python: Sequence[str], words: Sequence[object], umask: int, environment: dict[str, str]
) -> Ended:
    _spare_compiling(words)
    result = subprocess.run(
        [sys.executable, *python, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        umask=umask,
        env=without_settings() | environment,
    )
    return Ended(result.returncode, result.stdout, result.stderr)


def begun(*words: object, **environment: str) -> "subprocess.Popen[str]":
    """Start a command whose end the caller does not want to see."""
    _spare_compiling(words)
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=without_settings() | environment,
    )


def without_settings() -> dict[str, str]:
    """The environment, without what it says to the project."""
    return {name: value for name, value in os.environ.items() if not name.startswith("POSTURE_")}


def _spare_compiling(words: Sequence[object]) -> None:
    """What dbt compiles is the same in every home, and takes it fifteen seconds."""
    named = [str(word) for word in words]
    if {"run", "build"} & set(named[:1]) and "--home" in named[:-1]:
        home = Home(Path(named[named.index("--home") + 1]))
        with contextlib.suppress(OSError):
            statements.give(home)


def posture_here(*words: object, **environment: str) -> Ended:
    """The same in this process, which spares the seconds that imports take."""
    # Answers of some formats go to the bytes beneath the text.
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    err = io.StringIO()
    with (
        patch.dict(os.environ, environment),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main([str(word) for word in words])
    out.flush()
    return Ended(code, cast(io.BytesIO, out.buffer).getvalue().decode(), err.getvalue())


def open_to_others(root: Path) -> set[str]:
    """What somebody else could list, read or write, links aside."""
    return {
        str(path)
        for path in (root, *root.rglob("*"))
        if not path.is_symlink() and path.stat().st_mode & 0o077
    }
