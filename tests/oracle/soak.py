"""`make soak`: ninety days lived and built day by day are, built at once, the same facts.

Twelve tenants, the nine hostile ones among them, whose twelve days of trouble come again and again.
Prints a line a day, and at the end every difference there is.
"""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from pipeline.home import Home
from pipeline.sandbox import Sandbox
from pipeline.warehouse.build import build
from tests.oracle.nine import HISTORY, OFFSETS, START, make_hostile
from tests.oracle.portfolio import USERS, built, collect_step
from tests.oracle.unhurried import without_waits
from tests.warehouse.test_rebuild import differences, facts

DAYS = 90
TENANTS = 12


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="posture-soak-") as folder:
        home = Home(Path(folder) / "home")
        with without_waits():
            live(home)
        lived = facts(home)
        with home.lock():
            result = build(home, full=True)
        if not result.ok:
            print(f"the full build failed: {', '.join(result.failed)}")
            return 1
        found = differences(lived, facts(home))
        print(found or f"{DAYS} days built one by one and at once: the same {len(lived)} models")
        return 1 if found else 0


def live(home: Home) -> None:
    """Collect and build every day."""
    with Sandbox(
        tenants=TENANTS,
        days=HISTORY,
        seed=23,
        today=START,
        latency=0.0,
        users=USERS,
        log_requests=False,
        throttling=False,
    ) as sandbox:
        make_hostile(sandbox)
        for number in range(DAYS):
            today, started = START + timedelta(days=number), time.monotonic()
            sandbox.set_today(today)
            collect_step(sandbox, None, home, step=number % len(OFFSETS))
            built(home, today)
            print(f"{today}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
