"""Whose name, logo and colours a report carries: `provider:` in tenants.yaml."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo

from pipeline.config.document import is_empty
from pipeline.config.fields import ConfigError, Group, Text, Trimmed, beside, pattern
from pipeline.config.yaml_reader import read_yaml

DEFAULT_ACCENT = "#0b6b74"
MAX_LOGO_BYTES = 200_000
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = re.compile(rb"\A\xef?\xbb?\xbf?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg[\s>]", re.DOTALL)


@dataclass(frozen=True)
class Branding:
    """Colours are `#rrggbb`; `logo` is a data: URI, only ever shown as an image.

    `header` is the colour of the band at the top; None leaves it plain.
    """

    name: str | None = None
    logo: str | None = None
    accent: str = DEFAULT_ACCENT
    header: str | None = None


def load_branding(path: Path) -> Branding:
    """The branding of a tenants.yaml; the rest of the file is not looked at.

    So a report needs no secret that the file refers to. Raises UsageError where the file is
    missing or is not YAML, and with `file:line: key: problem` for a mistake in `provider:`.
    """
    return read_yaml(path).validated(_Branded, {}).provider.branding()


def _told_if_empty(value: object) -> object:
    if is_empty(value):
        raise ConfigError(
            'is empty; a colour needs quotes, as in "#0a5", else YAML takes it as a comment'
        )
    return value


def _colour(value: str) -> str:
    """`#abc` or `#AABBCC` as `#aabbcc`."""
    if not _HEX.fullmatch(value):
        raise ConfigError(f'{value!r} is not a colour; write it as "#0a5" or "#00aa55", in quotes')
    digits = value[1:].lower()
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)


def _data_uri(written: str, info: ValidationInfo) -> str:
    path = beside(Path(written), info)
    try:
        # One byte more than allowed tells a file that is too large without reading all of it.
        with path.open("rb") as source:
            content = source.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read ({error.strerror}); paths are relative to this file"
        ) from None
    if len(content) > MAX_LOGO_BYTES:
        raise ConfigError(f"{path} is larger than {MAX_LOGO_BYTES // 1000} kB; a logo needs less")
    if content.startswith(_PNG):
        kind = "image/png"
    elif _SVG.match(content):
        kind = "image/svg+xml"
    else:
        raise ConfigError(f"{path} is neither a PNG nor an SVG image")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


_Colour = Annotated[
    Text, AfterValidator(_colour), BeforeValidator(_told_if_empty), pattern(f"^{_HEX.pattern}$")
]

_Logo = Annotated[Text, AfterValidator(_data_uri)]


class Colors(Group):
    """Colours in quotes; text on them stays readable."""

    accent: _Colour = Field(DEFAULT_ACCENT, description="of headings, links and charts")
    header: _Colour | None = Field(None, description="of the band at the top; else it is plain")


class Provider(Group):
    """Whose name, logo and colours a report carries."""

    name: Trimmed | None = Field(None, description="your team or company")
    logo: _Logo | None = Field(
        None, description=f"an SVG or PNG file of at most {MAX_LOGO_BYTES // 1000} kB"
    )
    colors: Colors = Field(Colors(), description='colours in quotes, such as "#0b6b74"')

    def branding(self) -> Branding:
        return Branding(self.name, self.logo, self.colors.accent, self.colors.header)


class _Branded(Group):
    """A tenants.yaml of which only the branding is read."""

    model_config = ConfigDict(extra="ignore")

    provider: Provider = Provider()
