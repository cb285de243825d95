"""A publish that is killed at its n-th step on disk.

Called by `tests.forks`: HOME N
"""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from pipeline.home import Home
from pipeline.published.publish import publish
from tests.killed_step import Steps
from tests.small_warehouse import RUN_DATE


def main(home: str, fatal: str) -> None:
    steps = Steps(
        int(fatal), ((os, "fsync"), (Path, "rename"), (Path, "replace"), (shutil, "rmtree"))
    )
    publish(Home(Path(home)), run_date=RUN_DATE, published_at=datetime.now(UTC))
    print(steps.taken)
