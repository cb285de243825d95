"""Who comes in: the endpoint that a request means, what it may read and what it costs."""

from dataclasses import dataclass

from pipeline.sandbox.protocol.odata import Query
from pipeline.sandbox.protocol.refusals import LICENCE_OF, NOT_LICENSED, owns
from pipeline.sandbox.protocol.wire import GraphError, bad_request, unknown_segment
from pipeline.sandbox.server.endpoint import Endpoint
from pipeline.sandbox.server.endpoints import endpoint_at
from pipeline.sandbox.story.identity import Tenant


@dataclass(frozen=True)
class Ask:
    """One HTTP request to Graph, less its transport."""

    method: str
    origin: str
    path: str
    query: str
    authorization: str | None
    prefer: str = ""

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Admission:
    """A request past the door: what it asks, of which tenant, and the headers it is owed."""

    endpoint: Endpoint
    version: str
    tenant: Tenant
    query: Query
    headers: dict[str, str]
    roles: frozenset[str]
    target: str


def route(ask: Ask) -> tuple[str, Endpoint, str]:
    """Version, endpoint and the id in its path. Raises GraphError where nothing is there."""
    if ask.method != "GET":
        raise GraphError(405, "Request_BadRequest", f"Method not allowed: {ask.method}.")
    _, _, rest = ask.path.partition("/")
    version, _, resource = rest.partition("/")
    if version not in ("v1.0", "beta"):
        raise bad_request("Invalid version: " + version)
    found = endpoint_at("/" + resource)
    if found is None or version not in found[0].versions:
        raise unknown_segment(resource.rstrip("/").rpartition("/")[2])
    return version, *found


def permit(endpoint: Endpoint, tenant: Tenant, held: frozenset[str]) -> None:
    """Raise GraphError where a permission or a licence is missing."""
    if not held & endpoint.permissions:
        raise endpoint.not_permitted.error()
    if endpoint.licence and not owns(tenant.licence_tier, LICENCE_OF[endpoint.licence]):
        raise NOT_LICENSED[endpoint.licence].error()


def cost(endpoint: Endpoint, query: Query) -> int:
    """The resource units that a request to the directory takes."""
    top = query.option("$top")
    units = endpoint.cost - (query.option("$select") is not None)
    units += query.option("$expand") is not None
    units -= top is not None and top.isdigit() and int(top) < 20
    return max(1, units)
