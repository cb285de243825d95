"""Small charts that stand beside a number: sparkline, bar, parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.report.charts.svg import element, number

_WIDTH, _HEIGHT, _EDGE = 120, 28, 3


def sparkline(name: str, title: str, description: str, ratios: Sequence[float]) -> Markup | None:
    """The course of a few dozen ratios, its last one marked; None where there is none."""
    if not ratios:
        return None
    low, high = min(ratios), max(ratios)
    span = max(high - low, 0.02)
    base = (low + high - span) / 2
    step = (_WIDTH - 2 * _EDGE) / max(len(ratios) - 1, 1)

    def at(index: int, ratio: float) -> tuple[float, float]:
        return _EDGE + step * index, _EDGE + (_HEIGHT - 2 * _EDGE) * (1 - (ratio - base) / span)

    points = [at(index, ratio) for index, ratio in enumerate(ratios)]
    drawn = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    x, y = points[-1]
    return element(
        "svg",
        element("title", title, id=f"{name}-t"),
        element("desc", description, id=f"{name}-d"),
        element("polyline", points=drawn, class_="line s1"),
        element("circle", cx=x, cy=y, r=2.5, class_="dot s1"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
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


def _strip(parts: Sequence[Markup]) -> Markup:
    return element(
        "svg",
        *parts,
        viewBox="0 0 200 10",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="strip",
    )


def bullet(ratio: float | None, peers: float | None, reach: float | None) -> Markup:
    """A ratio as a bar, a tick at the peers and a lighter stretch up to what can be reached."""
    parts = [_part(0, 1, "rest")]
    if reach is not None:
        parts.append(_part(0, min(reach, 1), "reach"))
    if ratio is not None:
        parts.append(_part(0, min(ratio, 1), "s1"))
    if peers is not None:
        parts.append(
            element("rect", x=200 * peers - 0.4, y=0, width=0.8, height=10, class_="tick-mark")
        )
    return _strip(parts)
