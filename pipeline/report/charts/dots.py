"""A dot plot: one row a subject, a dot for where it stands and a ring for its peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.report.charts.svg import chart, element, percent, ticks

_ROW, _TOP, _BOTTOM, _VALUE = 36, 6, 26, 82


@dataclass(frozen=True)
class Dot:
    """A ratio and that of the peers, where known; `text` is the shown ratio."""

    label: str
    ratio: float
    peers: float | None
    text: str


def dot_plot(
    name: str, title: str, description: str, dots: Sequence[Dot], *, width: int = 900, label: int
) -> Markup | None:
    """Rows in the given order on an axis from 0 to 100 %; None without rows."""
    if not dots:
        return None
    height = _TOP + _BOTTOM + _ROW * len(dots)
    inner = width - label - _VALUE
    parts = []
    for level in ticks(0, 1, 4):
        x = label + inner * level
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=height - _BOTTOM, class_="grid"))
        parts.append(element("text", percent(level), x=x, y=height - 8, class_="tick middle"))
    for index, dot in enumerate(dots):
        y = _TOP + _ROW * index + _ROW / 2
        x = label + inner * dot.ratio
        parts.append(element("text", dot.label, x=0, y=y + 4, class_="label"))
        if dot.peers is not None:
            other = label + inner * dot.peers
            parts.append(element("line", x1=other, x2=x, y1=y, y2=y, class_="span"))
            parts.append(element("circle", cx=other, cy=y, r=5.5, class_="ring"))
        parts.append(element("circle", cx=x, cy=y, r=6.5, class_="dot s1"))
        parts.append(element("text", dot.text, x=width - 2, y=y + 4, class_="value end"))
    return chart(name, title, description, width, height, parts)
