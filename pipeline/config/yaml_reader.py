"""Reading a YAML file, with one line for whatever keeps it from being read."""

import re
from pathlib import Path
from typing import Any

import yaml

from pipeline.config.document import Document
from pipeline.errors import UsageError

_MAX_DEPTH = 50


def read_yaml(path: Path, *, if_empty: str = "create one with `posture init`") -> Document:
    """A YAML file. Raises UsageError when it is absent, unreadable or not YAML.

    `if_empty` is the next step for a file that holds nothing but comments.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"{path}: not found; create it with `posture init` or name another with --config"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: cannot be read: {reason}") from None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise UsageError(f"{path}:{_line(error)}: is not valid YAML: {_problem(error)}") from None
    if node is None:
        raise UsageError(f"{path}: is empty; {if_empty}")
    return Document(path, node)


class _Loader(yaml.SafeLoader):
    """Reads no deeper than any configuration goes, where PyYAML would run out of stack."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _line(error: Any) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: Any) -> str:
    # PyYAML quotes names of the source; what is quoted may be a secret that was pasted in.
    problem = str(getattr(error, "problem", None) or "unreadable characters").split("\n")[0]
    return re.sub(r"'[^']{2,}'", "'…'", problem)
