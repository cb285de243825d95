"""An export that is killed at its n-th step on disk.

Usage: python -m tests.export.killed_export HOME TENANT TARGET N
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.export import export_tenant
from pipeline.home import Home
from tests.killed_step import Steps


def main(home: Path, tenant: str, target: Path, fatal: int) -> None:
    steps = Steps(
        fatal,
        (
            (os, "fsync"),
            (os, "utime"),
            (Path, "rename"),
            (Path, "mkdir"),
            (subprocess, "run"),
            (shutil, "rmtree"),
        ),
    )
    export_tenant(Home(home), tenant, target, config=home / "none.yaml")
    print(steps.taken)


main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
