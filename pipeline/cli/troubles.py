"""What went wrong, told once: feeds that share a tenant, an outcome and a cause are one line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from pipeline.graph.feeds import FEEDS
from pipeline.text import printable

SHOWN_FEEDS = 3


class Trouble(Protocol):
    """One feed of one tenant that is missing: a log row, or where the feed stands."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def feed(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def note(self) -> str | None: ...


def trouble_lines(troubles: Iterable[Trouble], names: Mapping[str, str]) -> list[str]:
    """One line a tenant, outcome and cause: who, which feeds, what happened, what to do."""
    grouped: dict[tuple[str, str, str | None], list[str]] = {}
    for one in troubles:
        grouped.setdefault((one.tenant_id, one.outcome, one.note), []).append(one.feed)
    return [
        f"{printable(names.get(tenant_id, tenant_id))} ({tenant_id}), {_listed(feeds)}: "
        f"{outcome}: {printable(note)}"
        for (tenant_id, outcome, note), feeds in grouped.items()
    ]


def feeds_in_words(feeds: Sequence[str]) -> str:
    """The names of a few feeds, the number of many."""
    if len(feeds) == len(FEEDS):
        return f"all {len(feeds)} feeds"
    if len(feeds) <= SHOWN_FEEDS:
        return ", ".join(feeds)
    return f"{', '.join(feeds[:SHOWN_FEEDS])} and {len(feeds) - SHOWN_FEEDS} more"


def _listed(feeds: Sequence[str]) -> str:
    return "every feed" if len(feeds) == len(FEEDS) else ", ".join(feeds)
