"""Reading Conditional Access policies and risk detections."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from pipeline.graph.feed import Request
from pipeline.graph.outcomes import FeedError
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.pages import Record
from pipeline.graph.roster import is_id

# Detections stay for 90 days; a month shows what is open and keeps the daily cost even.
DETECTION_DAYS = 30


@dataclass
class PolicyReading(FeedReading):
    """Reads the policies of v1.0, and from beta only those that v1.0 leaves out."""

    seen: set[str] = field(default_factory=set)

    async def read(self) -> Gathered:
        released, preview = self.task.feed.requests
        await self.read_request(released, self.first_url(released))
        # Without P1 there are no policies, and nothing to look for a second time.
        if self.task.client.is_premium is not False or self.gathered.received:
            await self.read_request(preview, self.first_url(preview))
        return self.gathered

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        ids = [str(record.get("id")) for record in records]
        if not request.optional:
            self.seen.update(ids)
            return range(len(records))
        return [row for row, identifier in enumerate(ids) if identifier not in self.seen]


@dataclass
class PlanReading(FeedReading):
    """Reads the plans, and the rules of each; that there is a plan counts also without them."""

    plans: list[str] = field(default_factory=list)

    async def read(self) -> Gathered:
        plans, rules = self.task.feed.requests
        await self.read_list(plans, self.first_url(plans))
        for plan in self.plans:
            try:
                await self.read_list(rules, rules.url(self.task.graph_url, id=plan), parent=plan)
            except FeedError as error:
                if error.http_status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                    raise
                self.gathered.remarks.append(f"without the rules of the plan {plan}: {error}")
        return self.gathered

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        if not request.table.parent:
            self.plans += [str(record["id"]) for record in records if is_id(record.get("id"))]
        return range(len(records))


@dataclass
class RiskDetectionReading(FeedReading):
    """Reads the detections of the last month."""

    def first_url(self, request: Request) -> str:
        since = self.task.run_date - timedelta(days=DETECTION_DAYS)
        condition = f"$filter=detectedDateTime%20ge%20{since}T00:00:00Z"
        return request.url(self.task.graph_url, query=f"{condition}&{request.query}")
