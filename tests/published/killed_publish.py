"""A publish that is killed at its n-th step on disk.

Usage: python -m tests.published.killed_publish HOME N
"""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from pipeline.home import Home
from pipeline.published.publish import publish
from tests.killed_step import Steps
from tests.small_warehouse import RUN_DATE


def main(home: Path, fatal: int) -> None:
    steps = Steps(fatal, ((os, "fsync"), (Path, "rename"), (Path, "replace"), (shutil, "rmtree")))
    publish(Home(home), run_date=RUN_DATE, published_at=datetime.now(UTC))
    print(steps.taken)


main(Path(sys.argv[1]), int(sys.argv[2]))
