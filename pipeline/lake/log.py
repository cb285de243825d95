"""The collection log: one row a run, tenant and feed, saying how it ended and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from pipeline.errors import PostureError
from pipeline.graph.outcomes import COMMITTED
from pipeline.graph.schemas import COLLECTION_LOG
from pipeline.lake.merged import file_of
from pipeline.lake.part_reading import read_part, read_part_of_tenant

# The error_code of a feed that was read, but not for all whom the feeds before it would name.
INCOMPLETE = "incomplete_upstream"


@dataclass(frozen=True)
class LogRow:
    """How one feed of one tenant ended in one run.

    `collected_at` is Graph's own clock where it answered, else the system's. `requests` counts
    every request sent to Graph, retries included; `rows` the records written; `bytes` the
    bodies received, decompressed. `note` is the cause and the next step in one sentence.
    `table_rows` counts what was written by lake table, so that a part can be held against it.
    """

    tenant_id: str
    extract_date: date
    collected_at: datetime
    run_id: str
    feed: str
    outcome: str
    http_status: int | None
    error_code: str | None
    request_id: str | None
    requests: int
    retries: int
    pages: int
    rows: int
    bytes: int
    started_at: datetime
    finished_at: datetime
    unknown_fields: str | None
    note: str | None
    table_rows: str | None = None


@dataclass(frozen=True)
class Vouched:
    """How many rows a log row vouches for, in all and by lake table.

    `tables` is None in a log that was written before they were counted by table.
    """

    run_id: str
    tenant_id: str
    feed: str
    is_committed: bool
    rows: int
    tables: Mapping[str, int] | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What only one log row of the lake has."""
        return self.run_id, self.tenant_id, self.feed

    def expected(self, table: str) -> int | None:
        """The rows of a table; None where the log does not say."""
        return None if self.tables is None else self.tables.get(table, 0)


def counted(tables: Mapping[str, pa.Table]) -> str:
    """Rows by lake table as a log row keeps them: `users=3,users_x=7`."""
    return ",".join(f"{name}={rows.num_rows}" for name, rows in sorted(tables.items()))


def vouched_rows(path: Path) -> list[Vouched]:
    """What one log file vouches for. Raises PostureError naming a file that is damaged."""
    columns = ["run_id", "tenant_id", "feed", "outcome", "rows"]
    with _readable(path):
        rows = read_part(path, columns, ["table_rows"]).to_pylist()
    return [
        Vouched(
            row["run_id"],
            row["tenant_id"],
            row["feed"],
            row["outcome"] in COMMITTED,
            row["rows"] or 0,
            _by_table(row.get("table_rows")),
        )
        for row in rows
    ]


def _by_table(text: str | None) -> dict[str, int] | None:
    if text is None:
        return None
    pairs = (one.split("=") for one in text.split(",") if one)
    return {name: int(rows) for name, rows in pairs}


def log_table(rows: Iterable[LogRow]) -> pa.Table:
    """Log rows as they are written, by tenant and in the feeds' order."""
    ordered = sorted(rows, key=lambda row: row.tenant_id)
    return pa.Table.from_pylist([vars(row) for row in ordered], schema=COLLECTION_LOG)


def read_columns(path: Path, columns: Sequence[str]) -> pa.Table:
    """Columns of one lake file. Raises PostureError naming a file that is damaged."""
    with _readable(path):
        return read_part(path, columns)


def read_tenant(path: Path, tenant_id: str) -> pa.Table:
    """The rows of one tenant in one lake file. Raises PostureError naming a damaged file."""
    with _readable(path):
        return read_part_of_tenant(path, tenant_id)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        raise PostureError(
            f"{file_of(path)}: cannot be read as Parquet, the file is damaged; restore it from a "
            "backup, or remove the files of that name in every lake folder to collect them again"
        ) from error
