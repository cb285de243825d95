"""Tables for people."""

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from pipeline.text import printable

_BETWEEN = "  "


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
    target = file or sys.stdout
    table = [[printable(value) for value in row] for row in (header, *rows)]
    if target.isatty():
        _print_wrapped(table, numeric, target)
    else:
        _print_whole(table, numeric, target)


def _print_whole(table: list[list[str]], numeric: frozenset[int], target: TextIO) -> None:
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = []
        for position, (cell, width) in enumerate(zip(row, widths, strict=True)):
            missing = " " * (width - cell_len(cell))
            cells.append(missing + cell if position in numeric else cell + missing)
        # Padding to the right of the last column is noise in a log or a file.
        target.write(_BETWEEN.join(cells).rstrip() + "\n")


def _print_wrapped(table: list[list[str]], numeric: frozenset[int], target: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    header, *rows = table
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, len(_BETWEEN), 0, 0))
    for position, name in enumerate(header):
        shown.add_column(
            Text(name), justify="right" if position in numeric else "left", overflow="fold"
        )
    for row in rows:
        shown.add_row(*map(Text, row))
    console = Console(file=target, highlight=False, soft_wrap=False)
    with console.capture() as captured:
        console.print(shown)
    target.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))
