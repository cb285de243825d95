"""The home and its configuration, as Dagster hands them to assets."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import dagster as dg

from pipeline.config.settings import Settings, load_config
from pipeline.home import Home

if TYPE_CHECKING:
    from pipeline.collection.collect import CollectProgress, CollectResult
    from pipeline.graph.clock import Clock
    from pipeline.warehouse.nodes import NodeResult


class PostureHome(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where a run works. Held by one run at a time, from its first asset to its last.

    `is_locked` says that the caller holds the home already, `merges_months` that a run ends with
    merging what tenants.yaml lets it.
    """

    home: str
    config: str
    is_locked: bool = False
    merges_months: bool = True

    @classmethod
    def of_environment(cls) -> "PostureHome":
        """As `POSTURE_HOME` and `POSTURE_CONFIG` say, else the defaults."""
        return cls(
            home=os.environ.get("POSTURE_HOME") or "data",
            config=os.environ.get("POSTURE_CONFIG") or "tenants.yaml",
        )

    def paths(self) -> Home:
        return Home(Path(self.home))

    def settings(self) -> Settings:
        """tenants.yaml, read when it is used: no secret ever enters a run's configuration."""
        return load_config(Path(self.config))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["PostureHome"]:
        self.paths().require_usable()
        with nullcontext() if self.is_locked else self.paths().lock():
            yield self


class Observer(Protocol):
    """Who follows a run in this process."""

    def on_stage(self, name: str) -> None:
        """A stage (collect, build, publish) begins."""

    def on_progress(self, progress: "CollectProgress") -> None:
        """A feed of a tenant has ended."""

    def on_damage(self, lines: Sequence[str]) -> None:
        """The lake was read for a build; a line for each file that is not as its log says."""

    def on_collected(self, result: "CollectResult") -> None:
        """The collection has ended."""

    def on_kept_small(self, lines: Sequence[str]) -> None:
        """Closed months of the lake were merged; a line for each that could not be."""

    def on_note(self, line: str) -> None:
        """Something that whoever follows the build should know."""

    def on_node(self, node: "NodeResult") -> None:
        """A dbt model or test has ended."""


# Graph's clock, where this process asked it before the run.
current_clock: ContextVar["Clock | None"] = ContextVar("current_clock", default=None)
current_observer: ContextVar[Observer | None] = ContextVar("current_observer", default=None)
