"""What Graph really sent to a run, body by body, by the request of the catalogue it answers."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from pipeline.graph.client import GraphClient
from pipeline.graph.feed import Request
from pipeline.graph.feeds import FEEDS

Key = tuple[str, str]
REQUESTS = {request.table.name: request for feed in FEEDS.values() for request in feed.requests}
# The next page of what a recommendation is about; it has no request of its own.
IMPACTED = re.compile(r"/beta/directory/recommendations/[^/]+/impactedResources")


@dataclass
class Wire:
    """Answers with status 200, in the order in which a tenant's requests were sent."""

    pages: dict[Key, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def records(self, tenant_id: str, table: str) -> list[dict[str, Any]]:
        """The records of a table as they came, in their order."""
        request = REQUESTS[table]
        found: list[dict[str, Any]] = []
        for page in self.pages[tenant_id, table]:
            if request.single:
                found.append({k: v for k, v in page.items() if k != "@odata.context"})
            else:
                found += page["value"]
        return found

    @property
    def tables(self) -> set[str]:
        """The tables for which anything came."""
        return {table for (_, table), pages in self.pages.items() if pages}


def recorded(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Keep every good body that a run gets from now on."""
    wire, original = Wire(), GraphClient._send

    async def keep(self: GraphClient, url: str) -> httpx.Response:
        response = await original(self, url)
        if response.status_code == 200:
            table = table_of(url)
            wire.pages[self.tenant.tenant_id, table].append(orjson.loads(response.content))
        return response

    monkeypatch.setattr(GraphClient, "_send", keep)
    return wire


def table_of(url: str) -> str:
    """The table of the request that a URL belongs to. Fails for a URL that no feed declares."""
    parts = urlsplit(url)
    if IMPACTED.fullmatch(parts.path):
        return "recommendations_impacted_resources"
    if parts.path == "/v1.0/servicePrincipals" and "$filter=id" in parts.query:
        return "service_principals"
    for table, pattern in _patterns():
        if pattern.fullmatch(parts.path) and table != "service_principals":
            return table
    raise AssertionError(f"no feed declares {url}")


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(table, _pattern(request)) for table, request in REQUESTS.items()]


def _pattern(request: Request) -> re.Pattern[str]:
    path = re.escape(f"/{request.version}{request.path}")
    return re.compile(path.replace(r"\{id\}", "[0-9a-f-]{36}"))
