"""A publish that is killed at its n-th step on disk.

Usage: python -m tests.surface.killed_publish HOME N
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.paths import Home
from pipeline.publish import publish
from tests.surface.small_warehouse import RUN_DATE

steps = 0


def counted(function: Callable[..., Any], *, fatal: int) -> Callable[..., Any]:
    def step(*arguments: Any, **options: Any) -> Any:
        global steps
        steps += 1
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)

    return step


def main(home: Path, fatal: int) -> None:
    for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "replace"), (shutil, "rmtree")):
        setattr(owner, name, counted(getattr(owner, name), fatal=fatal))
    publish(Home(home), run_date=RUN_DATE, published_at=datetime.now(UTC))
    print(steps)


main(Path(sys.argv[1]), int(sys.argv[2]))
