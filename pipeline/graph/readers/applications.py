"""Reading what applications may do: their own permissions, and delegated grants."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.graph.catalogue.applications import APP_ROLES, GRANTS, USER_GRANTS
from pipeline.graph.feed import Request
from pipeline.graph.flatten import flatten
from pipeline.graph.outcomes import FeedError, Outcome
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.pages import Record
from pipeline.graph.roster import is_id


@dataclass
class ApplicationPermissionReading(FeedReading):
    """Reads all clients of each resource in one list, and the grants; what single users consented
    to is counted by client, unless the user is kept anyway."""

    resources: list[str] = field(default_factory=list)
    user_grants: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    async def read(self) -> Gathered:
        roles, assigned, grants = self.task.feed.requests
        await self.read_list(roles, self.first_url(roles))
        for resource in dict.fromkeys(self.resources):
            await self.read_list(assigned, assigned.url(self.task.graph_url, id=resource))
        await self.read_request(grants, self.first_url(grants))
        self._count_user_grants()
        return self.gathered

    def may_lack(self, error: FeedError) -> bool:
        # Asked for again the same day, any other trouble may be over: the feed is then whole.
        return error.outcome is Outcome.NOT_PERMITTED

    def leave_out(self, request: Request, error: FeedError) -> None:
        super().leave_out(request, error)
        self.user_grants.clear()

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        people = self.task.upstream.roster.people
        if request.table is APP_ROLES:
            found = [record.get("id") for record in records if is_id(record.get("id"))]
            self.resources += map(str, found)
            return range(len(records))
        if request.table is not GRANTS:
            return [
                row
                for row, record in enumerate(records)
                if record.get("principalType") != "User" or _id(record) in people
            ]
        return [row for row, record in enumerate(records) if self._is_kept(record, people)]

    def _is_kept(self, grant: Record, people: set[str]) -> bool:
        if grant.get("consentType") != "Principal" or _id(grant) in people:
            return True
        key = (str(grant.get("clientId")), str(grant.get("resourceId")), str(grant.get("scope")))
        self.user_grants[key] += 1
        return False

    def _count_user_grants(self) -> None:
        names = ("clientId", "resourceId", "scope")
        records = [
            dict(zip(names, key, strict=True)) | {"count": count}
            for key, count in sorted(self.user_grants.items())
        ]
        self.gathered.add(flatten(USER_GRANTS, records, indices=range(len(records))))


def _id(record: Record) -> str:
    return str(record.get("principalId")).lower()
