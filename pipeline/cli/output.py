"""Text for people: tables, and what a terminal may be given to show."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

# Names come from tenants: a control or bidirectional character in one must not drive a terminal.
BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
NO_TERMINAL_WIDTH = 100_000


def printable(value: object) -> str:
    """The value as one line that is safe to print; null is empty."""
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


def print_table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numeric: frozenset[int] = frozenset(),
    file: TextIO | None = None,
) -> None:
    """Print rows under a header; wrapped to a terminal, never cut elsewhere.

    `numeric` holds the positions of the columns to align right.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    target = file or sys.stdout
    table = Table(box=None, pad_edge=False, header_style="bold")
    for position, name in enumerate(header):
        table.add_column(
            Text(printable(name)),
            justify="right" if position in numeric else "left",
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(printable(value)) for value in row))
    width = None if target.isatty() else NO_TERMINAL_WIDTH
    console = Console(file=target, width=width, highlight=False, soft_wrap=False)
    with console.capture() as captured:
        console.print(table)
    # Padding to the right of the last column is noise in a log or a file.
    target.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))
