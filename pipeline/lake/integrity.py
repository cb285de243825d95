"""Whether the parts of the lake hold what their log vouches for."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from pipeline.graph.feeds import FEEDS
from pipeline.lake.log import Vouched, vouched_rows
from pipeline.lake.merged import file_of, is_held
from pipeline.lake.names import well_named
from pipeline.lake.part_reading import rows_by_tenant
from pipeline.lake.parts import Lake

_REBUILD = "then run `posture build --full`"


@dataclass(frozen=True)
class Damage:
    """A log row whose rows are `missing`, `short`, `doubled` or `unreadable`, or are a `copy`.

    `part` is the log file as `extract_date=D/<run>-<part>`, `path` where the rows that are not as
    they should be were written to. A copy is a log row that an earlier file has already.
    """

    kind: str
    part: str
    run_id: str
    tenant_id: str
    feed: str
    path: Path
    expected: int = 0
    found: int = 0

    @property
    def note(self) -> str:
        """As `told`, with the file's place in the lake: facts go where the machine is unknown."""
        return self.told("/".join(self.file.parts[-3:]))

    @property
    def file(self) -> Path:
        """The file to restore: that of the path, or the one it was merged into."""
        return file_of(self.path)

    def told(self, where: str) -> str:
        """The file, what is wrong with it, and the next step in one sentence."""
        if self.kind == "copy":
            return f"{where}: says again what another log file says; remove it"
        if self.kind == "doubled":
            cause = f"holds {self.found} rows where its log vouches for {self.expected}"
            return f"{where}: {cause}; remove what was added, {_REBUILD}"
        cause = {
            "missing": f"is not there, and its log vouches for {self.expected} rows",
            "short": f"holds {self.found} of the {self.expected} rows its log vouches for",
            "unreadable": "cannot be read as Parquet",
        }[self.kind]
        return f"{where}: {cause}; restore it from a backup, {_REBUILD}"


@dataclass(frozen=True)
class _Held:
    """What one file of a part holds: rows by tenant."""

    path: Path
    rows: Counter[str] = field(default_factory=Counter)
    is_there: bool = True
    is_readable: bool = True


def strays(lake: Lake) -> list[Path]:
    """Files beside the log and the configurations that no run wrote, such as a sync tool's copies:
    nobody reads them."""
    folders = [lake.root / name for name in ("collection_log", "tenant_config")]
    files = [path for folder in folders for path in folder.glob("extract_date=*/*.parquet")]
    return sorted(set(files) - set(well_named(files)))


def find_damage(lake: Lake, log_files: Iterable[Path]) -> list[Damage]:
    """What these log files vouch for and is not in their parts, or not so.

    At most one damage a log row. Raises PostureError naming a log file that cannot be read.
    """
    found: list[Damage] = []
    seen: set[tuple[str, str, str]] = set()
    for log_file in log_files:
        part = f"{log_file.parent.name}/{log_file.stem}"
        rows = vouched_rows(log_file)
        found += [Damage("copy", part, *row.key, log_file) for row in rows if row.key in seen]
        found += _damaged(lake, log_file, part, [row for row in rows if row.key not in seen])
        seen.update(row.key for row in rows)
    return found


def _damaged(lake: Lake, log_file: Path, part: str, rows: list[Vouched]) -> Iterator[Damage]:
    files: dict[str, _Held] = {}
    for row in rows:
        for table in FEEDS[row.feed].tables if row.feed in FEEDS and row.is_committed else ():
            if table not in files:
                files[table] = _read(lake.root / table / log_file.parent.name / log_file.name)
            kind = _kind(files[table], row, table)
            if kind:
                held, expected = files[table], row.expected(table) or row.rows
                yield Damage(kind, part, *row.key, held.path, expected, held.rows[row.tenant_id])
                break


def _kind(held: _Held, row: Vouched, table: str) -> str | None:
    """What is wrong with the rows of a tenant in a file; None where they are as vouched for."""
    expected, found = row.expected(table), held.rows[row.tenant_id]
    if not held.is_readable:
        return "unreadable"
    if expected is None:
        # A log of before its rows were counted by table: it has some in the first or none.
        is_first = table == FEEDS[row.feed].tables[0]
        return "missing" if is_first and row.rows and not held.is_there else None
    if found == expected:
        return None
    if not held.is_there:
        return "missing"
    return "short" if found < expected else "doubled"


def _read(path: Path) -> _Held:
    if not is_held(path):
        return _Held(path, is_there=False)
    try:
        rows = rows_by_tenant(path)
    except (pa.ArrowException, OSError):
        return _Held(path, is_readable=False)
    # A merged file is there for other parts as well.
    return _Held(path, rows, is_there=bool(rows) or file_of(path) == path)


def damage_lines(damage: Iterable[Damage]) -> list[str]:
    """One line a file: whom it concerns, what is wrong, and what to do."""
    by_file: dict[tuple[Path, str], list[Damage]] = {}
    for one in damage:
        by_file.setdefault((one.file, one.kind), []).append(one)
    return [
        f"{_concerned(found)}: {_summed(found).told(str(path))}"
        for (path, _), found in by_file.items()
    ]


def _summed(damage: list[Damage]) -> Damage:
    expected, found = (sum(one.expected for one in damage), sum(one.found for one in damage))
    return replace(damage[0], expected=expected, found=found)


def _concerned(damage: list[Damage]) -> str:
    tenants = sorted({one.tenant_id for one in damage})
    feeds = sorted({one.feed for one in damage})
    who = f"tenant {tenants[0]}" if len(tenants) == 1 else f"{len(tenants)} tenants"
    what = feeds[0] if len(feeds) == 1 else f"{len(feeds)} feeds"
    return f"{who}, {what}"
