"""Merges the small files of closed months into one a table, beside readers and safe under kill.

Nothing of what a part is changes: each row keeps its part, and every question about a part is
answered as before (`merged.py`). What was merged counts from one rename on, that of the manifest;
a process that is killed before it leaves files that do not count, one that is killed after it
leaves small files that do not count any more, and the next compaction removes either.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.files import whole_file, whole_files
from pipeline.home import Home
from pipeline.lake.merge_files import UnreadableError, write_merged
from pipeline.lake.merged import (
    DAY,
    LOG,
    MANIFESTS,
    Bundle,
    Month,
    forget_what_was_read,
    month_document,
    months_of,
)
from pipeline.lake.parts import TEMPORARY, Lake, make_folder, writing
from pipeline.lake.standing import standing_query
from pipeline.lake.sweep import sweep
from pipeline.text import literal


@dataclass(frozen=True)
class Compaction:
    """What was done: the months that were merged, small files before, merged files after."""

    months: tuple[str, ...] = ()
    files_before: int = 0
    files_after: int = 0
    skipped: tuple[str, ...] = ()


def compact(
    home: Home, *, today: date | None = None, on_month: Callable[[str], None] | None = None
) -> Compaction:
    """Merge what is not merged yet of all months before that of `today`.

    By default that is the newest day collected: a month is closed once another one began. The
    caller holds `home.lock()`. A month with a file that cannot be read stays as it is, and
    `skipped` says why. Raises PostureError where the disk cannot be written.
    """
    lake = Lake(home.lake)
    if not (lake.root / LOG).is_dir():
        return Compaction()
    lake.prepare()
    with writing(lake.root):
        open_parts = _open_parts(lake, today)
        sweep(lake.root)
        done, skipped = [], []
        before = after = 0
        for month, parts in open_parts.items():
            if on_month is not None:
                on_month(month)
            try:
                merged = _Merge(lake, month, parts)
            except UnreadableError as error:
                skipped.append(str(error))
                continue
            merged.commit()
            before, after = before + merged.files_before, after + len(merged.bundle.tables)
            done.append(month)
        sweep(lake.root)
    return Compaction(tuple(done), before, after, tuple(skipped))


def _open_parts(lake: Lake, today: date | None) -> dict[str, list[str]]:
    """The parts that are not merged, by closed month."""
    log = lake.log_files()
    open_month = f"{today:%Y-%m}" if today else max(map(_month_of, log), default="")
    merged, found = months_of(lake.root), defaultdict(list)
    for path in [*log, *lake.config_files()]:
        month, part = _month_of(path), f"{path.parent.name}/{path.stem}"
        if month < open_month and not (month in merged and merged[month].holds(part)):
            found[month].append(part)
    return dict(sorted(found.items()))


def _month_of(path: Path) -> str:
    return path.parent.name.removeprefix(DAY)[:7]


class _Merge:
    """The parts of a month merged under temporary names, and then committed."""

    def __init__(self, lake: Lake, month: str, parts: Sequence[str]) -> None:
        self._lake, self._month = lake, month
        name = secrets.token_hex(8)
        sources = _sources(lake, sorted(parts))
        self.files_before = sum(map(len, sources.values()))
        self.bundle = Bundle(name, month, frozenset(parts), frozenset(sources))
        self._pending = [
            (lake.root / TEMPORARY / f"{table}-{name}.tmp", self.bundle.file(lake.root, table))
            for table in sources
        ]
        try:
            for (temporary, _), files in zip(self._pending, sources.values(), strict=True):
                write_merged(files, temporary)
        except BaseException:
            for temporary, _ in self._pending:
                temporary.unlink(missing_ok=True)
            raise

    def commit(self) -> None:
        """Give the files their names, and then have them count."""
        root = self._lake.root
        with whole_files(self._pending):
            for _, target in self._pending:
                make_folder(target.parent)
        before = months_of(root).get(self._month)
        bundles = (*(before.bundles if before else ()), self.bundle)
        month = Month(self._month, bundles, f"{self._month}-{self.bundle.name}.parquet")
        make_folder(root / MANIFESTS)
        self._write_standing(root / MANIFESTS / month.standing)
        with whole_file(root / MANIFESTS / f"{self._month}.json") as path:
            path.write_text(month_document(month), encoding="utf-8")
        forget_what_was_read()

    def _write_standing(self, target: Path) -> None:
        """What `posture status` says of the month: its log is what it was, wherever it is read."""
        import duckdb

        log = [path for path in self._lake.log_files() if _month_of(path) == self._month]
        if not log:
            return
        with whole_file(target) as path, duckdb.connect() as connection:
            connection.execute(
                f"copy ({standing_query(log)} order by all) to {literal(str(path))} "
                "(format parquet, compression zstd)"
            )


def _sources(lake: Lake, parts: Sequence[str]) -> dict[str, list[Path]]:
    """The files of these parts by table, in the order of the parts."""
    found: dict[str, list[Path]] = {}
    for folder in sorted(lake.root.iterdir()):
        files = [path for part in parts if (path := folder / f"{part}.parquet").exists()]
        if files:
            found[folder.name] = files
    return found
