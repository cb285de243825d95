"""Closed months of the lake as few files: which file holds the rows of a part.

    <lake>/compacted/2026-01.json                          what was merged; written last
    <lake>/<table>/extract_month=2026-01/<bundle>.parquet  the rows of many parts, each with its
                                                           part in the column `part`

A part keeps its name, and with it the path that it was written to: everybody goes on naming it by
that path, and only who opens it asks here. A part that a manifest names is read from the merged
file alone; a small file of that name which still stands beside it does not count.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pipeline.errors import PostureError

MANIFESTS = "compacted"
DAY, MONTH = "extract_date=", "extract_month="
LOG = "collection_log"


@dataclass(frozen=True)
class Bundle:
    """Parts that were merged together, as `extract_date=D/<run>-<part>`: a file a table."""

    name: str
    month: str
    parts: frozenset[str]
    tables: frozenset[str]

    @cached_property
    def of_log(self) -> frozenset[str]:
        """The parts that the log vouches for."""
        return frozenset(filter(is_of_log, self.parts))

    @cached_property
    def configurations(self) -> frozenset[str]:
        """The parts that hold what a run was told."""
        return self.parts - self.of_log

    def file(self, root: Path, table: str) -> Path:
        """Where the rows of a table stand; only where the bundle has the table."""
        return root / table / f"{MONTH}{self.month}" / f"{self.name}.parquet"


@dataclass(frozen=True)
class Month:
    """What was merged of one month; `standing` names its summary for `posture status`."""

    month: str
    bundles: tuple[Bundle, ...]
    standing: str

    def holds(self, part: str) -> bool:
        """Whether the part was merged."""
        return any(part in bundle.parts for bundle in self.bundles)


@dataclass(frozen=True)
class Place:
    """Where a part's rows of one table stand: in `file`, which is None where it has none."""

    part: str
    file: Path | None
    bundle: Bundle

    @property
    def neighbours(self) -> frozenset[str]:
        """All parts that may have rows in the file: those of the log, or configurations."""
        return self.bundle.of_log if is_of_log(self.part) else self.bundle.configurations


def months_of(root: Path) -> Mapping[str, Month]:
    """What was merged, by month. Raises PostureError naming a manifest that is damaged."""
    folder = root / MANIFESTS
    try:
        changed_at = folder.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _months(folder, changed_at)


# Asked for every part of every table; each manifest comes by a rename, which its folder shows.
@lru_cache(maxsize=8)
def _months(folder: Path, _: int) -> Mapping[str, Month]:
    return {path.stem: _month(path) for path in sorted(folder.glob("*.json"))}


def forget_what_was_read() -> None:
    """Look at the manifests again: this process has written one."""
    _months.cache_clear()


def _month(path: Path) -> Month:
    try:
        document = json.loads(path.read_bytes())
        bundles = tuple(
            Bundle(one["name"], path.stem, frozenset(one["parts"]), frozenset(one["tables"]))
            for one in document["bundles"]
        )
        return Month(path.stem, bundles, document["standing"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PostureError(
            f"{path}: is damaged, and says where the rows of its month are; restore it from a "
            "backup together with the files of that month"
        ) from error


def month_document(month: Month) -> str:
    """The text of a manifest."""
    bundles = [
        {"name": one.name, "parts": sorted(one.parts), "tables": sorted(one.tables)}
        for one in month.bundles
    ]
    content = {"standing": month.standing, "bundles": bundles}
    return json.dumps(content, indent=1) + "\n"


def is_of_log(part: str) -> bool:
    """Whether the log vouches for the part; part 0 of a run is its configuration."""
    return not part.endswith("-0000")


def merged_paths(root: Path, table: str, months: Collection[str] | None = None) -> Iterator[Path]:
    """The paths that the merged parts were written to: those of the log, or configurations.

    Raises PostureError where a month was merged and its manifest is gone.
    """
    if table == LOG:
        _require_manifests(root)
    for month in months_of(root).values():
        for bundle in month.bundles if months is None or month.month in months else ():
            for part in bundle.parts:
                if is_of_log(part) is (table == LOG):
                    yield root / table / f"{part}.parquet"


def _require_manifests(root: Path) -> None:
    """A month without its manifest would be no month at all, and nobody would know."""
    known = months_of(root)
    for folder in (root / LOG).glob(f"{MONTH}*"):
        month = folder.name.removeprefix(MONTH)
        # Where a compaction was killed before it counted, the small files are all there.
        if month not in known and not any((root / LOG).glob(f"{DAY}{month}-*/*.parquet")):
            raise PostureError(
                f"{root / MANIFESTS / month}.json: is missing, and says where the rows of its "
                "month are; restore it from a backup"
            )


def place_of(path: Path) -> Place | None:
    """Where the rows of the part stand that was written to this path; None: at the path."""
    root, day = path.parents[2], path.parent.name.removeprefix(DAY)
    month = months_of(root).get(day[:7])
    part = f"{path.parent.name}/{path.stem}"
    for bundle in month.bundles if month else ():
        if part in bundle.parts:
            table = path.parents[1].name
            file = bundle.file(root, table) if table in bundle.tables else None
            return Place(part, file, bundle)
    return None


def is_held(path: Path) -> bool:
    """Whether there is a file with the rows that were written to this path."""
    place = place_of(path)
    file = path if place is None else place.file
    return file is not None and file.exists()


def file_of(path: Path) -> Path:
    """The file to restore where the rows of this path are not as they should be."""
    place = place_of(path)
    return path if place is None or place.file is None else place.file
