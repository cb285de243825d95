"""Text from outside made safe to show and to query with: names come from tenants."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# They turn around what is shown after them.
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")

# Hosts under which only Microsoft itself speaks. azure.com and sharepoint.com are not among them:
# below these stand the machines and pages of anybody.
MICROSOFT_HOSTS = frozenset({"aka.ms", "portal.azure.com", "portal.azure.us", "portal.azure.cn"})
MICROSOFT_DOMAINS = frozenset(
    {
        "cloud.microsoft",
        "microsoft.com",
        "microsoft.us",
        "microsoft365.com",
        "microsoftonline.com",
        "microsoftonline.us",
        "office.com",
        "office365.com",
        "office365.us",
        "partner.microsoftonline.cn",
    }
)


def microsoft_link(text: str | None) -> str | None:
    """The address where a click on it can only open a page of Microsoft's, else None.

    What a tenant's data call an address comes from outside, and so does who gets to click on it.
    """
    if not text or not text.isascii() or not text.isprintable() or set(text) & set(' \\"<>'):
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or "@" in parts.netloc or port not in (None, 443):
        return None
    above = [host.split(".", depth)[depth] for depth in range(host.count(".") + 1)]
    is_known = host in MICROSOFT_HOSTS or not MICROSOFT_DOMAINS.isdisjoint(above)
    return text if is_known else None


def printable(value: object) -> str:
    """The value as one line that is safe to show where no markup isolates it; null is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "".join(
        " "
        if character in "\n\t"
        else "\N{REPLACEMENT CHARACTER}"
        if character in BIDIRECTIONAL or unicodedata.category(character) == "Cc"
        else character
        for character in str(value)
    )


def one_line(text: str) -> str:
    """The text without line breaks, its blanks single."""
    return " ".join(text.split())


def quoted(text: str) -> str:
    """The text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: object) -> str:
    """The value as SQL. Raises TypeError for what has no literal."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case int() | Decimal():
            return str(value)
        case float():
            return f"{str(value)!r}::double"
        case datetime():
            kind = "timestamp" if value.tzinfo is None else "timestamptz"
            return f"{kind} '{value.isoformat(sep=' ')}'"
        case date():
            return f"date '{value.isoformat()}'"
        case Path():
            return quoted(one_file(value))
        case Sequence():
            return f"[{', '.join(map(literal, value))}]"
    raise TypeError(f"{type(value).__name__} has no literal")


def one_of(column: str, values: Collection[str]) -> str:
    """SQL that is true where the column has one of these texts.

    A long list after `in` becomes a join, and each holds some 35 MB: a statement that reads thirty
    tables, with two such lists each, took more than a gigabyte.
    """
    return f"list_contains({literal(sorted(values))}, {column})" if values else "false"


def filled(query: str, values: Mapping[str, Any]) -> str:
    """The query with the value of each `$name` that stands in it as a literal.

    Given a parameter, DuckDB's Python client imports pandas, which takes longer than a command.
    """
    return re.sub(
        r"\$([a-z_]+)",
        lambda found: literal(values[found[1]]) if found[1] in values else found[0],
        query,
    )


def one_file(path: Path) -> str:
    """The path as DuckDB's readers of files take it: a sign in it is a sign, and no pattern."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))
