"""Text from outside made safe to show and to query with: names come from tenants."""

import unicodedata

# They turn around what is shown after them.
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


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
