"""Reading a feed list by list, each to its last page, as Arrow rows or the reason why not."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pipeline.graph.client import UnusablePageError
from pipeline.graph.feed import Request, Workload
from pipeline.graph.flat import Flat
from pipeline.graph.outcomes import FeedError
from pipeline.graph.readers.checks import (
    check_owner,
    record_hash,
    refuse_endless,
    refuse_nobodys,
    refuse_repeated,
)
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.pages import Page, Record, read_page
from pipeline.graph.readers.rows import rows_of
from pipeline.graph.readers.task import Task

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
        member, gathered = self.task.feed.tenant_member, self.gathered
        refuse_nobodys(gathered.nobodys, gathered.received, member)
        gathered.remark_nobodys(member)
        return gathered

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
            if not self.may_lack(error):
                raise
            self.leave_out(request, error)
        self.gathered.received = received
        tally.http_status, tally.request_id = status, request_id

    def may_lack(self, error: FeedError) -> bool:
        """Whether an optional list may be missing for this reason without the feed failing."""
        return True

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
            refuse_endless(url, seen, self.task.client.bounds.list_pages)
            read = partial(self._read_page, request, firsts, self.positions[table], parent)
            page = await self.get(request, url, read, workload=workload)
            self.gathered.add(page.flat)
            self.gathered.written += page.written
            self.gathered.received += page.received
            self.gathered.nobodys += page.nobodys
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
            page = read_page(body, single=request.single, told_by=request.told_by)
            refuse_repeated(page.records, firsts)
            return page

        while url is not None:
            refuse_endless(url, seen, self.task.client.bounds.list_pages)
            page = await self.get(request, url, read)
            records += page.records
            url = page.next_link
        return records

    async def take(self, request: Request, records: list[Record]) -> None:
        """Write records that were read with `records_of`."""
        worker = partial(rows_of, self.task, request, records, [*range(len(records))])
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
        page = read_page(body, single=request.single, told_by=request.told_by)
        nobodys = check_owner(page.records, self.task.feed.tenant_member, self.task.tenant_id)
        refuse_repeated(page.records, firsts)
        hashed = request.table.hashed
        # What names a person is replaced before the hash: it must not give a clear name away.
        self.hide(request, page.records)
        hashes = [record_hash(record) for record in page.records] if hashed else None
        chosen = list(self.select(request, page.records, hashes))
        flat = rows_of(
            self.task,
            request,
            [page.records[row] for row in chosen],
            [position + row for row in chosen],
            parent=parent,
            hashes=None if hashes is None else [hashes[row] for row in chosen],
        )
        written = len(chosen) * (not request.optional)
        return _PageRead(flat, written, len(page.records), page.next_link, nobodys)

    def hide(self, request: Request, records: list[Record]) -> None:
        """Replace what names a person, where that is asked for."""
        if self.task.pseudonyms:
            self.task.pseudonyms.apply(request.table.name, records)


@dataclass(frozen=True)
class _PageRead:
    flat: Flat
    written: int
    received: int
    next_link: str | None
    nobodys: Counter[str]
