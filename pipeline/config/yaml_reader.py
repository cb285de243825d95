"""Typed reading of a YAML file, where every complaint names the line and the key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import yaml

from pipeline.errors import UsageError

_KINDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "empty",
    "timestamp": "a date",
    "seq": "a list",
    "map": "a group of keys",
}


@dataclass(frozen=True)
class Place:
    """One value of the file and where it stands."""

    file: Path
    key: str
    node: yaml.Node

    def fail(self, problem: str) -> NoReturn:
        """Raise UsageError: `file:line: key: problem`."""
        key = f"{self.key}: " if self.key else ""
        raise UsageError(f"{self.where}: {key}{problem}")

    @property
    def where(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.node.start_mark.line + 1}"

    @property
    def kind(self) -> str:
        """What was written, in words."""
        tag = self.node.tag.rsplit(":", 1)[-1]
        return _KINDS.get(tag, tag)

    @property
    def is_group(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def text(self) -> str:
        """The value as text; anything but non-blank text is refused."""
        if not isinstance(self.node, yaml.ScalarNode) or self.kind != "text":
            hint = "; put it in quotes" if isinstance(self.node, yaml.ScalarNode) else ""
            self.fail(f"must be text, not {self.kind}{'' if self.kind == 'empty' else hint}")
        value: str = self.node.value
        if not value.strip():
            self.fail("must not be empty")
        return value

    def day(self) -> date:
        """The value as a day, with or without quotes around it."""
        try:
            return date.fromisoformat(self.node.value)
        except (TypeError, ValueError):
            self.fail("must be a date like 2026-12-31")

    def choice(self, known: Collection[str]) -> str:
        """The value, which must be one of the known words."""
        value = self.text()
        if value not in known:
            self.fail(f"unknown value {value!r}; use one of {', '.join(known)}")
        return value

    def items(self) -> Iterator[Place]:
        """The members of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail(f"must be a list, not {self.kind}")
        for index, node in enumerate(self.node.value):
            yield Place(self.file, f"{self.key}[{index}]", node)

    def group(self, known: Collection[str] | None = None) -> dict[str, Place]:
        """The keys of a mapping; unknown and repeated ones are refused (`known` None: any)."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail(f"must be a group of keys, not {self.kind}")
        found: dict[str, Place] = {}
        for key_node, value_node in self.node.value:
            name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            path = f"{self.key}.{name}" if self.key else name
            here = Place(self.file, path, key_node)
            if known is not None and name not in known:
                here.fail(f"unknown key; known here: {', '.join(known)}")
            if name in found:
                here.fail("is given twice")
            found[name] = Place(self.file, path, value_node)
        return found


def read_yaml(path: Path, *, if_empty: str = "create one with `posture init`") -> Place:
    """The root of a YAML file. Raises UsageError when it is absent, unreadable or not YAML.

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
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UsageError(f"{path}:{_line(error)}: is not valid YAML: {_problem(error)}") from None
    if node is None:
        raise UsageError(f"{path}: is empty; {if_empty}")
    return Place(path, "", node)


def _line(error: Any) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: Any) -> str:
    # PyYAML quotes names of the source; what is quoted may be a secret that was pasted in.
    problem = str(getattr(error, "problem", None) or "unreadable characters").split("\n")[0]
    return re.sub(r"'[^']{2,}'", "'…'", problem)
