"""`posture sql`: read-only SQL over the published snapshot."""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import duckdb

from pipeline.cli.context import Context
from pipeline.cli.sql.formats import BATCH_ROWS, drawing, numeric_columns, rows_of, write_result
from pipeline.cli.sql.session import read_only, refuse_writing, told_in_one_line
from pipeline.errors import PostureError, UsageError


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Answer one query, to stdout or to a file that appears only when it is whole.

    Without a query, on a terminal, ask for one after the other.
    """
    if arguments.query is None and arguments.file is None and _is_conversation(arguments):
        from pipeline.cli.sql.prompt import converse

        return converse(context.home, arguments)
    query = _query(arguments.query, arguments.file)
    to_terminal = arguments.output is None and sys.stdout.isatty()
    if arguments.format == "parquet" and to_terminal:
        raise UsageError("--format parquet is not for a terminal; add -o FILE")
    refuse_writing(query)
    with read_only(context.home) as connection:
        answer(connection, query, arguments)
    return 0


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


def _is_conversation(arguments: argparse.Namespace) -> bool:
    is_plain = arguments.output is None and arguments.format == "table"
    return is_plain and sys.stdin.isatty() and sys.stdout.isatty()


def _query(text: str | None, file: str | None) -> str:
    if (text is None) == (file is None):
        raise UsageError("give one query, as text or with -f FILE")
    if text is not None:
        return text
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(str(file)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as a query ({error})") from error


@contextmanager
def _target(output: Path | None) -> Iterator[IO[bytes]]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        beside.replace(output)
    except OSError as error:
        raise PostureError(f"{output}: cannot be written ({error.strerror})") from error
    finally:
        beside.unlink(missing_ok=True)
