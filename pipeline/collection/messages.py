"""What the processes of a run tell each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.collection.line import Group
from pipeline.collection.run_context import RunContext
from pipeline.config.settings import Tenant
from pipeline.graph.feeds import FEEDS
from pipeline.lake.log import LogRow


@dataclass(frozen=True)
class Work:
    """A group of tenants with the names of their feeds; a worker has the catalogue itself."""

    tenants: Sequence[tuple[Tenant, tuple[str, ...]]]

    @classmethod
    def of(cls, group: Group) -> "Work":
        return cls([(tenant, tuple(feed.name for feed in feeds)) for tenant, feeds in group])

    @property
    def group(self) -> Group:
        return [(tenant, [FEEDS[name] for name in names]) for tenant, names in self.tenants]


@dataclass(frozen=True)
class Job:
    """What a worker begins with. Secrets are in it as where they are found, never as they read;
    only the key of pseudonyms is itself, and goes through the pipe alone."""

    context: RunContext
    lake: Path
    first: Work


@dataclass(frozen=True)
class Wanted:
    """A worker has given out its tenants and asks for more; the answer is Work or None."""


@dataclass(frozen=True)
class Read:
    """A feed of a tenant has ended."""

    row: LogRow


@dataclass(frozen=True)
class Done:
    """A worker has read and written all that it was given, or ended with an error."""

    error: BaseException | None = None
