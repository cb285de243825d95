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


def keyed(row: Row) -> Markup:
    """As `marked`, where an element above names the model."""
    return Markup(' data-key="{}"').format(_key(row.origin.key))


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


def cell(row: Row | None, column: str, style: str = "count", why: str | None = None) -> Markup:
    """A cell of a table that is a number: the column's head names its column, the row its key.

    A portfolio has a dozen for each client, and what they share is said once.
    """
    return _brief("td", row, column, style, why)


def entry(row: Row | None, column: str, style: str = "count", why: str | None = None) -> Markup:
    """An entry of a list of pairs that is a number and names its column."""
    return _brief("dd", row, column, style, why)


def strong(row: Row, column: str, style: str) -> Markup:
    """A number in a line of text that names its column."""
    return _brief("b", row, column, style, None)


def _brief(tag: str, row: Row | None, column: str, style: str, why: str | None) -> Markup:
    if row is None or row[column] is None:
        reason = why or "not known"
        return Markup('<{0} class=none><abbr title="{1}">{2}</abbr></{0}>').format(
            tag, reason, _DASH
        )
    kind = direction(row[column], style)
    css = Markup(" class={}").format(kind) if kind in ("up", "down") else ""
    named = Markup(" data-column={}").format(column) if tag != "td" else ""
    # A number or a day: it needs no quotes.
    return Markup("<{0}{1}{2} data-value={3}>{4}</{0}>").format(
        tag, css, named, exact(row[column]), shown(row[column], style)
    )


def marked_of(row: Row, client: int) -> Markup:
    """As `marked`, where the tenant is that of the client's panel and an element above names the
    model."""
    key = {name: value for name, value in row.origin.key.items() if name != "tenant_id"}
    more = Markup(' data-key="{}"').format(_key(key)) if key else ""
    return Markup(" data-of={}{}").format(client, more)


def _key(key: Any) -> Markup:
    return escape(urlencode({name: exact(value) for name, value in key.items()}))


def _signed(value: float, decimals: int) -> str:
    text = f"{value:+.{decimals}f}"
    if decimals == 2:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("+-") if float(text) == 0 else text
