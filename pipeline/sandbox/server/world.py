"""Everything that the sandbox's answers depend on, in one place."""

from dataclasses import dataclass, field

from pipeline.sandbox.protocol.clock import Clock
from pipeline.sandbox.protocol.tokens import TokenIssuer
from pipeline.sandbox.server.faults import Edits, Faults
from pipeline.sandbox.server.paging import Links
from pipeline.sandbox.server.request_log import RequestLog
from pipeline.sandbox.server.throttle import Throttle
from pipeline.sandbox.story.estate import Estate
from pipeline.sandbox.story.permissions import GRANTED


@dataclass
class World:
    """Tenants, clock, keys, limits, and what a test has made of them."""

    estate: Estate
    clock: Clock
    links: Links
    throttle: Throttle
    requests: RequestLog
    page_size: int
    latency: float
    tokens: TokenIssuer = field(default_factory=TokenIssuer)
    faults: Faults = field(default_factory=Faults)
    edits: Edits = field(default_factory=Edits)
    denied: set[tuple[str, str]] = field(default_factory=set)
    extra: set[tuple[str, str]] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)

    def roles(self, tenant_id: str) -> list[str]:
        """The application roles granted in a tenant now."""
        more = sorted(role for tenant, role in self.extra if tenant == tenant_id)
        return [role for role in (*GRANTED, *more) if (tenant_id, role) not in self.denied]
