"""The lake: append-only Parquet, each part whole or absent, the log row last.

    <lake>/<table>/extract_date=YYYY-MM-DD/<run_id>-<part>.parquet

A part has the same file name in every table it touches. Its file in `collection_log` is written
last and vouches for exactly the files of that name; without it they do not count. The parts of a
closed month are merged later (`merged.py`); what is given here are the paths they were written to,
and `part_reading.py` reads them.
"""

import contextlib
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import PostureError
from pipeline.files import whole_files
from pipeline.graph.rebuild import rebuild
from pipeline.graph.schemas import SCHEMAS
from pipeline.lake.log import log_table
from pipeline.lake.merged import LOG, is_held, merged_paths
from pipeline.lake.names import folder_name, part_name, well_named
from pipeline.lake.stamps import Rows, stamped
from pipeline.lake.tenant_rows import FeedRows, TenantRows

__all__ = ["SCHEMAS", "FeedRows", "Lake", "TenantRows", "rebuild"]

# Small enough for a reader to skip other tenants by their statistics.
ROW_GROUP = 122_880
TEMPORARY = ".unfinished"


@dataclass(frozen=True)
class Lake:
    """Reads and writes below one folder; the caller holds the home's lock while writing."""

    root: Path

    def prepare(self) -> None:
        """Make the folder and clear what a killed run left unfinished.

        Raises PostureError where nothing can be written.
        """
        folder = self.root / TEMPORARY
        with writing(folder):
            make_folder(folder)
            for leftover in folder.iterdir():
                leftover.unlink()
            probe = folder / "probe"
            probe.touch(mode=0o600)
            probe.unlink()

    def log_files(self, dates: Collection[date] | None = None) -> list[Path]:
        """The log files, of these extract dates or of all, in the order of date and run."""
        return self._files(LOG, dates)

    def part_files(self, table: str, log_files: Iterable[Path]) -> list[Path]:
        """The files of a table that these log files vouch for; a table may have none in a part."""
        paths = (self.root / table / path.parent.name / path.name for path in log_files)
        return sorted(path for path in paths if is_held(path))

    def config_files(self, dates: Collection[date] | None = None) -> list[Path]:
        """The files of tenant_config, which need no log row: one a run, each whole."""
        return self._files("tenant_config", dates)

    def _files(self, table: str, dates: Collection[date] | None) -> list[Path]:
        base = self.root / table
        if dates is None:
            folders = [*base.glob("extract_date=*")] if base.is_dir() else []
            merged = set(merged_paths(self.root, table))
        else:
            folders = [base / folder_name(day) for day in dates]
            near = merged_paths(self.root, table, {f"{day:%Y-%m}" for day in dates})
            merged = {path for path in near if path.parent in folders}
        # A part that was merged counts once, also where its own file still stands.
        alone = (path for folder in folders for path in folder.glob("*.parquet"))
        return sorted({*well_named(alone), *merged})

    def write_tables(
        self, tables: Mapping[str, pa.Table], *, extract_date: date, name: str
    ) -> None:
        """Write one file a table, all of them before any appears. Raises PostureError.

        Tables without rows get no file; the order of the mapping is the order of appearance.
        """
        filled = {table: rows for table, rows in tables.items() if rows.num_rows}
        pending = [
            (
                self.root / TEMPORARY / f"{table}-{name}.tmp",
                self.root / table / folder_name(extract_date) / name,
            )
            for table in filled
        ]
        with writing(self.root), whole_files(pending):
            for rows, (temporary, _) in zip(filled.values(), pending, strict=True):
                _write(rows, temporary)
            for _, target in pending:
                make_folder(target.parent)

    def write_part(
        self, tenants: Sequence[TenantRows], *, run_id: str, extract_date: date, part: int
    ) -> None:
        """Write the rows of these tenants as one part, and then its log. Raises PostureError."""
        name = part_name(run_id, part)
        chunks: dict[str, list[Rows]] = defaultdict(list)
        for tenant in sorted(tenants, key=lambda one: one.tenant_id):
            for feed in tenant.feeds:
                for table, rows in feed.tables.items():
                    chunks[table].append(Rows(tenant.tenant_id, feed.collected_at, rows))
        data = {
            table: stamped(found, SCHEMAS[table], run_id=run_id, extract_date=extract_date)
            for table, found in chunks.items()
        }
        self.write_tables(data, extract_date=extract_date, name=name)
        log = log_table(row for tenant in tenants for row in tenant.log)
        self.write_tables({LOG: log}, extract_date=extract_date, name=name)


def _write(rows: pa.Table, path: Path) -> None:
    # Created first, so that the file is never readable by others, not even while it grows.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    # Without the Arrow schema a dictionary column reads as the text it is.
    pq.write_table(rows, path, compression="zstd", row_group_size=ROW_GROUP, store_schema=False)


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, for their user alone."""
    for one in reversed([folder, *folder.parents]):
        if not one.is_dir():
            one.mkdir(mode=0o700, exist_ok=True)


@contextlib.contextmanager
def writing(where: Path) -> Iterator[None]:
    """What the disk refuses, as one line. Raises PostureError."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error).splitlines()[0]
        raise PostureError(
            f"{error.filename or where}: cannot be written ({reason}); free space, correct the "
            "permissions, or choose another folder with --home, then run again"
        ) from error
