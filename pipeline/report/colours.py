"""Colours that stay readable: WCAG contrast, and the nearest shade that has enough of it."""

# A little above WCAG AA (4.5), so that rounding in a browser never falls below it.
ENOUGH = 4.6
_STEPS = 100


def contrast(first: str, second: str) -> float:
    """WCAG's contrast ratio of two `#rrggbb` colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, *backgrounds: str) -> str:
    """The colour, moved towards black or white until it reads as text on every background."""
    towards = "#000000" if contrast(backgrounds[0], "#000000") >= 10 else "#ffffff"
    for step in range(_STEPS + 1):
        shade = mixed(colour, towards, step / _STEPS)
        if all(contrast(shade, background) >= ENOUGH for background in backgrounds):
            return shade
    return towards


def text_on(background: str) -> str:
    """Black or white, whichever reads better on the background."""
    return max(("#ffffff", "#000000"), key=lambda text: contrast(text, background))


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with a share (0 to 1) of the other."""
    parts = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in parts)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
