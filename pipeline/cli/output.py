"""Tables for people."""

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from pipeline.text import printable

NO_TERMINAL_WIDTH = 100_000


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
