"""Reading how users are registered for MFA: everyone is counted, few are kept, a page at a time."""

import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from pipeline.graph.catalogue.people import REGISTRATION_COUNTS
from pipeline.graph.client import UnusablePageError
from pipeline.graph.extras import emptied
from pipeline.graph.feed import Request
from pipeline.graph.flat import Flat
from pipeline.graph.flatten import flatten
from pipeline.graph.outcomes import FeedError, Outcome
from pipeline.graph.readers.checks import refuse_endless, refuse_repeated
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.method_classes import strongest_class
from pipeline.graph.readers.pages import Record, read_page
from pipeline.graph.readers.rows import rows_of

# A page takes two seconds at the published limit: little is lost, and little is written.
_SECONDS_BETWEEN_CHECKPOINTS = 10.0
# What ends the feed whatever link was followed: the place in the list may still be good.
_NOT_OF_THE_LINK = frozenset(
    {Outcome.THROTTLED, Outcome.UNAVAILABLE, Outcome.AUTH_FAILED, Outcome.NOT_FOR_THIS_DATE}
)
CountKey = tuple[str | None, bool | None, bool | None, bool | None, str]
_COUNTED = ("userType", "isAdmin", "isMfaRegistered", "isMfaCapable", "strongestMethodClass")


@dataclass
class RegistrationReading(FeedReading):
    """Reads every page of the report, and goes on where an interrupted run of the day stopped."""

    counts: Counter[CountKey] = field(default_factory=Counter)
    kept: list[tuple[int, Record]] = field(default_factory=list)
    firsts: set[str] = field(default_factory=set)

    async def read(self) -> Gathered:
        [request] = self.task.feed.requests
        url = self._resume()
        if url is None or not await self._is_read(request, url, is_old=True):
            # The options work but are not documented for this report: without them if need be.
            plain = request.url(self.task.graph_url, query="")
            if not await self._is_read(request, self.first_url(request)):
                await self._read_pages(request, plain)
        self._write(request)
        self.task.checkpoints.drop(self.task.tenant_id, self.task.feed.name)
        return self.gathered

    async def _is_read(self, request: Request, url: str, *, is_old: bool = False) -> bool:
        """Read all pages from here; False where Graph does not know what is asked.

        An old link that leads to anything but pages is given up like one that ran out.
        """
        try:
            await self._read_pages(request, url)
        except FeedError as error:
            is_unknown = (
                error.outcome is Outcome.BAD_RESPONSE
                and error.http_status == HTTPStatus.BAD_REQUEST
            )
            if not (is_unknown or (is_old and error.outcome not in _NOT_OF_THE_LINK)):
                raise
            self._start_over()
            return False
        return True

    async def _read_pages(self, request: Request, url: str) -> None:
        seen: set[str] = set()
        saved = time.monotonic()
        next_url: str | None = url
        while next_url is not None:
            refuse_endless(next_url, seen, self.task.client.bounds.list_pages)
            read = partial(self._count_page, request, self.gathered.received)
            page = await self.get(request, next_url, read)
            self.gathered.notice(page.flat)
            self.gathered.received += page.received
            self.counts += page.counts
            self.kept += page.kept
            next_url = page.next_link
            if next_url and time.monotonic() - saved > _SECONDS_BETWEEN_CHECKPOINTS:
                self._save(next_url)
                saved = time.monotonic()

    def _count_page(self, request: Request, position: int, body: bytes) -> "_Counted":
        """One page counted; all of it is checked, and few of its rows go on. Runs in a worker."""
        page = read_page(body, single=False)
        refuse_repeated(page.records, self.firsts)
        flat = rows_of(self.task, request, page.records, [*range(len(page.records))])
        counts = Counter(_key(record) for record in page.records)
        people = self.task.upstream.roster.people
        kept = [
            (position + row, record)
            for row, record in enumerate(page.records)
            if record.get("isAdmin") is True or str(record.get("id")).lower() in people
        ]
        self.hide(request, [record for _, record in kept])
        if self.task.pseudonyms:
            # Checkpoints keep these records, and an unknown member may hold a name.
            kept = [(position, _declared(request, record)) for position, record in kept]
        return _Counted(flat, counts, kept, len(page.records), page.next_link)

    def _write(self, request: Request) -> None:
        try:
            records = [record for _, record in self.kept]
            rows = rows_of(self.task, request, records, [position for position, _ in self.kept])
        except UnusablePageError as error:
            self.task.checkpoints.drop(self.task.tenant_id, self.task.feed.name)
            raise error.refusal.error from None
        self.gathered.tables.clear()
        for name, table in rows.tables.items():
            self.gathered.tables[name].append(table)
        self.gathered.written = len(self.kept)
        records = [
            {name: value for name, value in zip(_COUNTED, key, strict=True) if value is not None}
            | {"count": count}
            for key, count in sorted(self.counts.items(), key=str)
        ]
        self.gathered.add(flatten(REGISTRATION_COUNTS, records, indices=range(len(records))))

    def _save(self, next_url: str) -> None:
        document = {
            "url": next_url,
            "people": self._people_digest(),
            "received": self.gathered.received,
            "counts": [[*key, count] for key, count in self.counts.items()],
            "kept": self.kept,
            "noticed": [dict(one) for one in self._noticed()],
        }
        self.task.checkpoints.save(self.task.tenant_id, self.task.feed.name, document)

    def _resume(self) -> str | None:
        """Take up the checkpoint of the day, if it kept the same people in the same way."""
        document = self.task.checkpoints.load(self.task.tenant_id, self.task.feed.name)
        if document is None or document.get("people") != self._people_digest():
            return None
        try:
            self._take_up(document)
            url = str(document["url"])
        except (KeyError, TypeError, ValueError):
            self._start_over()
            return None
        return url

    def _take_up(self, document: Mapping[str, Any]) -> None:
        self.gathered.received = int(document["received"])
        self.counts = Counter({tuple(key): int(count) for *key, count in document["counts"]})
        self.kept = [(int(position), dict(record)) for position, record in document["kept"]]
        for counter, found in zip(self._noticed(), document["noticed"], strict=True):
            counter.update({str(name): int(count) for name, count in dict(found).items()})

    def _start_over(self) -> None:
        self.task.checkpoints.drop(self.task.tenant_id, self.task.feed.name)
        self.gathered, self.counts, self.kept = Gathered(), Counter(), []
        self.firsts.clear()

    def _noticed(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        return self.gathered.unknown, self.gathered.cast, self.gathered.unreadable

    def _people_digest(self) -> str:
        privacy = "pseudonym" if self.task.pseudonyms else "clear"
        text = " ".join([privacy, *sorted(self.task.upstream.roster.people)])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class _Counted:
    flat: Flat
    counts: Counter[CountKey]
    kept: list[tuple[int, Record]]
    received: int
    next_link: str | None


def _declared(request: Request, record: Record) -> Record:
    """A record in which members that are not declared hold nothing."""
    table = request.table
    known = {column.path[0] for column in table.columns} | {one.member for one in table.children}
    return {name: one if name in known else emptied(one) for name, one in record.items()}


def _key(record: Record) -> CountKey:
    kind = record.get("userType")
    return (
        kind.lower() if isinstance(kind, str) else None,
        record.get("isAdmin"),
        record.get("isMfaRegistered"),
        record.get("isMfaCapable"),
        strongest_class(record.get("methodsRegistered")),
    )
