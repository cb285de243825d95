"""`posture sql`: read-only SQL over the published snapshot."""

import argparse
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import duckdb

from pipeline.cli.context import Context
from pipeline.cli.sql_formats import write_result
from pipeline.errors import PostureError, UsageError
from pipeline.paths import Home
from pipeline.published import open_published, quoted

EXPLAIN = re.compile(r"\s*explain(\s+analyze)?\b", re.IGNORECASE)
# The statement itself is wrong, not the data or the machine.
WRONG_STATEMENT = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.SyntaxException,
    duckdb.PermissionException,
)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Answer one query, to stdout or to a file that appears only when it is whole."""
    query = _query(arguments.query, arguments.file)
    to_terminal = arguments.output is None and sys.stdout.isatty()
    if arguments.format == "parquet" and to_terminal:
        raise UsageError("--format parquet is not for a terminal; add -o FILE")
    _refuse_writing(query)
    with _read_only(context.home) as connection:
        try:
            result = connection.execute(query)
            with _target(arguments.output) as target:
                write_result(result, target, output_format=arguments.format)
        except duckdb.Error as error:
            kind = UsageError if isinstance(error, WRONG_STATEMENT) else PostureError
            raise kind(_message(error)) from error
    return 0


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


def _refuse_writing(query: str) -> None:
    """Let pass what only reads. What is not known to only read is refused."""
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        raise UsageError(_message(error)) from error
    # A PIVOT arrives as two: a type made for it, without text of its own, and the query.
    written = [statement for statement in statements if statement.query]
    pivots = [statement for statement in statements if not statement.query]
    if len(written) > 1 or not statements:
        raise UsageError(f"one query at a time: {len(written)} given")
    for statement in written:
        kind = statement.type.name
        explained = EXPLAIN.match(statement.query) if kind == "EXPLAIN" else None
        if explained:
            _refuse_writing(statement.query[explained.end() :])
        elif kind != "SELECT":
            raise UsageError(f"{kind} is refused: posture sql only reads; use SELECT")
    if any(statement.type.name not in ("CREATE", "SELECT") for statement in pivots):
        raise UsageError("posture sql only reads; use SELECT")


@contextmanager
def _read_only(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reaches the snapshot's files and no other, and cannot be unlocked."""
    with open_published(home) as connection:
        snapshots = quoted(str((home.published / "snapshots").resolve()))
        connection.execute("set search_path = 'core,marts'")
        connection.execute("set temp_directory = ''")
        connection.execute(f"set allowed_directories = [{snapshots}]")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


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


def _message(error: duckdb.Error) -> str:
    """What was wrong and the nearest names, without the picture of the query."""
    text = str(error).split("\nLINE ")[0]
    return " ".join(text.split())
