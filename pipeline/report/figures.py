"""Numbers as people read them, each marked with the model, column and row it comes from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from pipeline.report.rows import Origin, Row

_SPACE = "\u00a0"
_MINUS = "\u2212"
_DASH = "\u2013"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SIGNED = frozenset({"change", "points_change"})


def month(day: date) -> str:
    """The month, the same in every locale."""
    return _MONTHS[day.month - 1]


def shown(value: Any, style: str) -> str:
    """The value in words: style is percent, change, points, points_change, count or day."""
    if isinstance(value, date):
        return f"{value.day}{_SPACE}{month(value)}{_SPACE}{value.year}"
    match style:
        case "percent":
            text = f"{100 * value:.1f}{_SPACE}%"
        case "change":
            text = f"{_signed(100 * value, 1)}{_SPACE}pp"
        case "points":
            text = f"{value:,.2f}".rstrip("0").rstrip(".")
        case "points_change":
            text = _signed(value, 2)
        case "count":
            text = f"{value:,.0f}"
        case _:
            text = str(value)
    return text.replace("-", _MINUS)


def direction(value: Any, style: str) -> str:
    """up, down or level, as the shown number says; '' where the style has no sign."""
    if style not in _SIGNED or value is None:
        return ""
    text = shown(value, style)
    return "up" if text.startswith("+") else "down" if text.startswith(_MINUS) else "level"


def exact(value: Any) -> str:
    """The value in full precision, as a test compares it with the model."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return repr(value) if isinstance(value, float) else str(value)


def marked(row: Row) -> Markup:
    """The attributes that say where the figures inside an element come from."""
    origin: Origin = row.origin
    text = Markup(' data-mart="{}" data-key="{}"').format(origin.model, _key(origin.key))
    if origin.aggregate:
        text += Markup(' data-aggregate="{}"').format(origin.aggregate)
    if origin.minus is not None:
        text += Markup(' data-minus="{}"').format(_key(origin.minus))
    return text


def figure(
    row: Row | None, column: str, style: str = "count", *, why: str | None = None, own: bool = False
) -> Markup:
    """A marked number; a dash with its reason `why` where there is none.

    With `own` it carries its origin itself, else an element around it does (`marked`).
    """
    if row is None or row[column] is None:
        reason = why or "not known"
        return Markup(
            '<span class="none" title="{0}">{1}<span class="vh"> {0}</span></span>'
        ).format(reason, _DASH)
    value = row[column]
    kind = direction(value, style)
    return Markup('<span class="n{}"{} data-column="{}" data-value="{}"{}>{}</span>').format(
        f" {kind}" if kind else "",
        marked(row) if own else "",
        column,
        exact(value),
        Markup(' title="{}.{}"').format(row.origin.model, column) if own else "",
        shown(value, style),
    )


def own_figure(
    row: Row | None, column: str, style: str = "count", why: str | None = None
) -> Markup:
    """A number that carries its origin itself."""
    return figure(row, column, style, why=why, own=True)


def _key(key: Any) -> Markup:
    return escape(urlencode({name: exact(value) for name, value in key.items()}))


def _signed(value: float, decimals: int) -> str:
    text = f"{value:+.{decimals}f}"
    if decimals == 2:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("+-") if float(text) == 0 else text
