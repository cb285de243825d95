"""The collection log: one row a run, tenant and feed, saying how it ended and why."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import PostureError
from pipeline.graph.schemas import COLLECTION_LOG

# The error_code of a feed that was read, but not for all whom the feeds before it would name.
INCOMPLETE = "incomplete_upstream"


@dataclass(frozen=True)
class LogRow:
    """How one feed of one tenant ended in one run.

    `collected_at` is Graph's own clock where it answered, else the system's. `requests` counts
    every request sent to Graph, retries included; `rows` the records written; `bytes` the
    bodies received, decompressed. `note` is the cause and the next step in one sentence.
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


def log_table(rows: Iterable[LogRow]) -> pa.Table:
    """Log rows as they are written, by tenant and in the feeds' order."""
    ordered = sorted(rows, key=lambda row: row.tenant_id)
    return pa.Table.from_pylist([asdict(row) for row in ordered], schema=COLLECTION_LOG)


def read_columns(path: Path, columns: Sequence[str]) -> pa.Table:
    """Columns of one lake file. Raises PostureError naming a file that is damaged."""
    with _readable(path), pq.ParquetFile(path) as file:
        return file.read(columns=list(columns))


def read_tenant(path: Path, tenant_id: str) -> pa.Table:
    """The rows of one tenant in one lake file. Raises PostureError naming a damaged file."""
    with _readable(path):
        return pq.read_table(path, partitioning=None, filters=[("tenant_id", "=", tenant_id)])


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        raise PostureError(
            f"{path}: cannot be read as Parquet, the file is damaged; restore it from a backup, "
            "or remove the files of that name in every lake folder to collect them again"
        ) from error
