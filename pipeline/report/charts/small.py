"""Small charts that stand beside a number: sparkline, bar, parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from pipeline.report.charts.svg import element, number

# Twice what is drawn, so that whole numbers are fine enough: a portfolio has one for each client.
_WIDTH, _HEIGHT, _EDGE = 240, 56, 6


def sparkline(label: str, ratios: Sequence[float]) -> Markup | None:
    """The course of a few dozen ratios, its last one marked; None where there is none."""
    if not ratios:
        return None
    low, high = min(ratios), max(ratios)
    span = max(high - low, 0.02)
    base = (low + high - span) / 2
    step = (_WIDTH - 2 * _EDGE) / max(len(ratios) - 1, 1)
    points = [
        (
            round(_EDGE + step * index),
            round(_EDGE + (_HEIGHT - 2 * _EDGE) * (1 - (ratio - base) / span)),
        )
        for index, ratio in enumerate(ratios)
    ]
    steps = "".join(
        f"{' ' if index else ''}{x - left}{y - top if y < top else f' {y - top}'}"
        for index, ((left, top), (x, y)) in enumerate(pairwise(points))
    )
    (x, y), (left, top) = points[0], points[-1]
    return element(
        "svg",
        element("path", d=f"M{x} {y}{f'l{steps}' if steps else 'h0'}", class_="line s1"),
        element("circle", cx=left, cy=top, r=5, class_="dot s1"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=label,
        class_="spark",
    )


def bar(ratio: float | None, css: str = "s1") -> Markup:
    """A bar of a ratio from 0 to 1; hidden from readers of text, who have the number beside it."""
    filled = [] if ratio is None else [_part(0, min(max(ratio, 0), 1), css)]
    return _strip([_part(0, 1, "rest"), *filled])


def stack(shares: Sequence[tuple[float, str]]) -> Markup:
    """Parts from 0 to 1 side by side, each with its class."""
    parts, at = [_part(0, 1, "rest")], 0.0
    for share, css in shares:
        parts.append(_part(at, share, css))
        at += share
    return _strip(parts)


def diverging(change: float, largest: float) -> Markup:
    """A bar to the right for a gain, to the left for a loss, over -largest to largest."""
    share = 0.5 * abs(change) / largest if largest else 0
    left = 0.5 if change >= 0 else 0.5 - share
    css = "gain" if change >= 0 else "loss"
    zero = element("rect", x=99.5, y=0, width=1, height=10, class_="zero")
    return _strip([_part(left, share, css), zero])


def _part(left: float, share: float, css: str) -> Markup:
    return element("rect", x=200 * left, y=0, width=200 * share, height=10, class_=f"bar {css}")


def _strip(parts: Sequence[Markup], css: str = "strip") -> Markup:
    return element(
        "svg",
        *parts,
        viewBox="0 0 200 10",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_=css,
    )


def bullet(ratio: float | None, peers: float | None, reach: float | None) -> Markup:
    """A ratio as a bar, a tick at the peers and a lighter stretch up to what can be reached."""
    parts = [
        # What starts at nothing needs no place, and the style knows how high they all are.
        element("rect", width=number(200 * min(share, 1)), class_=f"bar {css}")
        for share, css in ((reach, "reach"), (ratio, "s1"))
        if share is not None
    ]
    if peers is not None:
        x = number(200 * peers - 0.4)
        parts.append(element("rect", x=x, width=0.8, class_="tick-mark"))
    return _strip(parts, "strip bullet")
