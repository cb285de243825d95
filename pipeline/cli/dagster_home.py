"""The home's Dagster instance: where runs are recorded."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.context import Context
from pipeline.errors import PostureError, UsageError
from pipeline.home import Home

if TYPE_CHECKING:
    import dagster as dg

SETTINGS = """\
# Written by posture; edit it freely, it is not written again.
telemetry:
  enabled: false
event_log_storage:
  module: pipeline.defs.event_log
  class: EventLog
  config:
    base_dir: {env: DAGSTER_HOME}
# Output stays on the terminal it was written for; what counts is in the events.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
# The home has one writer: runs wait for each other. No pool beside it: a killed run would keep
# its place in the pool for ever, and every later run would wait for it.
concurrency:
  runs:
    max_concurrent_runs: 1
"""


def require_dagster_can_read(home: Home) -> None:
    """Raise UsageError where Dagster's databases would lie in another folder than told."""
    if escape := re.search("%[0-9A-Fa-f]{2}", str(home.dagster.resolve())):
        raise UsageError(
            f"--home {str(home.root)!r}: Dagster takes {escape[0]} in a path for another sign; "
            "choose another folder"
        )


def prepare(context: Context) -> Path:
    """Make the folder with its settings, and tell Dagster's code location what we work on."""
    folder = context.home.dagster.resolve()
    require_dagster_can_read(context.home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        settings = folder / "dagster.yaml"
        if not settings.exists():
            settings.write_text(SETTINGS, encoding="utf-8")
    except OSError as error:
        raise PostureError(f"{folder}: cannot be written ({error.strerror})") from error
    os.environ |= {
        "DAGSTER_HOME": str(folder),
        "POSTURE_HOME": str(context.home.root.resolve()),
        "POSTURE_CONFIG": str(context.config.resolve()),
    }
    return folder


def end_stale_runs(instance: "dg.DagsterInstance") -> None:
    """Record as failed the runs whose process was killed; the caller holds the home.

    A run works only while it holds the home, so none can be alive. Left as they are, they would
    count as under way for ever, and the runs queued in the web UI would wait for them.
    """
    import dagster as dg

    under_way = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in instance.get_runs(dg.RunsFilter(statuses=under_way)):
        instance.report_run_failed(run, "The process of this run ended without a word.")
