"""One locked connection on the published snapshot, and what may be asked of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipeline.errors import PostureError, UsageError
from pipeline.home import Home
from pipeline.published.reader import open_locked

EXPLAIN = re.compile(r"\s*explain(\s+analyze)?\b", re.IGNORECASE)
# The statement itself is wrong, not the data or the machine.
WRONG_STATEMENT = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.SyntaxException,
    duckdb.PermissionException,
)


def refuse_writing(query: str) -> None:
    """Let pass one query that only reads. What is not known to only read is refused.

    Raises UsageError.
    """
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        raise UsageError(one_line(error)) from error
    # A PIVOT arrives as two: a type made for it, without text of its own, and the query.
    written = [statement for statement in statements if statement.query]
    pivots = [statement for statement in statements if not statement.query]
    if len(written) > 1 or not statements:
        raise UsageError(f"one query at a time: {len(written)} given")
    for statement in written:
        kind = statement.type.name
        explained = EXPLAIN.match(statement.query) if kind == "EXPLAIN" else None
        if explained:
            refuse_writing(statement.query[explained.end() :])
        elif kind != "SELECT":
            raise UsageError(f"{kind} is refused: posture sql only reads; use SELECT")
    if any(statement.type.name not in ("CREATE", "SELECT") for statement in pivots):
        raise UsageError("posture sql only reads; use SELECT")


@contextmanager
def read_only(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reaches the snapshot's files and no other, and cannot be unlocked."""
    with open_locked(home, "core,marts") as connection:
        yield connection


@contextmanager
def told_in_one_line(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """DuckDB's errors as ours: wrong use, or a failure on the data; Ctrl-C stays what it is."""
    try:
        yield
    except (KeyboardInterrupt, RuntimeError) as error:
        # RuntimeError is what DuckDB's Python client makes of Ctrl-C while a query runs.
        if isinstance(error, RuntimeError) and str(error) != "Query interrupted":
            raise
        # Its threads go on until they are told, and the next query would wait for them.
        connection.interrupt()
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        kind = UsageError if isinstance(error, WRONG_STATEMENT) else PostureError
        raise kind(one_line(error)) from error


def one_line(error: duckdb.Error) -> str:
    """What was wrong and the nearest names, without the picture of the query."""
    text = str(error).split("\nLINE ")[0]
    return " ".join(text.split())
