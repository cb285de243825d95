"""One body of Graph: checked, and taken apart into records and the link to the next page."""

from dataclasses import dataclass
from typing import Any

import orjson

from pipeline.graph.client import UnusablePageError
from pipeline.graph.error_body import error_code_of
from pipeline.graph.outcomes import MAX_TRIES, bad_page

Record = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """The records of one page."""

    records: list[Record]
    next_link: str | None


def read_page(body: bytes, *, single: bool, told_by: str = "id") -> Page:
    """The records of a list, or the one object where `single`, which has the member `told_by`.

    Raises UnusablePageError for a body that is neither.
    """
    try:
        document = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        refusal = bad_page("the body is not complete JSON", tries=MAX_TRIES)
        raise UnusablePageError(refusal) from None
    if not isinstance(document, dict):
        raise UnusablePageError(bad_page("the body is JSON but no object"))
    if "error" in document:
        refusal = bad_page("Graph sent an error with status 200", code=error_code_of(document))
        raise UnusablePageError(refusal)
    if single and "value" not in document:
        if told_by not in document or (told_by == "id" and not isinstance(document["id"], str)):
            raise UnusablePageError(bad_page("the body is not the object asked for"))
        return Page([{k: v for k, v in document.items() if k != "@odata.context"}], None)
    return _list(document)


def _list(document: dict[str, Any]) -> Page:
    records = document.get("value")
    if not isinstance(records, list) or not all(type(one) is dict for one in records):
        raise UnusablePageError(bad_page("the body holds no list of records"))
    next_link = document.get("@odata.nextLink")
    if next_link is not None and not isinstance(next_link, str):
        raise UnusablePageError(bad_page("the next link is not text"))
    return Page(records, next_link)
