"""Secrets named by reference: never held in the configuration, never printed."""

import os
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, Field, PrivateAttr, ValidationInfo, model_validator

from pipeline.config.fields import ConfigError, File, Group, Text, surroundings
from pipeline.errors import UsageError


class Secret(Group):
    """Where a secret is found: an environment variable or a file, one of the two."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    if_no_group: ClassVar = "secrets are given only by reference: {env: NAME} or {file: path}"

    env: Text | None = Field(None, description="the environment variable that holds the secret")
    file: File | None = Field(None, description="a file that holds the secret and nothing else")
    _environ: Mapping[str, str] = PrivateAttr(default_factory=lambda: os.environ)

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo) -> Self:
        if (self.env is None) == (self.file is None):
            raise ConfigError("give exactly one of env and file")
        self._environ = surroundings(info).environ
        try:
            self.reveal()
        except UsageError as error:
            raise ConfigError(str(error)) from None
        return self

    def __getstate__(self) -> dict[Any, Any]:
        """Without the environment: another process has its own, and no secret is copied."""
        return super().__getstate__() | {"__pydantic_private__": None}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state | {"__pydantic_private__": {"_environ": os.environ}})

    def reveal(self) -> str:
        """The secret itself, read anew each time.

        Raises UsageError when the variable or file is missing or empty.
        """
        if self.env is not None:
            value = self._environ.get(self.env)
            if not value:
                raise UsageError(f"the environment variable {self.env} is not set")
            return value
        assert self.file is not None
        try:
            value = self.file.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise UsageError(f"the file {self.file} cannot be read: {reason}") from None
        if not value:
            raise UsageError(f"the file {self.file} is empty")
        return value
