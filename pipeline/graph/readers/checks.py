"""What no list may do: go on for ever, come twice, belong to another tenant."""

import hashlib

import orjson

from pipeline.graph.client import UnusablePageError
from pipeline.graph.outcomes import bad_page
from pipeline.graph.readers.pages import Record

_MAX_PAGES = 5_000


def refuse_endless(url: str, seen: set[str]) -> None:
    """Raise FeedError for a link that was followed before, or one too many."""
    if url in seen or len(seen) >= _MAX_PAGES:
        raise bad_page("the next link repeats and the list never ends").error
    seen.add(url)


def refuse_repeated(records: list[Record], firsts: set[str]) -> None:
    """Raise UnusablePageError for a page that begins like one before."""
    if not records:
        return
    first = records[0].get("id")
    if not isinstance(first, str):
        first = record_hash(records[0])
    if first in firsts:
        raise UnusablePageError(bad_page("a page came twice"))
    firsts.add(first)


def check_owner(records: list[Record], member: str | None, tenant_id: str) -> None:
    """Raise UnusablePageError where `member` of a record names another tenant."""
    for record in records:
        owner = record.get(member) if member else None
        if isinstance(owner, str) and owner.lower() != tenant_id:
            problem = f"records of another tenant came ({member} differs)"
            raise UnusablePageError(bad_page(problem, code="wrong_tenant"))


def record_hash(record: Record) -> str:
    """sha256 of a record's canonical JSON: equal for equal values in any member order."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()
