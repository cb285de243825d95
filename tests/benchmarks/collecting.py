"""One collection in a process of its own: `… CONFIG HOME TENANTS DATE [FEED]...`."""

import json
import sys
import time
from datetime import date
from pathlib import Path

from pipeline.collection.collect import collect
from pipeline.config.settings import load_config
from pipeline.home import Home

from .byte_server import tenant_ids


def main() -> None:
    config, home, number, day, *feeds = sys.argv[1:]
    settings = load_config(Path(config))
    started = time.perf_counter()
    result = collect(
        settings,
        Home(Path(home)),
        run_date=date.fromisoformat(day),
        tenants=tenant_ids(int(number)),
        feeds=feeds or None,
    )
    seconds = time.perf_counter() - started
    outcomes = sorted({row.outcome for row in result.log})
    if feeds and outcomes != ["ok"]:
        raise SystemExit(f"not all was read: {outcomes}")
    print(json.dumps({"seconds": seconds, "rows": len(result.log), "outcomes": outcomes}))


if __name__ == "__main__":
    main()
