"""Secrets named by reference: never held in the configuration, never printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config.yaml_reader import Place
from pipeline.errors import UsageError


@dataclass(frozen=True)
class Secret:
    """Where a secret is found: an environment variable or a file."""

    variable: str | None
    file: Path | None
    environ: Mapping[str, str] = field(repr=False, compare=False)

    def reveal(self) -> str:
        """The secret itself, read anew each time.

        Raises UsageError when the variable or file is missing or empty.
        """
        if self.variable is not None:
            value = self.environ.get(self.variable)
            if not value:
                raise UsageError(f"the environment variable {self.variable} is not set")
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


def read_secret(place: Place, environ: Mapping[str, str]) -> Secret:
    """A secret written as `{env: NAME}` or `{file: path}`; it must exist. Else UsageError."""
    if not place.is_group:
        place.fail("secrets are given only by reference: {env: NAME} or {file: path}")
    keys = place.group(("env", "file"))
    if len(keys) != 1:
        place.fail("give exactly one of env and file")
    if "env" in keys:
        secret = Secret(keys["env"].text(), None, environ)
    else:
        secret = Secret(None, beside(keys["file"]), environ)
    try:
        secret.reveal()
    except UsageError as error:
        place.fail(str(error))
    return secret


def beside(place: Place) -> Path:
    """A path written in the file, relative to the file's own folder."""
    return place.file.parent / Path(place.text()).expanduser()
