"""What no list may do: go on for ever, come twice, belong to another tenant."""

import hashlib
import re
from collections import Counter

import orjson

from pipeline.config.fields import GUID
from pipeline.graph.client import UnusablePageError
from pipeline.graph.outcomes import FeedError, Outcome, bad_page
from pipeline.graph.readers.pages import Record
from pipeline.graph.readers.task import Task

# The feed by which PIM says whether the tenant owns it.
_PIM = "role_eligibility_schedule_instances"
_WORD = re.compile(r"[\w./-]{1,40}")


def refuse_endless(url: str, seen: set[str], max_pages: int) -> None:
    """Raise FeedError for a link that was followed before, or one too many."""
    if url in seen:
        raise bad_page("the next link repeats and the list never ends").error
    if len(seen) >= max_pages:
        raise bad_page(
            f"the list has more than {max_pages} pages, which is limits: list_pages"
        ).error
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


def check_owner(records: list[Record], member: str | None, tenant_id: str) -> Counter[str]:
    """What `member` reads in the records that name no tenant at all, and how often.

    Such a record comes from Graph now and then; the warehouse puts it, and it alone, into
    quarantine. Raises UnusablePageError where a record names another tenant.
    """
    silent = Counter[str]()
    for record in records if member else ():
        owner = record.get(member or "")
        if isinstance(owner, str) and owner.lower() == tenant_id:
            continue
        if isinstance(owner, str) and GUID.fullmatch(owner) and owner.strip("0-"):
            problem = f"records of another tenant came ({member} differs)"
            raise UnusablePageError(bad_page(problem, code="wrong_tenant"))
        silent[_shown(owner)] += 1
    return silent


def refuse_nobodys(silent: Counter[str], received: int, member: str | None) -> None:
    """Raise FeedError where not one of the records says that it is this tenant's."""
    if received and silent.total() == received:
        read = ", ".join(sorted(silent))
        problem = f"no record says which tenant it belongs to ({member} reads {read})"
        raise bad_page(problem, code="no_tenant").error


def _shown(owner: object) -> str:
    """A member's value as a note may show it: a word, and no text that could be anything."""
    if owner in (None, ""):
        return "nothing"
    return owner if isinstance(owner, str) and _WORD.fullmatch(owner) else "no GUID"


def record_hash(record: Record) -> str:
    """sha256 of a record's canonical JSON: equal for equal values in any member order."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()


def refuse_without_pim(task: Task) -> None:
    """Raise FeedError where PIM said already that the tenant does not own it."""
    if task.upstream.ended(_PIM) is Outcome.NOT_LICENSED:
        note = f"the tenant does not own {task.feed.licence} (as PIM said); nothing to do"
        raise FeedError(Outcome.NOT_LICENSED, note, error_code="AadPremiumLicenseRequired")
