"""Runs one query and shows or writes what it answers."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import duckdb

from pipeline.cli.sql.formats import BATCH_ROWS, drawing, numeric_columns, rows_of, write_result
from pipeline.cli.sql.session import told_in_one_line
from pipeline.errors import PostureError
from pipeline.files import whole_file


def answer(
    connection: duckdb.DuckDBPyConnection, query: str, arguments: argparse.Namespace
) -> None:
    """Run one query that was found to only read, and show or write what it answers.

    Raises UsageError where the query is wrong, PostureError where it fails on the data.
    """
    with told_in_one_line(connection):
        started = time.monotonic()
        result = connection.execute(query)
        if arguments.output is None and arguments.format == "table" and sys.stdout.isatty():
            _show(result, arguments, started)
            return
        with _target(arguments.output) as target:
            write_result(result, target, output_format=arguments.format)


def _show(result: duckdb.DuckDBPyConnection, arguments: argparse.Namespace, started: float) -> None:
    """A table that fits the terminal, then how many rows it has and how long they took."""
    from pipeline.cli.sql.terminal import show, table_lines, terminal_width

    reader = result.to_arrow_reader(BATCH_ROWS)
    plan = drawing(reader)
    if plan is not None:
        show(iter(plan.splitlines()), paged=arguments.pager)
        return
    rows = _Counted(rows_of(reader))
    lines = table_lines(
        reader.schema.names,
        iter(rows),
        numeric=numeric_columns(reader.schema),
        width=None if arguments.wide else terminal_width(),
    )
    show(lines, paged=arguments.pager)
    more = "" if rows.ended else " shown, and more"
    print(
        f"{rows.count:,} row{'' if rows.count == 1 else 's'}{more}, "
        f"{rows.first_at - started:.2f} s",
        file=sys.stderr,
    )


class _Counted:
    """Rows that are counted as they pass; a pager may be left before the last.

    `first_at` is when the first was there: how long somebody reads is not the query's time.
    """

    def __init__(self, rows: Iterator[tuple[object, ...]]) -> None:
        self._rows = rows
        self.count = 0
        self.ended = False
        self.first_at = time.monotonic()

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        for row in self._rows:
            if not self.count:
                self.first_at = time.monotonic()
            self.count += 1
            yield row
        self.ended = True


@contextmanager
def _target(output: Path | None) -> Iterator[IO[bytes]]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with whole_file(output) as path, path.open("xb") as target:
            yield target
    except OSError as error:
        raise PostureError(f"{output}: cannot be written ({error.strerror})") from error
