"""Errors that reach a person: one line, an exit code, no traceback."""

import contextlib
from collections.abc import Iterator
from pathlib import Path


class PostureError(Exception):
    """A command could not finish; the message is one line naming what, where and the next step."""

    exit_code = 1


class UsageError(PostureError):
    """Wrong use or configuration: nothing was started and nothing was written."""

    exit_code = 2


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, each once: where errors are raised again they go in circles."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        # azure-core keeps what it translates in a member of its own.
        inner = getattr(cause, "inner_exception", None)
        cause = inner if isinstance(inner, BaseException) else cause.__cause__ or cause.__context__


@contextlib.contextmanager
def writing_errors(target: Path, *, doing: str, kept: str) -> Iterator[None]:
    """What the disk or DuckDB refuses under `target`, as one line that ends with what is `kept`."""
    import duckdb

    try:
        yield
    except OSError as error:
        where = error.filename or target
        raise PostureError(f"{where}: cannot be written ({error.strerror}); {kept}") from error
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise PostureError(f"{target}: {doing} failed ({reason}); {kept}") from error
