"""Reading Entra's recommendations with the resources that each is about."""

from collections import Counter
from dataclasses import dataclass

from pipeline.graph.catalogue.recommendations import IMPACTED_COUNTS
from pipeline.graph.feed import Request
from pipeline.graph.flatten import flatten
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.pages import Record

_RESOURCES = "impactedResources"
_MORE = f"{_RESOURCES}@odata.nextLink"


@dataclass
class RecommendationReading(FeedReading):
    """Reads all recommendations. Users they are about are counted, and kept where they are kept
    anyway; every other resource is kept."""

    async def read(self) -> Gathered:
        [request] = self.task.feed.requests
        records = await self.records_of(request, self.first_url(request))
        self.gathered.received = len(records)
        for record in records:
            await self._complete(request, record)
        counts = self._counts(records)
        for record in records:
            self._leave_out_people(record)
        self.hide(request, records)
        await self.take(request, records)
        self.gathered.add(flatten(IMPACTED_COUNTS, counts, indices=range(len(counts))))
        return self.gathered

    async def _complete(self, request: Request, record: Record) -> None:
        """An expanded list that is long ends early and says where it goes on."""
        url = record.pop(_MORE, None)
        if isinstance(url, str) and isinstance(record.get(_RESOURCES), list):
            record[_RESOURCES] += await self.records_of(request, url)

    def _counts(self, records: list[Record]) -> list[Record]:
        counted: Counter[tuple[str, str, str]] = Counter()
        for record in records:
            for resource in _resources(record):
                kind, status = str(resource.get("resourceType")), str(resource.get("status"))
                counted[str(record.get("id")), kind, status] += 1
        names = ("recommendationId", "resourceType", "status")
        return [
            dict(zip(names, key, strict=True)) | {"count": count}
            for key, count in sorted(counted.items())
        ]

    def _leave_out_people(self, record: Record) -> None:
        if not _resources(record):
            return
        people = self.task.upstream.roster.people
        record[_RESOURCES] = [
            one
            for one in _resources(record)
            if str(one.get("resourceType")).lower() != "user"
            or str(one.get("subjectId") or one.get("id")).lower() in people
        ]


def _resources(record: Record) -> list[Record]:
    value = record.get(_RESOURCES)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
