"""Whose name, logo and colours a report carries: `provider:` in tenants.yaml."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.yaml_reader import Place, read_yaml

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


def read_branding(place: Place) -> Branding:
    """The branding written at `provider:`. Raises UsageError with the place of a mistake."""
    keys = place.group(("name", "logo", "colors"))
    colours = keys["colors"].group(("accent", "header")) if "colors" in keys else {}
    return Branding(
        name=keys["name"].text().strip() if "name" in keys else None,
        logo=_logo(keys["logo"]) if "logo" in keys else None,
        accent=_colour(colours["accent"]) if "accent" in colours else DEFAULT_ACCENT,
        header=_colour(colours["header"]) if "header" in colours else None,
    )


def load_branding(path: Path) -> Branding:
    """The branding of a tenants.yaml; the rest of the file is not looked at.

    So a report needs no secret that the file refers to. Raises UsageError where the file is
    missing or is not YAML, and with `file:line: key: problem` for a mistake in `provider:`.
    """
    keys = read_yaml(path).group()
    return read_branding(keys["provider"]) if "provider" in keys else Branding()


def _colour(place: Place) -> str:
    if place.kind == "empty":
        place.fail('is empty; a colour needs quotes, as in "#0a5", else YAML takes it as a comment')
    value = place.text()
    if not _HEX.fullmatch(value):
        place.fail(f'{value!r} is not a colour; write it as "#0a5" or "#00aa55", in quotes')
    return _normalised(value)


def _normalised(colour: str) -> str:
    """`#abc` or `#AABBCC` as `#aabbcc`."""
    digits = colour[1:].lower()
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)


def _logo(place: Place) -> str:
    path = place.file.parent / place.text()
    try:
        # One byte more than allowed tells a file that is too large without reading all of it.
        with path.open("rb") as source:
            content = source.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        place.fail(f"{path} cannot be read ({error.strerror}); paths are relative to this file")
    if len(content) > MAX_LOGO_BYTES:
        place.fail(f"{path} is larger than {MAX_LOGO_BYTES // 1000} kB; a logo needs less")
    if content.startswith(_PNG):
        kind = "image/png"
    elif _SVG.match(content):
        kind = "image/svg+xml"
    else:
        place.fail(f"{path} is neither a PNG nor an SVG image")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
