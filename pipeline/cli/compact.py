"""`posture compact`: few files for closed months of the lake, and the same facts."""

import argparse

from pipeline.cli.context import Context
from pipeline.lake.compact import Compaction, compact

INCOMPLETE = 3


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Merge what can be merged, then say what was and what was not."""
    with context.home.lock():
        done = compact(context.home, on_month=lambda month: print(f"{month} ...", flush=True))
    for line in lines(done):
        print(line)
    return INCOMPLETE if done.skipped else 0


def lines(done: Compaction) -> list[str]:
    """What was done, a line; then a line for each month that stays as it is."""
    merged = f"{done.files_before:,} files are {done.files_after:,}: {', '.join(done.months)}"
    return [merged if done.months else "nothing to merge", *done.skipped]
