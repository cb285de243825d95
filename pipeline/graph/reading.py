"""Reading one feed of one tenant: its pages, checked, as Arrow rows, or the reason why not."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import orjson
import pyarrow as pa

from pipeline.graph.client import GraphClient, Tally, UnusablePageError
from pipeline.graph.feeds import Feed, Request
from pipeline.graph.flatten import Flat, flatten
from pipeline.graph.outcomes import MAX_TRIES, FeedError, Outcome, bad_page, error_code_of
from pipeline.graph.privacy import Pseudonyms
from pipeline.graph.values import TypeChangeError

_MOST_PAGES = 5_000
Record = dict[str, Any]


@dataclass
class Gathered:
    """The rows of a feed so far, and what was noticed in them."""

    tables: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    received: int = 0
    written: int = 0
    unknown: set[str] = field(default_factory=set)
    cast: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def add(self, flat: Flat) -> None:
        """Take the rows of one page."""
        for name, rows in flat.tables.items():
            self.tables[name].append(rows)
        self.unknown |= flat.unknown
        self.cast += flat.cast
        self.unreadable += flat.unreadable

    def merged(self) -> dict[str, pa.Table]:
        """The rows by table."""
        return {name: pa.concat_tables(rows) for name, rows in self.tables.items()}

    @property
    def note(self) -> str | None:
        """What a person should know of a feed that was read."""
        counts = (
            (self.cast, "cast from another JSON type"),
            (self.unreadable, "in no known form, kept in extra"),
        )
        parts = [
            f"{sum(counter.values())} values {what}: {', '.join(sorted(counter))}"
            for counter, what in counts
            if counter
        ]
        return "; ".join([*self.remarks, *parts]) or None


@dataclass
class FeedReading:
    """Reads the pages of a feed for a run date. A subclass may ask for less, or keep less."""

    client: GraphClient
    feed: Feed
    run_date: date
    tally: Tally
    pseudonyms: Pseudonyms | None = None
    gathered: Gathered = field(default_factory=Gathered)

    async def read(self) -> Gathered:
        """All rows of the feed. Raises FeedError, and then none of them may be used."""
        for request in self.feed.requests:
            if not request.optional:
                await self._read_list(request)
                continue
            await self._read_optional(request)
        return self.gathered

    async def _read_optional(self, request: Request) -> None:
        """A list that the feed can do without: its failure is a remark, not an outcome."""
        received, status, request_id = (
            self.gathered.received,
            self.tally.http_status,
            self.tally.request_id,
        )
        try:
            await self._read_list(request)
        except FeedError as error:
            for table in request.table.walk():
                self.gathered.tables.pop(table.name, None)
            note = f"without {request.version} {request.path}: {error}"
            self.gathered.remarks.append(note)
        self.gathered.received = received
        self.tally.http_status, self.tally.request_id = status, request_id

    def first_url(self, request: Request) -> str:
        """Where the first page is."""
        return request.url(self.client.tenant.cloud.graph_url)

    def is_enough(self) -> bool:
        """Whether what came is all that was asked for, although there is a next page."""
        return False

    def select(self, records: list[Record], hashes: list[str] | None) -> Iterable[int]:
        """The positions of the records on a page that are to be written."""
        return range(len(records))

    def check_date(self) -> None:
        """Raise FeedError unless Graph's clock shows the run's date."""
        seen = self.tally.date
        if seen is None:
            raise bad_page("Graph's reply carries no Date header").error
        if seen.date() != self.run_date:
            raise not_for_this_date(self.run_date, seen.date())

    async def _read_list(self, request: Request) -> None:
        url: str | None = self.first_url(request)
        seen: set[str] = set()
        firsts: set[str] = set()
        position = 0
        while url is not None:
            if url in seen or len(seen) >= _MOST_PAGES:
                raise bad_page("the next link repeats and the list never ends").error
            seen.add(url)
            read = partial(self._read_page, request, firsts, position)
            page = await self.client.get(
                url, read, feed=self.feed, units=request.units, tally=self.tally
            )
            self.tally.pages += 1
            self.check_date()
            self.gathered.add(page.flat)
            self.gathered.written += page.written
            self.gathered.received += page.received
            position += page.received
            url = page.next_link if page.next_link and not self.is_enough() else None

    def _read_page(
        self, request: Request, firsts: set[str], position: int, body: bytes
    ) -> "_PageRead":
        """One page parsed and flattened; runs in a worker."""
        records, next_link = _envelope(body)
        self._check_owner(records)
        first = records[0].get("id") if records else None
        if isinstance(first, str):
            if first in firsts:
                raise UnusablePageError(bad_page("a page came twice"))
            firsts.add(first)
        if self.pseudonyms:
            self.pseudonyms.apply(request.table.name, records)
        hashes = [_hash(record) for record in records] if request.table.hashed else None
        chosen = list(self.select(records, hashes))
        try:
            flat = flatten(
                request.table,
                [records[row] for row in chosen],
                indices=[position + row for row in chosen],
                hashes=None if hashes is None else [hashes[row] for row in chosen],
                mask_unknown=self.pseudonyms is not None,
            )
        except TypeChangeError as error:
            raise UnusablePageError(bad_page(f"a member changed its type: {error}")) from None
        return _PageRead(flat, len(chosen) * (not request.optional), len(records), next_link)

    def _check_owner(self, records: list[Record]) -> None:
        member = self.feed.tenant_member
        for record in records:
            owner = record.get(member) if member else None
            if isinstance(owner, str) and owner.lower() != self.client.tenant.tenant_id:
                problem = f"records of another tenant came ({member} differs)"
                raise UnusablePageError(bad_page(problem, code="wrong_tenant"))


@dataclass(frozen=True)
class _PageRead:
    flat: Flat
    written: int
    received: int
    next_link: str | None


def not_for_this_date(run_date: date, seen: date) -> FeedError:
    """Graph knows this only as of now, and now is another day."""
    return FeedError(
        Outcome.NOT_FOR_THIS_DATE,
        f"Graph shows this only as of {seen}, so nothing is stored for {run_date}; nothing to do",
    )


def _envelope(body: bytes) -> tuple[list[Record], str | None]:
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
    records = document.get("value")
    if not isinstance(records, list) or not all(type(one) is dict for one in records):
        raise UnusablePageError(bad_page("the body holds no list of records"))
    next_link = document.get("@odata.nextLink")
    if next_link is not None and not isinstance(next_link, str):
        raise UnusablePageError(bad_page("the next link is not text"))
    return records, next_link


def _hash(record: Record) -> str:
    """sha256 of a record's canonical JSON: equal for equal values in any member order."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()
