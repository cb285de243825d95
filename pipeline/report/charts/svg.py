"""Elements of SVG, escaped, and the frame that every chart shares."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup, escape


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """An element; `class_` is class, `_` in a name is `-`, None leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not children:
        return Markup(f"<{tag}{written}/>")
    return Markup(f"<{tag}{written}>{''.join(escape(child) for child in children)}</{tag}>")


def chart(
    name: str, title: str, description: str, width: int, height: int, parts: Iterable[Markup]
) -> Markup:
    """The whole drawing; `name` makes its ids unique in the page."""
    return element(
        "svg",
        element("title", title, id=f"{name}-t"),
        element("desc", description, id=f"{name}-d"),
        *parts,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        class_="chart",
    )


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round values over low to high, about `count` of them; the first and last enclose both."""
    span = max(high - low, 1e-9)
    raw = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= raw - 1e-12)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]


def percent(value: float) -> str:
    """A ratio on an axis."""
    return f"{100 * value:.1f}".removesuffix(".0") + "\u00a0%"


def _text(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)
