"""A line chart over days: several series, shaded stretches, numbered marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from pipeline.report.charts.svg import chart, element, number, percent, ticks
from pipeline.report.figures import month

_TOP, _BOTTOM, _LEFT, _RIGHT = 22, 26, 52, 14
_HEADROOM = 0.08


@dataclass(frozen=True)
class Series:
    """Ratios by day, in order of days; a day that is missing breaks the line."""

    label: str
    css: str
    points: Sequence[tuple[date, float | None]]


@dataclass(frozen=True)
class Band:
    """A stretch of days that is shaded."""

    first: date
    last: date
    label: str


@dataclass(frozen=True)
class Mark:
    """A numbered point on the line."""

    day: date
    ratio: float
    label: str


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    low: float
    high: float
    width: int
    height: int

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return _LEFT + (self.width - _LEFT - _RIGHT) * ((day - self.first).days / span)

    def y(self, ratio: float) -> float:
        inner = self.height - _TOP - _BOTTOM
        return _TOP + inner * (1 - (ratio - self.low) / (self.high - self.low))


def line_chart(
    name: str,
    title: str,
    description: str,
    series: Sequence[Series],
    *,
    bands: Sequence[Band] = (),
    marks: Sequence[Mark] = (),
    width: int = 900,
    height: int = 300,
) -> Markup | None:
    """The chart, or None where no series has a value."""
    days = [day for one in series for day, ratio in one.points if ratio is not None]
    ratios = [ratio for one in series for _, ratio in one.points if ratio is not None]
    if not days:
        return None
    room = max((max(ratios) - min(ratios)) * _HEADROOM, 0.01)
    levels = ticks(max(min(ratios) - room, 0), min(max(ratios) + room, 1), 4)
    scale = _Scale(min(days), max(days), levels[0], levels[-1], width, height)
    parts = [*_shades(scale, bands), *_grid(scale, levels), *_months(scale)]
    for one in reversed(series):
        parts.append(element("path", d=_path(scale, one.points), class_=f"line {one.css}"))
        parts += _end(scale, one)
    parts += [part for mark in marks for part in _mark(scale, mark)]
    return chart(name, title, description, width, height, parts)


def _end(scale: _Scale, series: Series) -> list[Markup]:
    known = [(day, ratio) for day, ratio in series.points if ratio is not None]
    return [
        element("circle", cx=scale.x(day), cy=scale.y(ratio), r=3.5, class_=f"dot {series.css}")
        for day, ratio in known[-1:]
    ]


def _path(scale: _Scale, points: Sequence[tuple[date, float | None]]) -> str:
    """Straight between neighbouring days; what is missing stays a gap."""
    drawn: list[str] = []
    previous: date | None = None
    for day, ratio in points:
        if ratio is None:
            continue
        is_next = previous is not None and day - previous <= timedelta(days=1)
        at = f"{number(scale.x(day))} {number(scale.y(ratio))}"
        # A lone day is a dot: a line of no length with round ends.
        drawn.append(f"L{at}" if is_next else f"M{at}h0")
        previous = day
    return "".join(drawn)


def _shades(scale: _Scale, bands: Sequence[Band]) -> list[Markup]:
    parts = []
    for band in bands:
        left, right = scale.x(max(band.first, scale.first)), scale.x(band.last)
        parts.append(
            element(
                "rect",
                x=left,
                y=_TOP,
                width=max(right - left, 0.0),
                height=scale.height - _TOP - _BOTTOM,
                class_="band",
            )
        )
        parts.append(element("text", band.label, x=right - 4, y=_TOP - 8, class_="tick end"))
    return parts


def _grid(scale: _Scale, levels: Sequence[float]) -> list[Markup]:
    parts = []
    for level in levels:
        y = scale.y(level)
        parts.append(element("line", x1=_LEFT, x2=scale.width - _RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(element("text", percent(level), x=_LEFT - 8, y=y + 4, class_="tick end"))
    return parts


def _months(scale: _Scale) -> list[Markup]:
    """A label at the first of each month, fewer where months are many or the chart is narrow."""
    starts = []
    day = scale.first.replace(day=1)
    while day <= scale.last:
        starts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    fitting = max((scale.width - _LEFT - _RIGHT) // 70, 1)
    every = max(-(-len(starts) // fitting), 1)
    shown = [start for start in starts if start >= scale.first][::every] or [scale.first]
    y = scale.height - 8
    return [
        element(
            "text",
            f"{month(start)} {start.year}",
            x=scale.x(start),
            y=y,
            class_="tick" + _anchor(scale, start),
        )
        for start in shown
    ]


def _anchor(scale: _Scale, day: date) -> str:
    x = scale.x(day)
    return " end" if x > scale.width - 60 else " middle" if x > _LEFT + 30 else ""


def _mark(scale: _Scale, mark: Mark) -> list[Markup]:
    x, y = scale.x(mark.day), scale.y(mark.ratio)
    above = y - 18 if y - 18 > _TOP else y + 18
    return [
        element("line", x1=x, x2=x, y1=y, y2=above, class_="stem"),
        element("circle", cx=x, cy=above, r=8.5, class_="mark"),
        element("text", mark.label, x=x, y=above + 3.8, class_="mark-text middle"),
    ]
