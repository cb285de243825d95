"""Records of a list as rows of its tables."""

from pipeline.graph.client import UnusablePageError
from pipeline.graph.feed import Request
from pipeline.graph.flat import Flat
from pipeline.graph.flatten import flatten
from pipeline.graph.outcomes import bad_page
from pipeline.graph.readers.pages import Record
from pipeline.graph.readers.task import Task
from pipeline.graph.values import TypeChangeError


def rows_of(
    task: Task,
    request: Request,
    records: list[Record],
    indices: list[int],
    *,
    parent: str | None = None,
    hashes: list[str] | None = None,
) -> Flat:
    """Records as rows. Raises UnusablePageError where a member changed its type."""
    try:
        return flatten(
            request.table,
            records,
            indices=indices,
            hashes=hashes,
            parent=parent,
            mask_unknown=task.pseudonyms is not None,
        )
    except TypeChangeError as error:
        raise UnusablePageError(bad_page(f"a member changed its type: {error}")) from None
