"""Stairs: the ratio reached after each step of a way."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.report.charts.svg import chart, element, number, percent, ticks

_TOP, _BOTTOM, _LEFT, _RIGHT = 12, 40, 52, 14


def step_chart(
    name: str,
    title: str,
    description: str,
    start: float,
    steps: Sequence[tuple[float, str]],
    *,
    axis: str,
    width: int = 900,
    height: int = 240,
) -> Markup | None:
    """`steps` are the ratio after each step and the class of its stroke; None without steps."""
    if not steps:
        return None
    reached = [start, *(ratio for ratio, _ in steps)]
    levels = ticks(max(min(reached) - 0.02, 0), min(max(reached) + 0.02, 1.0), 4)

    def x(index: int) -> float:
        return _LEFT + (width - _LEFT - _RIGHT) * index / len(steps)

    def y(ratio: float) -> float:
        span = levels[-1] - levels[0]
        return _TOP + (height - _TOP - _BOTTOM) * (1 - (ratio - levels[0]) / span)

    parts = []
    for level in levels:
        parts.append(
            element("line", x1=_LEFT, x2=width - _RIGHT, y1=y(level), y2=y(level), class_="grid")
        )
        parts.append(
            element("text", percent(level), x=_LEFT - 8, y=y(level) + 4, class_="tick end")
        )
    every = max(-(-len(steps) // 6), 1)
    for index in range(0, len(steps) + 1, every):
        parts.append(element("text", index, x=x(index), y=height - 22, class_="tick middle"))
    parts.append(element("text", axis, x=width - _RIGHT, y=height - 4, class_="tick end"))
    for css in sorted({css for _, css in steps}):
        d = "".join(
            f"M{number(x(index))} {number(y(reached[index]))}"
            f"H{number(x(index + 1))}V{number(y(ratio))}"
            for index, (ratio, kind) in enumerate(steps)
            if kind == css
        )
        parts.append(element("path", d=d, class_=f"line {css}"))
    parts.append(
        element("circle", cx=x(len(steps)), cy=y(reached[-1]), r=3.5, class_=f"dot {steps[-1][1]}")
    )
    return chart(name, title, description, width, height, parts)
