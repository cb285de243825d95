"""One cheap question per feed, asked as a run asks, and what Graph's answer means."""

from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Feed
from pipeline.graph.outcomes import FeedError, Outcome
from pipeline.graph.readers.pages import Record, read_page
from pipeline.graph.tally import Tally

# What shows the licence tier, the most certain one first.
ORACLES = ("subscribed_skus", "organization", "secure_scores")
# The plans and the tenant's name are not in their cheapest answer.
_ASKED_IN_FULL = ("subscribed_skus", "organization")


@dataclass(frozen=True)
class Answer:
    """What a feed's questions gave. `records` are what one that can be read holds.

    `permission` is the one that the question needed.
    """

    outcome: Outcome
    note: str | None = None
    error_code: str | None = None
    permission: str | None = None
    records: list[Record] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """One cheap address of a feed, and the permission it needs.

    Where `is_optional`, a run does without what Graph refuses for want of that permission.
    """

    url: str
    permission: str
    is_optional: bool = False


def questions(feed: Feed, graph_url: str) -> list[Question]:
    """What shows whether the feed can be read; empty where nothing cheap does.

    A list with a permission of its own is a question of its own.
    """
    first = feed.requests[0]
    found: list[Question] = []
    if feed.name in _ASKED_IN_FULL:
        found.append(Question(first.url(graph_url), feed.permission))
    elif feed.probe is not None:
        found.append(Question(f"{graph_url}/{feed.probe}", feed.permission))
    found += [
        Question(one.url(graph_url, query="$top=1"), one.permission, one.optional)
        for one in feed.requests
        if one.permission and "{" not in one.path
    ]
    return found


async def ask(client: GraphClient, feed: Feed, asked: Question) -> Answer:
    """Graph's answer, which for a refusal is the outcome that a run would log."""
    read = partial(read_page, single=True)
    try:
        page = await client.get(
            asked.url, read, feed=feed, permission=asked.permission, tally=Tally()
        )
    except Exception as error:
        return replace(refused(error), permission=asked.permission)
    is_empty = not page.records and page.next_link is None
    return Answer(Outcome.EMPTY if is_empty else Outcome.OK, records=page.records)


def refused(error: Exception) -> Answer:
    """The answer that an error stands for; one that nobody expected is named by its kind alone,
    because its text may quote what a tenant sent."""
    if isinstance(error, FeedError):
        return Answer(error.outcome, str(error), error.error_code)
    note = f"asking failed on our side ({type(error).__name__}); report it"
    return Answer(Outcome.BAD_RESPONSE, note, "internal_error")
