"""Removes from the lake what does not count; the last copy of any row stays."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.lake.merged import DAY, MANIFESTS, MONTH, Month, is_held, months_of
from pipeline.lake.names import well_named
from pipeline.lake.part_reading import PART


def sweep(root: Path) -> None:
    """Remove merged files that no manifest names, and small files of parts that were merged."""
    merged = months_of(root)
    summaries = {month.standing for month in merged.values()}
    for path in (root / MANIFESTS).glob("*.parquet"):
        if path.name not in summaries:
            path.unlink()
    for table in sorted(path for path in root.iterdir() if path.is_dir()):
        for folder in sorted(table.glob(f"{MONTH}*")):
            _remove_unnamed(folder, merged)
        for folder in sorted(table.glob(f"{DAY}*")):
            month = merged.get(folder.name.removeprefix(DAY)[:7])
            if month is not None:
                _remove_merged(root, folder, month)


def _remove_unnamed(folder: Path, merged: Mapping[str, Month]) -> None:
    """Merged files of a compaction that was killed before it counted."""
    month = merged.get(folder.name.removeprefix(MONTH))
    named = {bundle.name for bundle in month.bundles} if month else set()
    for path in folder.glob("*.parquet"):
        # A manifest that came back from an old backup may lack one whose small files are gone.
        if path.stem not in named and _is_elsewhere(path):
            path.unlink()


def _is_elsewhere(path: Path) -> bool:
    parts = set(pq.read_table(path, columns=[PART], partitioning=None)[PART].to_pylist())
    return all(is_held(path.parents[1] / f"{part}.parquet") for part in parts)


def _remove_merged(root: Path, folder: Path, month: Month) -> None:
    table = folder.parent.name
    merged = [
        one for one in month.bundles if table in one.tables and one.file(root, table).exists()
    ]
    for path in well_named(folder.glob("*.parquet")):
        if any(f"{folder.name}/{path.stem}" in bundle.parts for bundle in merged):
            path.unlink()
    # Where nothing is left in it.
    with contextlib.suppress(OSError):
        folder.rmdir()
