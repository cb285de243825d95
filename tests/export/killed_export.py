"""An export that is killed at its n-th step on disk.

Called by `tests.forks`: HOME TENANT TARGET N
"""

import os
import shutil
import subprocess
from pathlib import Path

import pipeline.powerbi
import pipeline.report  # noqa: F401
from pipeline.export.copy import export_tenant
from pipeline.home import Home
from tests.killed_step import Steps


def main(home: str, tenant: str, target: str, fatal: str) -> None:
    steps = Steps(
        int(fatal),
        (
            (os, "fsync"),
            (os, "utime"),
            (Path, "rename"),
            (Path, "mkdir"),
            (subprocess, "run"),
            (shutil, "rmtree"),
        ),
    )
    export_tenant(Home(Path(home)), tenant, Path(target), config=Path(home, "none.yaml"))
    print(steps.taken)
