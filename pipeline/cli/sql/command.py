"""`posture sql`: read-only SQL over the published snapshot."""

import argparse
import sys
from pathlib import Path

from pipeline.cli.context import Context
from pipeline.cli.sql.answer import answer
from pipeline.cli.sql.session import read_only, refuse_writing
from pipeline.errors import UsageError


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
