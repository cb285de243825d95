"""A waterfall on its side: from one ratio to another, part by part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.report.charts.svg import chart, element, percent, ticks

_ROW, _BAR, _TOP, _BOTTOM = 34, 20, 6, 26
_VALUE = 78


@dataclass(frozen=True)
class Part:
    """What one cause moved the ratio, with its label and shown value."""

    label: str
    change: float
    text: str


def waterfall(
    name: str,
    title: str,
    description: str,
    start: tuple[str, float, str],
    parts: Sequence[Part],
    end: tuple[str, float, str],
    *,
    width: int = 900,
    label: int = 200,
) -> Markup:
    """Rows from top to bottom: start, each part where the one before ended, end."""
    levels = _levels(start[1], parts, end[1])
    height = _TOP + _BOTTOM + _ROW * (len(parts) + 2)

    def x(ratio: float) -> float:
        inner = width - label - _VALUE
        return label + inner * (ratio - levels[0]) / (levels[-1] - levels[0])

    drawn = _axis(levels, x, height)
    drawn += _row(0, start[0], start[2], (x(levels[0]), x(start[1])), "whole", width)
    at = start[1]
    for index, part in enumerate(parts, start=1):
        css = "gain" if part.change > 0 else "loss"
        ends = (x(at), x(at + part.change))
        drawn += _row(index, part.label, part.text, ends, css, width)
        at += part.change
    last = len(parts) + 1
    drawn += _row(last, end[0], end[2], (x(levels[0]), x(end[1])), "whole", width)
    drawn += _joints(start[1], parts, x)
    return chart(name, title, description, width, height, drawn)


def _levels(start: float, parts: Sequence[Part], end: float) -> list[float]:
    """An axis that leaves out what all rows share, so that small changes can be seen."""
    reached = [start, end]
    at = start
    for part in parts:
        at += part.change
        reached.append(at)
    room = max((max(reached) - min(reached)) * 0.5, 0.01)
    return ticks(max(min(reached) - room, 0), min(max(reached) + room / 5, 1.05), 4)


def _axis(levels: Sequence[float], x: Callable[[float], float], height: int) -> list[Markup]:
    parts = []
    for level in levels:
        at = x(level)
        parts.append(element("line", x1=at, x2=at, y1=_TOP, y2=height - _BOTTOM, class_="grid"))
        parts.append(element("text", percent(level), x=at, y=height - 8, class_="tick middle"))
    return parts


def _row(
    index: int, label: str, text: str, ends: tuple[float, float], css: str, width: int
) -> list[Markup]:
    y = _TOP + _ROW * index
    low, high = sorted(ends)
    return [
        element("text", label, x=0, y=y + 21, class_="label"),
        element(
            "rect",
            x=low,
            y=y + (_ROW - _BAR) // 2,
            width=max(high - low, 1.5),
            height=_BAR,
            rx=2,
            class_=f"bar {css}",
        ),
        element("text", text, x=width - 2, y=y + 21, class_=f"value end {css}"),
    ]


def _joints(start: float, parts: Sequence[Part], x: Callable[[float], float]) -> list[Markup]:
    joints, at = [], start
    for index, part in enumerate([*parts, None]):
        y = _TOP + _ROW * index + (_ROW + _BAR) // 2
        joints.append(element("line", x1=x(at), x2=x(at), y1=y, y2=y + _ROW - _BAR, class_="joint"))
        at += part.change if part else 0
    return joints
