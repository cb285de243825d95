"""A YAML file as a model reads it, where every complaint names the line and the key."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.config.fields import ConfigError, Surroundings
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
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """One file. Its steps are the names of keys and the positions in lists, from the root."""

    file: Path
    root: yaml.Node

    def validated(self, model: type[_Model], environ: Mapping[str, str]) -> _Model:
        """The file as a model. Raises UsageError for the first mistake, read from the top."""
        try:
            data = self._plain(self.root, (), {})
            return model.model_validate(data, context=Surroundings(self.file.parent, environ))
        except ValidationError as error:
            self._refuse_first(error)

    def where(self, *steps: str | int) -> str:
        """`file:line`."""
        return self._where(self._nodes(steps)[1])

    @contextmanager
    def at(self, *steps: str | int) -> Iterator[None]:
        """Let a ConfigError made inside be refused as one of this place."""
        try:
            yield
        except ConfigError as mistake:
            self.refuse(mistake, *steps)

    def refuse(self, mistake: ConfigError, *steps: str | int) -> NoReturn:
        """Raise UsageError: `file:line: key: problem`."""
        if mistake.key is None:
            self._fail(self.where(*steps), steps, str(mistake))
        steps = (*steps, mistake.key)
        self._fail(self._where(self._nodes(steps)[0]), steps, str(mistake))

    def _refuse_first(self, error: ValidationError) -> NoReturn:
        first = min(error.errors(), key=lambda one: self._nodes(one["loc"])[1].start_mark.line)
        cause = first.get("ctx", {}).get("error")
        said = cause if isinstance(cause, ConfigError) else ConfigError(self._problem(first))
        self.refuse(said, *first["loc"])

    def _plain(self, node: yaml.Node, steps: tuple[str | int, ...], seen: dict[int, Any]) -> Any:
        """Groups, lists and text; what else there is stays a node, which no model takes.

        `seen` keeps what an anchor names from being read again at each of its aliases.
        """
        if id(node) in seen:
            return seen[id(node)]
        if isinstance(node, yaml.MappingNode):
            group: dict[str, Any] = seen.setdefault(id(node), {})
            for key, value in node.value:
                here = (*steps, _name(key))
                if _name(key) in group:
                    self._fail(self._where(key), here, "is given twice")
                group[_name(key)] = None
                group[_name(key)] = self._plain(value, here, seen)
            return group
        if isinstance(node, yaml.SequenceNode):
            items: list[Any] = seen.setdefault(id(node), [])
            items.extend(self._plain(one, (*steps, n), seen) for n, one in enumerate(node.value))
            return items
        return node.value if _kind(node) == "text" else node

    def _nodes(self, steps: tuple[str | int, ...]) -> tuple[yaml.Node, yaml.Node]:
        """The key and the value that stand at the end of the steps."""
        key = node = self.root
        for step in steps:
            if isinstance(node, yaml.MappingNode):
                key, node = next(pair for pair in node.value if _name(pair[0]) == step)
            else:
                key = node = node.value[step]
        return key, node

    def _problem(self, error: Any) -> str:
        """One of pydantic's complaints in words that speak of the file."""
        kind = _kind(self._nodes(error["loc"])[1])
        match error["type"]:
            case "string_type" | "path_type" | "literal_error" if kind != "text":
                is_scalar = kind not in ("empty", "a list", "a group of keys")
                return f"must be text, not {kind}{'; put it in quotes' if is_scalar else ''}"
            case "literal_error":
                known = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
                return f"unknown value {error['input']!r}; use one of {known}"
            case "list_type" | "tuple_type":
                return f"must be a list, not {kind}"
            case "model_type" | "dict_type":
                return f"must be a group of keys, not {kind}"
            case "too_short":
                return "is empty; list at least one or remove it"
        return str(error["msg"])

    def _where(self, node: yaml.Node) -> str:
        return f"{self.file}:{node.start_mark.line + 1}"

    def _fail(self, where: str, steps: tuple[str | int, ...], problem: str) -> NoReturn:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        raise UsageError(f"{where}: {path.lstrip('.')}{': ' if path else ''}{problem}") from None


def _kind(node: yaml.Node) -> str:
    """What was written, in words."""
    tag = str(node.tag).rsplit(":", 1)[-1]
    return _KINDS.get(tag, tag)


def is_empty(value: object) -> bool:
    """Whether a value that reaches a model is a key with nothing after it."""
    return isinstance(value, yaml.ScalarNode) and _kind(value) == "empty"


def _name(key: yaml.Node) -> str:
    return str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
