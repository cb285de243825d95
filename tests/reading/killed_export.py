"""An export that is killed at its n-th step on disk.

Usage: python -m tests.reading.killed_export HOME TENANT TARGET N
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.export import export_tenant
from pipeline.paths import Home

steps = 0


def counted(function: Callable[..., Any], *, fatal: int) -> Callable[..., Any]:
    def step(*arguments: Any, **options: Any) -> Any:
        global steps
        steps += 1
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)

    return step


def main(home: Path, tenant: str, target: Path, fatal: int) -> None:
    for owner, name in (
        (os, "fsync"),
        (os, "utime"),
        (Path, "rename"),
        (Path, "mkdir"),
        (subprocess, "run"),
        (shutil, "rmtree"),
    ):
        setattr(owner, name, counted(getattr(owner, name), fatal=fatal))
    export_tenant(Home(home), tenant, target, config=home / "none.yaml")
    print(steps)


main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
