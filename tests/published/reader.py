"""A reader in a process of its own: reads snapshots until told to stop, and counts.

Every model of a test warehouse carries one stamp, so that a mixed snapshot shows.
Usage: python -m tests.published.reader HOME (database|parquet) STOP_FILE
"""

import sys
import time
from pathlib import Path

import duckdb

from pipeline.published.reader import open_published
from tests.small_warehouse import MODELS

STAMPS = " union all ".join(
    f"select stamp from {schema}.{name}" for name, (schema, *_) in MODELS.items()
)


def main(home: Path, kind: str, stop_file: Path) -> None:
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
        # Ten readers that never rest would leave the publisher no processor.
        time.sleep(0.02)
    print(reads, len(stamps_seen))


main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
