"""What every command knows: the home, the configuration, and how to reach them again."""

import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from pipeline.home import Home

DEFAULT_HOME = "data"
DEFAULT_CONFIG = "tenants.yaml"


@dataclass(frozen=True)
class Context:
    """Where the command works; flags win over the environment, the environment over defaults.

    `home_is_given` says that `--home` was used.
    """

    home: Home
    config: Path
    home_is_given: bool = False

    def command_line(self, *words: str, is_active: bool = False) -> str:
        """A command to suggest, with the flags that make it reach the same home and tenants.

        `is_active` says that the environment is active by then, so that the name alone will do.
        """
        flags: list[str] = []
        if str(self.config) != DEFAULT_CONFIG and words[0] in ("run", "collect", "doctor"):
            flags += ["--config", str(self.config)]
        if str(self.home.root) != DEFAULT_HOME:
            flags += ["--home", str(self.home.root)]
        program = "posture" if is_active else _program()
        return " ".join(_quoted(word) for word in (program, *words, *flags))


def activation() -> str | None:
    """The line that puts `posture` on the path of a shell; None where it is there already."""
    program = Path(_program())
    script = program.with_name("activate")
    return f"source {shlex.quote(str(script))}" if script.exists() else None


def _program() -> str:
    """The command as this person can type it: the environment it is in may not be active."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "posture" and not shutil.which("posture") else "posture"


def _quoted(word: str) -> str:
    """The word as a shell takes it; SQL keeps its quotes readable."""
    if "'" in word and not set(word) & set('"$`\\!'):
        return f'"{word}"'
    return shlex.quote(word)
