"""How cost grows: processor seconds and memory over tenants, days and users, with exponents.

    python -m tests.benchmarks.curves [--tenants N]... [--days N]... [--users N]...

The exponent is that of the last step, from the second largest size to the largest: at smaller ones
what every command costs hides it. 1 is proportional, 0 is flat.
"""

import argparse
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from pipeline.home import Home
from tests.benchmarks.large_lake import FIRST, SmallLake, consecutive, multiply, small_lake
from tests.benchmarks.large_tenant import lived
from tests.benchmarks.watched import Watched, posture
from tests.statements import give

DAYS_OF_MANY_TENANTS, TENANTS_OF_MANY_DAYS = 3, 20
Stages = Iterator[tuple[str, Watched]]


def of_lake(small: SmallLake, folder: Path, tenants: int, days: int) -> Stages:
    """Rebuild and publish so many tenants and days, then one day more; closed months merged."""
    home = Home(folder / "home")
    give(home)
    passed = consecutive(FIRST, days + 1)
    multiply(small, home.lake, tenants=tenants, days=passed[:-1])
    yield "merge", posture("compact", "--home", home.root)
    yield "rebuild", posture("build", "--full", "--home", home.root)
    yield "first publish", posture("publish", "--home", home.root)
    multiply(small, home.lake, tenants=tenants, days=passed[-1:], first=days)
    yield "a day's build", posture("build", "--home", home.root)
    yield "a day's publish", posture("publish", "--home", home.root)
    yield "status", posture("status", "--home", home.root)


def curve(what: str, sizes: Sequence[int], stages_of: Callable[[Path, int], Stages]) -> None:
    """Measure every size, smallest first, and say each stage with its exponent."""
    found: dict[str, list[Watched]] = {}
    for size in sorted(sizes):
        with tempfile.TemporaryDirectory() as name:
            for stage, one in stages_of(Path(name), size):
                found.setdefault(stage, []).append(one)
                print(f"{size} {what}: {stage} {one}", flush=True)
    for stage, measured in found.items():
        told = f"{what}, {stage}: memory {_exponent(sizes, [one.megabytes for one in measured])}"
        print(f"{told}, processors {_exponent(sizes, [one.cpu for one in measured])}", flush=True)


def _exponent(sizes: Sequence[int], costs: Sequence[float]) -> str:
    steps = list(pairwise(zip(sorted(sizes), costs, strict=True)))
    if not steps:
        return "-"
    (small, before), (large, after) = steps[-1]
    return f"{math.log(after / before) / math.log(large / small):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, nargs="*", default=[1, 10, 100, 300, 1_000])
    parser.add_argument("--days", type=int, nargs="*", default=[30, 90, 365, 1_095])
    parser.add_argument("--users", type=int, nargs="*", default=[100, 1_000, 10_000, 100_000])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        small = SmallLake.read(small_lake(Path(name), tenants=6, history=90, days=4))
        curve("tenants", asked.tenants, lambda folder, size: of_lake(
            small, folder, size, DAYS_OF_MANY_TENANTS
        ))  # fmt: skip
        curve("days", asked.days, lambda folder, size: of_lake(
            small, folder, TENANTS_OF_MANY_DAYS, size
        ))  # fmt: skip
    curve("users", asked.users, lambda folder, size: lived(folder, size, 0))


if __name__ == "__main__":
    main()
