"""`posture dev`: the Dagster web UI on this project."""

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import NoReturn

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import end_stale_runs, prepare
from pipeline.cli.dagster_storage import set_damaged_aside
from pipeline.cli.dev_server import MODULE
from pipeline.errors import PostureError

WORKSPACE = """\
load_from:
  - python_module:
      module_name: pipeline.definitions
      location_name: identity_posture
"""


def run(context: Context, arguments: argparse.Namespace) -> NoReturn:
    """Serve the UI in the foreground; its runs work on the same home and configuration.

    It listens on this machine and answers only who asks for it by its own address.
    """
    folder = prepare(context)
    workspace = folder / "workspace.yaml"
    workspace.write_text(WORKSPACE, encoding="utf-8")
    with contextlib.suppress(PostureError), context.home.lock():
        for line in set_damaged_aside(folder):
            print(line, flush=True)
        _end_stale_runs(folder)
    print(f"Dagster on http://127.0.0.1:{arguments.port} (stop with Ctrl-C)", flush=True)
    command = [sys.executable, "-m", MODULE, "dev", "-w", str(workspace)]
    command += ["--host", "127.0.0.1", "--port", str(arguments.port)]
    # In place of this process, so that whoever stops it stops Dagster and its services.
    os.execv(sys.executable, command)


def _end_stale_runs(folder: Path) -> None:
    import dagster as dg

    with dg.DagsterInstance.from_config(str(folder)) as instance:
        end_stale_runs(instance)
