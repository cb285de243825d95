"""What a key of tenants.yaml, or of a file beside it, may hold."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class ConfigError(ValueError):
    """What is wrong with a value, or with one `key` of a group."""

    def __init__(self, problem: str, *, key: str | None = None) -> None:
        super().__init__(problem)
        self.key = key


@dataclass(frozen=True)
class Surroundings:
    """The folder of the file that is read, and the environment it may refer to."""

    folder: Path = Path()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


def surroundings(info: ValidationInfo) -> Surroundings:
    """Of the file that is read; of the process, for what is made in code."""
    return info.context or Surroundings()


class Group(BaseModel):
    """A group of keys. What is said of a key is what an editor shows and what a refusal says."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    if_no_group: ClassVar[str | None] = None
    elsewhere: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _is_known_and_complete(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            if cls.if_no_group:
                raise ConfigError(cls.if_no_group)
            return data
        known = {one.alias or name: one for name, one in cls.model_fields.items()}
        for name in data if cls.model_config["extra"] == "forbid" else ():
            if name not in known:
                problem = f"unknown key; known here: {', '.join(known)}"
                raise ConfigError(cls.elsewhere.get(name, problem), key=name)
        for name, one in known.items():
            if one.is_required() and name not in data:
                raise ConfigError(f"{name}: is missing; it is {one.description}")
        return data


def _not_blank(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ConfigError("must not be empty")
    return value


def _guid(value: str) -> str:
    if not GUID.fullmatch(value):
        # The value is not repeated: a secret pasted into the wrong key must not reach a log.
        raise ConfigError("must be a GUID such as 11111111-1111-1111-1111-111111111111")
    return value.lower()


def beside(path: Path, info: ValidationInfo) -> Path:
    """A path written in a file, which is relative to the file's own folder."""
    return surroundings(info).folder / path.expanduser()


def _readable(path: Path) -> Path:
    try:
        path.open("rb").close()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    return path


def pattern(expression: str) -> WithJsonSchema:
    """What an editor can check of a text."""
    return WithJsonSchema({"type": "string", "pattern": expression})


def day(value: Any) -> date:
    """A day with or without quotes around it: YAML takes it as a date or as text."""
    try:
        return date.fromisoformat(getattr(value, "value", value))
    except (TypeError, ValueError):
        raise ConfigError("must be a date like 2026-12-31") from None


Text = Annotated[str, BeforeValidator(_not_blank), pattern(r"\S")]
Trimmed = Annotated[Text, AfterValidator(str.strip)]
Guid = Annotated[Text, AfterValidator(_guid), pattern(f"^{GUID.pattern}$")]
File = Annotated[Path, BeforeValidator(_not_blank), AfterValidator(beside), pattern(r"\S")]
ReadableFile = Annotated[File, AfterValidator(_readable)]
