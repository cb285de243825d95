"""What a feed is: what is asked of Graph, what that needs, and where the answer goes."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.graph.table_spec import Table

# A command that collects nothing knows the feeds too, and has no use for what checks settings.
if TYPE_CHECKING:
    from pipeline.config.cloud import Cloud


class Workload(StrEnum):
    """The services of Graph that each have limits of their own."""

    SECURITY = "security"
    DIRECTORY = "directory"
    PROTECTION = "protection"
    REPORTS = "reports"
    CREDENTIALS = "credentials"


class Reader(StrEnum):
    """How a feed is read: `LISTS` reads each request to its last page, the others ask by name."""

    LISTS = "lists"
    SCORES = "scores"
    POLICIES = "policies"
    GROUPS = "groups"
    GROUP_SCHEDULES = "group_schedules"
    MEMBERS = "members"
    USERS = "users"
    SERVICE_PRINCIPALS = "service_principals"
    APPLICATION_PERMISSIONS = "application_permissions"
    REGISTRATION = "registration"
    RISK_DETECTIONS = "risk_detections"
    RECOMMENDATIONS = "recommendations"
    DIRECTORY_AUDITS = "directory_audits"
    ROLE_RULES = "role_rules"
    PER_USER_MFA = "per_user_mfa"
    PLANS = "plans"


class Licence(StrEnum):
    """The Entra licence without which Graph refuses a feed."""

    P1 = "Microsoft Entra ID P1"
    P2 = "Microsoft Entra ID P2"


@dataclass(frozen=True)
class Request:
    """One list, or one object where `single`; `units` are the directory resource units it costs.

    An object without an id is told by its member `told_by`. A path may hold `{id}`. An `optional`
    request may fail without the feed failing. Workload and permission are the feed's where they
    are not given.
    """

    version: str
    path: str
    table: Table
    query: str = ""
    units: int = 1
    optional: bool = False
    single: bool = False
    told_by: str = "id"
    workload: Workload | None = None
    permission: str | None = None

    def url(self, graph_url: str, *, query: str | None = None, **names: str) -> str:
        """The first page's address; `query` replaces the request's own."""
        query = self.query if query is None else query
        path = self.path.format(**names) if names else self.path
        return f"{graph_url}/{self.version}{path}" + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Feed:
    """One feed: its requests, what it needs, and which feeds it follows.

    `permission` is the least application permission, `accepts` others that include it, `also` a
    permission that only completes the feed. `after` are feeds that name what this one asks for;
    without those in `needs` it cannot be read. `tenant_member` names the member that must equal
    the tenant's id in every record. `dated` records carry their own date, so that they can be
    read for a past day. The feed that `is_oracle` says which licences the tenant owns. `probe` is
    the cheapest request that shows whether Graph grants the feed, as version, path and query;
    None where only the permission can tell. An `optional` feed that Graph does not offer is not
    in the cloud, and nothing is missing.
    """

    name: str
    requests: tuple[Request, ...]
    permission: str
    workload: Workload
    probe: str | None
    accepts: frozenset[str] = frozenset()
    also: str | None = None
    licence: Licence | None = None
    absent_clouds: frozenset[str] = frozenset()
    reader: Reader = Reader.LISTS
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    tenant_member: str | None = None
    counts: tuple[Table, ...] = field(default=())
    dated: bool = False
    is_oracle: bool = False
    optional: bool = False

    def is_absent_in(self, cloud: "Cloud") -> bool:
        """Whether a cloud does not offer the feed: it is not asked for there."""
        return cloud.name in self.absent_clouds or self.name in cloud.absent_feeds

    @property
    def lake_tables(self) -> tuple[Table, ...]:
        """The lake tables it fills, children included, each once."""
        own = [one for request in self.requests for one in request.table.walk()]
        return tuple(dict.fromkeys([*own, *self.counts]))

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the lake tables it fills."""
        return tuple(table.name for table in self.lake_tables)
