"""Dagster's event log in one SQLite file whose connection is kept open."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

# The class is public and documented under this path, which dagster.yaml names as well.
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

LOCK_SECONDS = 60


class EventLog(ConsolidatedSqliteEventLogStorage):
    """Dagster's own storage, less its cost (docs/decisions/0008-dagsters-event-log-stays-open.md).

    Dagster opens a new engine for every statement, nine a check: 250 checks take 7 s. One engine
    that stays takes 1.5 s. Without a sync a commit, a power failure can lose the last events of
    the log, never the log; nothing is decided from it.
    """

    @cached_property
    def _engine(self) -> Engine:
        path: str = self.get_db_path()  # type: ignore[no-untyped-call]
        engine = create_engine(
            URL.create("sqlite", database=path),
            poolclass=QueuePool,
            connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False},
        )

        @event.listens_for(engine, "connect")
        def _sync_less(connection: Any, _: object) -> None:
            connection.execute("pragma synchronous = normal")

        return engine

    @contextmanager
    def run_connection(self, run_id: str | None) -> Iterator[Connection]:
        """The connection for what is asked of one run."""
        with self._engine.begin() as connection:
            yield connection

    def index_connection(self) -> Any:
        """The connection for what is asked over all runs: the same file."""
        return self.run_connection(None)
