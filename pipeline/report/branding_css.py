"""The colours of a report as CSS: the provider's accent in shades that read in light and dark."""

from pipeline.config.branding import Branding
from pipeline.report.colours import mixed, readable, text_on

LIGHT, LIGHT_CARD = "#f5f6f8", "#ffffff"
DARK, DARK_CARD = "#10161d", "#18212a"


def colours(branding: Branding) -> dict[str, str]:
    """The values that the style sheet takes, each a `#rrggbb`."""
    light = readable(branding.accent, LIGHT, LIGHT_CARD)
    dark = readable(branding.accent, DARK, DARK_CARD)
    return {
        "page_light": LIGHT,
        "card_light": LIGHT_CARD,
        "accent_light": light,
        "soft_light": mixed(light, LIGHT_CARD, 0.88),
        "page_dark": DARK,
        "card_dark": DARK_CARD,
        "accent_dark": dark,
        "soft_dark": mixed(dark, DARK_CARD, 0.82),
        "header": branding.header or "",
        "header_text": text_on(branding.header) if branding.header else "",
    }
