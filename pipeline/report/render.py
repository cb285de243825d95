"""The report as one HTML document: no file beside it, no request, nothing that can run but ours."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.config.branding import Branding
from pipeline.report import words
from pipeline.report.branding_css import colours
from pipeline.report.charts import small
from pipeline.report.figures import (
    cell,
    direction,
    entry,
    figure,
    keyed,
    marked,
    marked_of,
    own_figure,
    shown,
    strong,
)
from pipeline.report.portfolio import read_portfolio
from pipeline.report.rows import Reader
from pipeline.report.tenant import read_tenant
from pipeline.text import microsoft_link, printable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SINCE_DAYS = 30


def render_report(
    connection: DuckDBPyConnection,
    *,
    tenant_id: str | None,
    branding: Branding,
    is_client_copy: bool = False,
    since: date | None = None,
) -> str:
    """The HTML of one tenant's report, or of the portfolio's where `tenant_id` is None.

    Reads only the models of schemas core and marts, `snapshot_id()` and `snapshot_date()`; the
    same snapshot gives the same text. A tenant's report names and counts no other tenant.
    `since` is where "what changed" begins, by default 30 days before the snapshot;
    `is_client_copy` says that it lies beside a client's own database. Raises PostureError for a
    tenant that is not published.
    """
    reader = Reader(connection, tenant_id)
    if tenant_id is None:
        template, content = "portfolio.html.j2", read_portfolio(reader)
        subject = branding.name or "All clients"
    else:
        begin = since or reader.as_of - timedelta(days=SINCE_DAYS)
        template, content = "tenant.html.j2", read_tenant(reader, begin)
        subject = str(content["overview"]["tenant_name"])
    environment = _environment()
    style = environment.get_template("style.css.j2").render(
        **colours(branding), page_note=_css_text(_page_note(reader, subject))
    )
    script = files(__package__).joinpath("templates/script.js").read_text(encoding="utf-8")
    return environment.get_template(template).render(
        **content,
        reader=reader,
        branding=branding,
        subject=subject,
        is_client_copy=is_client_copy,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
    )


@cache
def _environment() -> Environment:
    """Made once a process, so that the templates of many reports are compiled once."""
    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=lambda name: name is None or not name.startswith("style.css"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "fig": figure,
        "own": own_figure,
        "at": marked,
        "of": marked_of,
        "key": keyed,
        "cell": cell,
        "entry": entry,
        "strong": strong,
        "direction": direction,
        "name": words.name,
        "printable": printable,
        "prose": words.prose,
        "words": words.words,
        "scope": words.scope,
        "status": words.status,
        "status_class": words.status_class,
        "web": microsoft_link,
        "day": _day,
    }
    environment.globals |= {"w": words, "bar": small.bar, "bullet": small.bullet}
    return environment


def _day(value: Any) -> str:
    return "\u2013" if value is None else shown(value, "day")


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded or run but the style and the script of this very text."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _page_note(reader: Reader, subject: str) -> str:
    name = printable(subject)
    short = name if len(name) <= 60 else name[:59] + "\u2026"
    return f"{short} \u00b7 as of {shown(reader.as_of, 'day')} \u00b7 snapshot {reader.snapshot}"


def _css_text(text: str) -> str:
    """A CSS string; all but letters and digits as code points, so that nothing ends it."""
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda sign: f"\\{ord(sign[0]):06x} ", text) + '"'
