"""What dbt hands over where it ran nothing: an error to tell, or somebody who stopped it."""

from pathlib import Path
from typing import Any

from pipeline.errors import PostureError

MOST_TOLD = 200


def raise_if_stopped(outcome: Any) -> None:
    """Raise Ctrl-C and its like, which dbt hands over as it does an error."""
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        raise outcome.exception


def could_not_run(error: BaseException, log: Path) -> PostureError:
    """The error in one line, and whole in the file that dbt itself leaves out.

    dbt's own first line is often no more than the kind of an error.
    """
    text = str(error).strip()
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(text + "\n", encoding="utf-8")
    told = " ".join(text.split())
    told = told if len(told) <= MOST_TOLD else f"{told[:MOST_TOLD]}…"
    return PostureError(f"dbt could not run: {told}; see {log}")
