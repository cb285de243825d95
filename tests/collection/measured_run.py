"""A collection in a process of its own that tells its peak of memory: `… CONFIG HOME DATE`."""

import resource
import sys
from datetime import date
from pathlib import Path

from pipeline.collection.collect import collect
from pipeline.config.settings import load_config
from pipeline.home import Home

from .unpaced import unpace


def main() -> None:
    config, root, day = sys.argv[1:]
    unpace()
    collect(load_config(Path(config)), Home(Path(root)), run_date=date.fromisoformat(day))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main()
