"""Reading a feed list by list, each to its last page, as Arrow rows or the reason why not."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import orjson

from pipeline.graph.client import UnusablePageError
from pipeline.graph.feed import Request, Workload
from pipeline.graph.flatten import Flat, flatten
from pipeline.graph.outcomes import FeedError, bad_page
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.pages import Page, Record, read_page
from pipeline.graph.readers.task import Task
from pipeline.graph.values import TypeChangeError

_MAX_PAGES = 5_000
Answer = TypeVar("Answer")


@dataclass
class FeedReading:
    """Reads the lists of a feed. A subclass may ask for less, ask by name, or keep less."""

    task: Task
    gathered: Gathered = field(default_factory=Gathered)
    positions: Counter[str] = field(default_factory=Counter)

    async def read(self) -> Gathered:
        """All rows of the feed. Raises FeedError, and then none of them may be used."""
        for request in self.task.feed.requests:
            await self.read_request(request, self.first_url(request))
        return self.gathered

    async def read_request(self, request: Request, url: str, *, parent: str | None = None) -> None:
        """Read one list into its table; where it is optional, its failure is a remark."""
        if not request.optional:
            await self.read_list(request, url, parent=parent)
            return
        tally = self.task.tally
        received, status, request_id = self.gathered.received, tally.http_status, tally.request_id
        try:
            await self.read_list(request, url, parent=parent)
        except FeedError as error:
            self.leave_out(request, error)
        self.gathered.received = received
        tally.http_status, tally.request_id = status, request_id

    def leave_out(self, request: Request, error: FeedError) -> None:
        """Go on without a part of the feed, and say so."""
        for table in request.table.walk():
            self.gathered.tables.pop(table.name, None)
        self.gathered.remarks.append(f"without {request.version} {request.path}: {error}")
        self.gathered.refused = error.error_code or error.outcome.value

    def first_url(self, request: Request) -> str:
        """Where the first page is."""
        return request.url(self.task.graph_url)

    def is_enough(self) -> bool:
        """Whether what came is all that was asked for, although there is a next page."""
        return False

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        """The positions of the records on a page that are to be written."""
        return range(len(records))

    def check_date(self) -> None:
        """Raise FeedError where Graph's clock shows a day that the feed is not for."""
        self.task.check_date()

    async def read_list(
        self,
        request: Request,
        url: str | None,
        *,
        parent: str | None = None,
        workload: Workload | None = None,
    ) -> None:
        """Follow a list to its last page."""
        seen: set[str] = set()
        firsts: set[str] = set()
        table = request.table.name
        while url is not None:
            refuse_endless(url, seen)
            read = partial(self._read_page, request, firsts, self.positions[table], parent)
            page = await self.get(request, url, read, workload=workload)
            self.gathered.add(page.flat)
            self.gathered.written += page.written
            self.gathered.received += page.received
            self.positions[table] += page.received
            url = page.next_link if page.next_link and not self.is_enough() else None

    async def get(
        self,
        request: Request,
        url: str,
        read: Callable[[bytes], Answer],
        *,
        workload: Workload | None = None,
    ) -> Answer:
        """One page, counted, of the day that the feed is for."""
        task = self.task
        page = await task.client.get(
            url,
            read,
            feed=task.feed,
            workload=workload or request.workload,
            permission=request.permission,
            units=request.units,
            tally=task.tally,
        )
        task.tally.pages += 1
        self.check_date()
        return page

    async def records_of(self, request: Request, url: str | None) -> list[Record]:
        """The records of a short list as they came, for a reader that must see them all first."""
        records: list[Record] = []
        seen: set[str] = set()
        firsts: set[str] = set()

        def read(body: bytes) -> Page:
            page = read_page(body, single=request.single)
            self.refuse_repeated(page.records, firsts)
            return page

        while url is not None:
            refuse_endless(url, seen)
            page = await self.get(request, url, read)
            records += page.records
            url = page.next_link
        return records

    async def take(self, request: Request, records: list[Record]) -> None:
        """Write records that were read with `records_of`."""
        worker = partial(self.flat, request, records, [*range(len(records))])
        try:
            flat = await asyncio.to_thread(worker)
        except UnusablePageError as error:
            raise error.refusal.error from None
        self.gathered.add(flat)
        self.gathered.written += len(records)

    def _read_page(
        self, request: Request, firsts: set[str], position: int, parent: str | None, body: bytes
    ) -> "_PageRead":
        """One page parsed and flattened; runs in a worker."""
        page = read_page(body, single=request.single)
        self._check_owner(page.records)
        self.refuse_repeated(page.records, firsts)
        hashed = request.table.hashed
        # What names a person is replaced before the hash: it must not give a clear name away.
        self.hide(request, page.records)
        hashes = [_hash(record) for record in page.records] if hashed else None
        chosen = list(self.select(request, page.records, hashes))
        flat = self.flat(
            request,
            [page.records[row] for row in chosen],
            [position + row for row in chosen],
            parent=parent,
            hashes=None if hashes is None else [hashes[row] for row in chosen],
        )
        written = len(chosen) * (not request.optional)
        return _PageRead(flat, written, len(page.records), page.next_link)

    def hide(self, request: Request, records: list[Record]) -> None:
        """Replace what names a person, where that is asked for."""
        if self.task.pseudonyms:
            self.task.pseudonyms.apply(request.table.name, records)

    def flat(
        self,
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
                mask_unknown=self.task.pseudonyms is not None,
            )
        except TypeChangeError as error:
            raise UnusablePageError(bad_page(f"a member changed its type: {error}")) from None

    def refuse_repeated(self, records: list[Record], firsts: set[str]) -> None:
        """Raise UnusablePageError for a page that begins like one before."""
        if not records:
            return
        first = records[0].get("id")
        if not isinstance(first, str):
            first = _hash(records[0])
        if first in firsts:
            raise UnusablePageError(bad_page("a page came twice"))
        firsts.add(first)

    def _check_owner(self, records: list[Record]) -> None:
        member = self.task.feed.tenant_member
        for record in records:
            owner = record.get(member) if member else None
            if isinstance(owner, str) and owner.lower() != self.task.tenant_id:
                problem = f"records of another tenant came ({member} differs)"
                raise UnusablePageError(bad_page(problem, code="wrong_tenant"))


@dataclass(frozen=True)
class _PageRead:
    flat: Flat
    written: int
    received: int
    next_link: str | None


def refuse_endless(url: str, seen: set[str]) -> None:
    """Raise FeedError for a link that was followed before, or one too many."""
    if url in seen or len(seen) >= _MAX_PAGES:
        raise bad_page("the next link repeats and the list never ends").error
    seen.add(url)


def _hash(record: Record) -> str:
    """sha256 of a record's canonical JSON: equal for equal values in any member order."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()
