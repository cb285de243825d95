"""Reading the groups that matter, their members, and who may become one through PIM."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from pipeline.graph.catalogue.groups import MEMBER_COUNTS, TRANSITIVE_MEMBERS
from pipeline.graph.feed import Request
from pipeline.graph.flatten import flatten
from pipeline.graph.outcomes import FeedError
from pipeline.graph.readers.by_name import urls_by_name
from pipeline.graph.readers.checks import refuse_without_pim
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.pages import Record
from pipeline.graph.roster import GROUP, is_id


@dataclass
class GroupReading(FeedReading):
    """Reads the groups that may hold roles, and by name the others that hold one or that a
    policy names."""

    seen: set[str] = field(default_factory=set)

    async def read(self) -> Gathered:
        [request] = self.task.feed.requests
        roster = self.task.upstream.roster
        condition = "$filter=isAssignableToRole%20eq%20true"
        url = request.url(self.task.graph_url, query=f"{condition}&{request.query}")
        await self.read_list(request, url)
        wanted = (roster.holders_of(GROUP, "") | roster.named_groups) - self.seen
        for url in urls_by_name(request, self.task.graph_url, member="id", values=wanted):
            await self.read_list(request, url)
        return self.gathered

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        self.seen.update(str(record.get("id")).lower() for record in records)
        return range(len(records))


@dataclass
class GroupScheduleReading(FeedReading):
    """Reads PIM for Groups, group by group: those that hold a role, and those found in them."""

    waiting: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    async def read(self) -> Gathered:
        refuse_without_pim(self.task)
        [request] = self.task.feed.requests
        self.waiting = sorted(self.task.upstream.roster.role_groups)
        while self.waiting:
            group = self.waiting.pop(0)
            self.asked.add(group)
            query = f"$filter=groupId%20eq%20%27{group}%27&$expand=principal"
            await self.read_list(request, request.url(self.task.graph_url, query=query))
        return self.gathered

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        found = {
            str(record.get("principalId")).lower()
            for record in records
            if is_group(record.get("principal")) and is_id(record.get("principalId"))
        }
        self.waiting += sorted(found - self.asked - set(self.waiting))
        return range(len(records))


@dataclass
class MemberReading(FeedReading):
    """Reads the members of the groups that hold roles, and of the groups below them; of the groups
    that policies name only the members who are kept anyway, and how many there are."""

    waiting: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    counts: dict[str, Counter[str | None]] = field(default_factory=dict)
    counting: str = ""

    async def read(self) -> Gathered:
        direct, transitive = self.task.feed.requests
        roster = self.task.upstream.roster
        self.people = set(roster.people)
        self.waiting = sorted(roster.holders_of(GROUP))
        while self.waiting:
            group = self.waiting.pop(0)
            self.asked.add(group)
            await self._read_group(direct, group)
        for group in sorted(roster.named_groups & roster.found_groups):
            self.counting = group
            self.counts[group] = Counter()
            await self._read_group(transitive, group)
        self._write_counts()
        return self.gathered

    def _write_counts(self) -> None:
        records = [
            {"groupId": group, "@odata.type": kind, "count": count}
            for group, kinds in sorted(self.counts.items())
            for kind, count in sorted((kinds or {None: 0}).items(), key=str)
        ]
        self.gathered.add(flatten(MEMBER_COUNTS, records, indices=range(len(records))))

    async def _read_group(self, request: Request, group: str) -> None:
        url = request.url(self.task.graph_url, id=group)
        try:
            await self.read_list(request, url, parent=group)
        except FeedError as error:
            if error.http_status != HTTPStatus.NOT_FOUND:
                raise
            # Deleted since it was named: a group that is gone has no members.
            if request.table is TRANSITIVE_MEMBERS:
                self.counts[group] = Counter()
            self.gathered.remarks.append(f"the group {group} no longer exists")

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        ids = [str(record.get("id")).lower() for record in records]
        if request.table is TRANSITIVE_MEMBERS:
            kept = self.people | set(self.asked)
            self.counts[self.counting].update(_odata_type(record) for record in records)
            return [row for row, identifier in enumerate(ids) if identifier in kept]
        for identifier, record in zip(ids, records, strict=True):
            if not is_group(record):
                self.people.add(identifier)
            elif is_id(identifier) and identifier not in self.asked | set(self.waiting):
                self.waiting.append(identifier)
        return range(len(records))


def is_group(value: object) -> bool:
    """Whether a directory object, as Graph shows it, is a group."""
    return (_odata_type(value) or "").rpartition(".")[2] == GROUP


def _odata_type(value: object) -> str | None:
    kind = value.get("@odata.type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else None
