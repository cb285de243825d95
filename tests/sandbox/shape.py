"""How the shape of a JSON value is written down, and checked.

A shape is a check of one value. `Open` allows members that nobody has documented. The SDK's models
are no shapes: to them every member may be absent or null, and any text is a text. What comes
always, in which form and in which words, stands nowhere but here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], bool]
GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Optional:
    """A member that may be absent."""

    shape: Any


@dataclass(frozen=True)
class Nullable:
    shape: Any


@dataclass(frozen=True)
class Open:
    """An object that may carry members beyond the named ones."""

    members: Mapping[str, Any]


def text(value: Any) -> bool:
    return isinstance(value, str)


def double(value: Any) -> bool:
    return isinstance(value, float)


def int32(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def anything(value: Any) -> bool:
    return True


def matching(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def one_of(*values: Any) -> Check:
    return lambda value: value in values


guid = matching(GUID)
moment = matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z")
midnight = matching(r"\d{4}-\d\d-\d\dT00:00:00Z")
number_text = matching(r"\d+")
flag_text = one_of("true", "false")


def problems(value: Any, shape: Any, where: str = "$") -> list[str]:
    """What does not fit, each as `path: what`; empty if the value has the shape."""
    if isinstance(shape, Nullable):
        return [] if value is None else problems(value, shape.shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where}: not a list"]
        return [p for i, v in enumerate(value) for p in problems(v, shape[0], f"{where}[{i}]")]
    if isinstance(shape, dict | Open):
        return _object_problems(value, shape, where)
    return [] if shape(value) else [f"{where}: {value!r}"]


def _object_problems(value: Any, shape: Any, where: str) -> list[str]:
    members = shape.members if isinstance(shape, Open) else shape
    if not isinstance(value, dict):
        return [f"{where}: not an object"]
    found = []
    for name, member in members.items():
        if name not in value:
            found += [] if isinstance(member, Optional) else [f"{where}.{name}: absent"]
            continue
        inner = member.shape if isinstance(member, Optional) else member
        found += problems(value[name], inner, f"{where}.{name}")
    if not isinstance(shape, Open):
        found += [f"{where}.{name}: unexpected" for name in value if name not in members]
    return found
