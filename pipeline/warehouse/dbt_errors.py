"""What dbt hands over where it ran nothing: an error to tell, or somebody who stopped it."""

from pathlib import Path
from typing import Any

from pipeline.errors import PostureError
from pipeline.text import one_line

MOST_TOLD = 200


def raise_if_stopped(outcome: Any) -> None:
    """Raise Ctrl-C and its like, which dbt hands over as it does an error."""
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        raise outcome.exception


def in_short(error: BaseException | None) -> str:
    """The error in one line; dbt's own first line is often no more than its kind."""
    told = one_line(str(error))
    return told if len(told) <= MOST_TOLD else f"{told[:MOST_TOLD]}…"


def could_not_run(error: BaseException, log: Path) -> PostureError:
    """The error in one line, and whole in the file that dbt itself leaves out."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(str(error).strip() + "\n", encoding="utf-8")
    return PostureError(f"dbt could not run: {in_short(error)}; see {log}")
