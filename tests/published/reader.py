"""Readers, each a process of its own: they read snapshots until told to stop, and count.

Every model of a test warehouse carries one stamp, so that a mixed snapshot shows. They are forked
from one process, so that the modules which all of them need are imported once.
Usage: python -m tests.published.reader HOME STOP_FILE NUMBER
"""

import os
import sys
import time
from pathlib import Path

import duckdb

from pipeline.published.reader import open_published
from tests.small_warehouse import MODELS

STAMPS = " union all ".join(
    f"select stamp from {schema}.{name}" for name, (schema, *_) in MODELS.items()
)


def read(home: Path, kind: str, stop_file: Path) -> None:
    reads, stamps_seen = 0, set()
    while not stop_file.exists():
        if kind == "database":
            connection = duckdb.connect(str(home / "published" / "posture.duckdb"), read_only=True)
        else:
            connection = open_published(home)
        with connection:
            stamps = connection.sql(f"select distinct stamp from ({STAMPS})").fetchall()
        assert len(stamps) == 1, f"a mixed snapshot: {stamps}"
        stamps_seen |= set(stamps)
        reads += 1
        # Ten readers that rest for less would leave the publisher no processor.
        time.sleep(0.1)
    print(reads, len(stamps_seen), flush=True)


def main(home: Path, stop_file: Path, number: int) -> int:
    """0 where every reader ended well; half of them read the database, half the manifest."""
    pids = []
    for position in range(number):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                read(home, "database" if position % 2 else "parquet", stop_file)
                code = 0
            finally:
                # Nothing of the process that it was forked from is its own to take down.
                os._exit(code)
        pids.append(pid)
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    return int(any(statuses))


sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
