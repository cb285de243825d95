"""Reading the audit log: all that Graph keeps at first, afterwards what came since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from http import HTTPStatus
from typing import Any

from pipeline.graph.feed import Request
from pipeline.graph.outcomes import FeedError
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.pages import Record

_CATEGORIES = ("RoleManagement", "Policy", "ApplicationManagement")
# Entries come late: an hour is read again, and told apart by their ids.
_OVERLAP = timedelta(hours=1)
# Where somebody was, and at what other company.
_DROPPED = ("ipAddress", "homeTenantName")


@dataclass
class DirectoryAuditReading(FeedReading):
    """Reads the entries about roles, policies and applications that the lake may lack."""

    async def read(self) -> Gathered:
        [request] = self.task.feed.requests
        try:
            await self.read_list(request, self._url(request, by_category=True))
        except FeedError as error:
            if error.http_status != HTTPStatus.BAD_REQUEST:
                raise
            # This filter is used everywhere and documented nowhere: without it more is read.
            self.gathered = Gathered()
            self.positions.clear()
            await self.read_list(request, self._url(request, by_category=False))
        return self.gathered

    def _url(self, request: Request, *, by_category: bool) -> str:
        conditions = []
        if by_category:
            named = "%20or%20".join(f"category%20eq%20%27{one}%27" for one in _CATEGORIES)
            conditions.append(f"({named})")
        last = self.task.history.audited.get(self.task.tenant_id)
        if last is not None:
            since = last.astimezone(UTC) - _OVERLAP
            conditions.append(f"activityDateTime%20ge%20{since:%Y-%m-%dT%H:%M:%SZ}")
        chosen = f"$filter={'%20and%20'.join(conditions)}&" if conditions else ""
        return request.url(self.task.graph_url, query=f"{chosen}{request.query}")

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        return [row for row, record in enumerate(records) if record.get("category") in _CATEGORIES]

    def hide(self, request: Request, records: list[Record]) -> None:
        """Leave out what nobody needs to know, then what a tenant wants hidden."""
        for record in records:
            for actor in _objects(record.get("initiatedBy")):
                for name in _DROPPED:
                    actor.pop(name, None)
            for target in _objects(record.get("targetResources")):
                changes = target.get("modifiedProperties")
                if isinstance(changes, list):
                    # Old and new values can be keys, and whole policies.
                    target["modifiedProperties"] = [
                        {"displayName": one.get("displayName")} for one in _objects(changes)
                    ]
        super().hide(request, records)


def _objects(value: Any) -> list[Record]:
    """The objects in a list, or among the members of an object."""
    members = [*value.values()] if isinstance(value, dict) else value
    return [one for one in members if isinstance(one, dict)] if isinstance(members, list) else []
