"""What a request asks of one tenant, and the records that answer it: filtered, then rendered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from pipeline.sandbox.protocol.odata import Clause, Query, selected
from pipeline.sandbox.protocol.wire import bad_request
from pipeline.sandbox.story.estate import Story


@dataclass(frozen=True)
class Rows:
    """What a request is about: so many records, rendered when a page needs them.

    `largest_page` is a size that a larger `$top` is silently cut down to.
    """

    count: int
    render: Callable[[int], bytes]
    largest_page: int | None = None


@dataclass(frozen=True)
class Request:
    """A request that was let through: whose story, which day, which version, and the query.

    `target` is the id in the path; `roles` what the caller may do; `link` makes the next link of
    another list, from its path and the first record that is still to come.
    """

    story: Story
    day: date
    now: datetime
    version: str
    query: Query
    origin: str = ""
    target: str = ""
    roles: frozenset[str] = frozenset()
    link: Callable[[str, int], str] = lambda path, offset: path

    @property
    def number(self) -> int:
        """The day of the tenant's story; before the first one, the first."""
        return max(0, self.story.number(self.day))


def filtered(
    records: Sequence[Mapping[str, Any]], clauses: Sequence[Clause]
) -> list[Mapping[str, Any]]:
    """The records that meet every clause; null and booleans compare as their literals."""
    return [r for r in records if all(c.holds(_text(r.get(c.field))) for c in clauses)]


def _text(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def ordered(
    records: Sequence[Mapping[str, Any]], query: Query, fields: Sequence[str]
) -> Sequence[Mapping[str, Any]]:
    """The records in the order of `$orderby`; 400 for a field that this resource cannot sort by."""
    name, _, direction = (query.option("$orderby") or "").strip().partition(" ")
    if not name:
        return records
    if name not in fields or direction.strip() not in ("", "asc", "desc"):
        raise bad_request(f"Sorting by '{name}' is not supported for this resource.")
    down = direction.strip() == "desc"
    return sorted(records, key=lambda record: str(record[name]), reverse=down)


def dumped(records: Sequence[Mapping[str, Any]], query: Query, *, keep: Sequence[str] = ()) -> Rows:
    """Rows of records at hand; `keep` are members that `$select` leaves alone, if they exist."""

    def render(index: int) -> bytes:
        record = records[index]
        chosen = selected(record, query)
        if chosen is record:
            return orjson.dumps(record)
        kept = {name: record[name] for name in keep if name in record}
        types = {name: value for name, value in kept.items() if name.startswith("@")}
        return orjson.dumps({**types, **chosen, **kept})

    return Rows(len(records), render)


def expansion(query: Query, allowed: Sequence[str]) -> str:
    """The one member that `$expand` names, '' without it; 400 for any other or several."""
    name = (query.option("$expand") or "").strip()
    if name not in ("", *allowed):
        raise bad_request(f"The $expand of '{name}' is not supported for this resource.")
    return name


def moment_of(clause: Clause) -> str:
    """The literal of a clause on a time, to the second; 400 if it is none."""
    try:
        moment = datetime.fromisoformat(clause.values[0].replace("Z", "+00:00"))
    except ValueError:
        raise bad_request("Invalid filter clause") from None
    return f"{moment:%Y-%m-%dT%H:%M:%S}"
