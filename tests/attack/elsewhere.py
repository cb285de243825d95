"""Attacks that are tests of their own: chaos runs them too, and counts what each tries."""

import subprocess
import sys

from tests.attack.tally import Tally
from tests.end_to_end.test_kill import KILLS
from tests.warehouse.absurd_tenants import absurdities

TESTS = (
    ("kills of a run", KILLS, "tests/end_to_end/test_kill.py"),
    ("absurd values", len(list(absurdities())), "tests/warehouse/test_absurd_values.py"),
    ("damage to the lake", 6, "tests/warehouse/test_damaged_lake.py"),
)


def attack(tally: Tally) -> None:
    for kind, count, path in TESTS:
        command = [sys.executable, "-m", "pytest", "-n", "0", path]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        loss = "" if ended.returncode == 0 else ended.stdout[-2000:]
        tally.count(kind, path, loss=loss)
        tally.attempts[kind] += count - 1
