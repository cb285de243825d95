"""A query's answer on a terminal: a table that fits, record by record where none does, paged."""

import contextlib
import math
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from rich.cells import cell_len, set_cell_size

from pipeline.cli.interrupts import was_meant
from pipeline.text import printable

GAP = "  "
NULL = "–"
CUT = "…"
MIN_TEXT = 8
# The widths are decided by the first rows; more are cut to them, so that any answer can be shown.
MEASURED_ROWS = 5_000


def table_lines(
    names: Sequence[str],
    rows: Iterator[tuple[Any, ...]],
    *,
    numeric: frozenset[int],
    width: int | None,
) -> Iterator[str]:
    """The lines of a table at most `width` cells wide; without a width nothing is shortened.

    Numbers stand right and are never cut, text is where it is the longest. Where even short text
    does not fit, each row is told as a record of one line a column.
    """
    header = [printable(name) for name in names]
    is_whole = width is None
    first = [_cells(row, whole=is_whole) for row in islice(rows, MEASURED_ROWS)]
    rest = (_cells(row, whole=is_whole) for row in rows)
    natural = [
        max(chain((cell_len(name),), (cell_len(cells[position]) for cells in first)))
        for position, name in enumerate(header)
    ]
    widths = natural if width is None else _fitted(natural, numeric, width)
    if widths is None:
        yield from _records(header, chain(first, rest), width=width or 0)
        return
    yield _line(header, widths, numeric)
    yield GAP.join("─" * cells for cells in widths)
    for cells in chain(first, rest):
        yield _line(cells, widths, numeric)


def _cells(row: Sequence[Any], *, whole: bool) -> list[str]:
    return [NULL if value is None else _text(value, whole=whole) for value in row]


def _text(value: object, *, whole: bool) -> str:
    if isinstance(value, float | Decimal) and not whole and math.isfinite(value):
        number = float(value)
        return str(round(number, 4)) if number == 0 or abs(number) >= 0.001 else f"{number:.3g}"
    return printable(value)


def _fitted(natural: list[int], numeric: frozenset[int], width: int) -> list[int] | None:
    """The widths, the longest text cut first; None where the columns do not fit."""
    least = [
        cells if position in numeric else min(cells, MIN_TEXT)
        for position, cells in enumerate(natural)
    ]
    room = width - len(GAP) * (len(natural) - 1)
    if sum(least) > room:
        return None
    low, high = MIN_TEXT, max(natural, default=MIN_TEXT)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_capped(natural, least, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return _capped(natural, least, low)


def _capped(natural: list[int], least: list[int], cap: int) -> list[int]:
    return [max(short, min(cells, cap)) for cells, short in zip(natural, least, strict=True)]


def _line(cells: Sequence[str], widths: Sequence[int], numeric: frozenset[int]) -> str:
    placed = []
    for position, (text, width) in enumerate(zip(cells, widths, strict=True)):
        short = _shortened(text, width)
        padding = " " * (width - cell_len(short))
        placed.append(padding + short if position in numeric else short + padding)
    return GAP.join(placed).rstrip()


def _shortened(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + CUT


def _records(header: Sequence[str], rows: Iterator[list[str]], *, width: int) -> Iterator[str]:
    longest = max(cell_len(name) for name in header)
    room = max(width - longest - len(GAP), MIN_TEXT)
    for number, cells in enumerate(rows, start=1):
        yield f"─── row {number} ".ljust(min(width, 60), "─")
        for name, text in zip(header, cells, strict=True):
            yield f"{set_cell_size(name, longest)}{GAP}{_shortened(text, room)}".rstrip()


def terminal_width() -> int:
    """Cells in a line of this terminal."""
    return shutil.get_terminal_size().columns


def show(lines: Iterator[str], *, paged: bool) -> None:
    """Print the lines, through the pager where they are more than the terminal holds."""
    held = list(islice(lines, shutil.get_terminal_size().lines - 2)) if paged else []
    following = list(islice(lines, 1)) if paged else []
    pager = _pager() if following else None
    everything = chain(held, following, lines)
    if pager is None or pager.stdin is None:
        for line in everything:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
        return
    try:
        for line in everything:
            pager.stdin.write(line + "\n")
    except (BrokenPipeError, KeyboardInterrupt):
        # The person has seen enough.
        was_meant()
    finally:
        with contextlib.suppress(BrokenPipeError):
            pager.stdin.close()
        _wait(pager)


def _pager() -> "subprocess.Popen[str] | None":
    """The pager of this person ($PAGER, else less); None where there is none."""
    command = shlex.split(os.environ.get("PAGER", "less"))
    if not command or command == ["cat"] or not shutil.which(command[0]):
        return None
    # As git does: one screen is no reason to page, long lines are scrolled, text stays on screen.
    environment = {"LESS": "FRSX", "LESSCHARSET": "utf-8", **os.environ}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    )


def _wait(pager: "subprocess.Popen[str]") -> None:
    while True:
        try:
            pager.wait()
            return
        except KeyboardInterrupt:
            # Ctrl-C is the pager's: it stops reading, not us.
            was_meant()
