"""A collection in a process of its own, to be killed: `python -m ... CONFIG HOME DATE`."""

import sys
from datetime import date
from pathlib import Path

from pipeline.collect import CollectProgress, collect
from pipeline.config import load_config
from pipeline.paths import Home

FEEDS = ("secure_scores", "organization", "subscribed_skus")


def main() -> None:
    config, root, day = sys.argv[1:]

    def show(progress: CollectProgress) -> None:
        print(progress.done, flush=True)

    home = Home(Path(root))
    with home.lock():
        settings = load_config(Path(config))
        collect(settings, home, run_date=date.fromisoformat(day), feeds=FEEDS, progress=show)
    print("done", flush=True)


if __name__ == "__main__":
    main()
