"""A collection in a process of its own, to be killed: `python -m ... CONFIG HOME DATE`."""

import os
import sys
from datetime import date
from pathlib import Path

from pipeline.collection import clients as tenant_clients
from pipeline.collection import part_buffer
from pipeline.collection.collect import CollectProgress, collect
from pipeline.config.settings import load_config
from pipeline.graph.readers import registration
from pipeline.home import Home

from .unpaced import unpace

# Small parts, and not all tenants at once: a kill falls between two parts, and into one.
TENANTS_A_PART = 2
TENANTS_AT_ONCE = 3


def main() -> None:
    config, root, day = sys.argv[1:]
    unpace()
    seconds = os.environ.get("TEST_CHECKPOINT_SECONDS")
    if seconds:
        registration._SECONDS_BETWEEN_CHECKPOINTS = float(seconds)
    part_buffer.MAX_TENANTS = TENANTS_A_PART
    tenant_clients._TENANTS_AT_ONCE = TENANTS_AT_ONCE

    def show(progress: CollectProgress) -> None:
        print(progress.done, flush=True)

    home = Home(Path(root))
    with home.lock():
        settings = load_config(Path(config))
        collect(settings, home, run_date=date.fromisoformat(day), progress=show)
    print("done", flush=True)


if __name__ == "__main__":
    main()
