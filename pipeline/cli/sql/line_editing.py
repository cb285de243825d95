"""History and completion of the SQL prompt, where this Python has readline."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

KEPT_LINES = 1_000
DOT_WORDS = (".tables", ".describe", ".wide", ".help", ".quit")
NAMES = """\
select table_name from information_schema.tables where table_schema in ('core', 'marts')
union
select column_name from information_schema.columns where table_schema in ('core', 'marts')
order by 1"""


@contextmanager
def line_editing(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Lines of earlier sessions with the arrow keys, names of models and columns with Tab."""
    try:
        import readline
    except ImportError:
        yield
        return
    words = [name for (name,) in connection.execute(NAMES).fetchall()] + list(DOT_WORDS)

    def complete(text: str, position: int) -> str | None:
        found = [word for word in words if text and word.startswith(text)]
        return found[position] if position < len(found) else None

    readline.set_history_length(KEPT_LINES)
    with contextlib.suppress(OSError):
        readline.read_history_file(_history())
    readline.set_completer(complete)
    readline.set_completer_delims(" \t\n,()=<>;'\"")
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        readline.set_completer(None)
        # A history that cannot be kept is no reason to fail.
        with contextlib.suppress(OSError):
            path = _history()
            path.parent.mkdir(parents=True, exist_ok=True)
            # Questions can name people: the file is this person's alone.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
            readline.write_history_file(path)


def _history() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "posture" / "sql_history"
