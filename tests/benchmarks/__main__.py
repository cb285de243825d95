"""Every line of the project's bars that concerns size, measured; writes docs/benchmarks.md.

    python -m tests.benchmarks [--tenants N] [--days N] [--quick] [--folder DIR]

The lake is a small one that was really collected, multiplied (`large_lake.py`). Collection is
measured first (`collection_speed.py`), against a server that costs nothing.
"""

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import duckdb

from pipeline import machine, open_published
from pipeline.home import Home
from pipeline.warehouse.store import shard_files
from tests.benchmarks.collection_speed import a_tenant, compare, sizes_of
from tests.benchmarks.large_lake import FIRST, SmallLake, multiply, small_lake
from tests.benchmarks.watched import Watched, posture

YOUNG = 30
REPEATS = 5
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
QUERIES = {
    "overview": "select * from mart_posture_overview",
    "trend of the portfolio": "select * from mart_portfolio_trend where group_kind = 'portfolio'",
    "scores by month": "select date_trunc('month', snapshot_date) as month, avg(score_ratio) "
    "from fct_identity_posture_daily group by all",
    "actions of a tenant": "select * from mart_recommended_actions where tenant_id = "
    "(select min(tenant_id) from dim_tenant)",
    "a control everywhere": "select * from mart_control_portfolio order by at_stake_points desc",
    "a tenant's year": "select * from fct_tenant_score_daily where scope = 'overall' and "
    "tenant_id = (select min(tenant_id) from dim_tenant)",
}


@dataclass
class Bench:
    """A home of many tenants that grows day by day, and what was found."""

    root: Path
    tenants: int
    days: int
    repeats: int
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    lived: int = 0
    used_young: int = 0
    lived_young: int = 0

    def __post_init__(self) -> None:
        self.home = Home(self.root / "home")

    def say(self, work: str, bar: str, found: str) -> None:
        self.lines.append((work, bar, found))
        print(f"{work}: {found} (bar: {bar})", flush=True)

    def live(self, days: int) -> None:
        """Let days pass: each adds a part a shard to the lake."""
        passed = [FIRST + timedelta(days=self.lived + number) for number in range(days)]
        multiply(self.small, self.home.lake, tenants=self.tenants, days=passed, first=self.lived)
        self.lived += days

    def collection(self, tenants: int) -> None:
        """First collection of 90 days of scores and profiles, beside others who do the same."""
        folder = self.root / "collection"
        folder.mkdir()
        found = compare(folder, tenants=tenants, pairs=self.repeats)
        took = {peer: a_tenant(found[peer], size) for peer, size in sizes_of(tenants).items()}
        what = f"first collection of {tenants} tenants, scores and profiles"
        for peer, name, bar in (
            ("typed", "msgraph-sdk's typed models into pandas", "25x faster"),
            ("dlt", "dlt's REST source", "6x faster"),
        ):
            self.say(f"{what}, against {name}", bar, f"{took[peer] / took['ours']:.1f}x faster")
        slower = f"{took['ours'] / took['floor']:.1f}x, {took['ours']:.0f} ms a tenant"
        self.say(f"{what}, against receiving, parsing and writing the bytes", "6x", slower)
        peak = max(one.megabytes for one in found["ours"])
        self.say(f"{what}, memory of the process tree", "700 MB", f"{peak:.0f} MB")

    def run(self) -> None:
        """Measure all lines, the home growing on the way."""
        self.small = SmallLake.read(small_lake(self.root, tenants=6, history=90, days=4))
        self.live(min(YOUNG, self.days))
        self.build_all("of the first month")
        young = self.daily()
        self.used_young, self.lived_young = self.used(), self.lived
        if self.days > self.lived:
            self.live(self.days - self.lived)
            self.merge()
            self.build_all(f"of {self.lived} days")
        old = self.daily()
        nothing = self.repeated("build")
        self.say("a build with nothing new", "3 s", f"{nothing.seconds:.1f} s")
        for name, index in (("build", 0), ("publish", 1)):
            then, now = young[index].seconds, old[index].seconds
            less = nothing.seconds if name == "build" else 0.0
            ratio = (now - less) / max(0.01, then - less)
            self.say(f"daily {name}, {self.lived} days against {YOUNG}", "1.5x", f"{ratio:.2f}x")
        both = old[0].seconds + old[1].seconds
        self.say("daily build and publish", "120 s", f"{both:.0f} s")
        peak = max(one.megabytes for one in old)
        self.say("memory of the daily build and publish, whole tree", "1024 MB", f"{peak:.0f} MB")
        self.sizes()
        self.readers()

    def merge(self) -> None:
        """What a scheduled run does by itself, for all months that passed."""
        made = posture("compact", "--home", self.home.root)
        told = f"{made.seconds:.0f} s, {made.megabytes:.0f} MB"
        self.say(f"merging the closed months of {self.lived} days", "-", told)

    def build_all(self, what: str) -> None:
        built = posture("build", "--full", "--home", self.home.root)
        posture("publish", "--home", self.home.root)
        told = f"{built.seconds:.0f} s, {built.megabytes:.0f} MB"
        self.say(f"full rebuild {what}", "60 min for 365 days, 2048 MB", told)

    def daily(self) -> tuple[Watched, Watched]:
        """The median of some days: build and publish."""
        builds, publishes = [], []
        for _ in range(self.repeats):
            self.live(1)
            builds.append(posture("build", "--home", self.home.root))
            publishes.append(posture("publish", "--home", self.home.root))
            print(f"a day: build {builds[-1]}, publish {publishes[-1]}", flush=True)
        return median(builds), median(publishes)

    def used(self) -> int:
        """Bytes of the shards' blocks that hold something."""
        total = 0
        for path in shard_files(self.home):
            with duckdb.connect(str(path), read_only=True) as connection:
                [(size, blocks)] = connection.execute(
                    "select block_size, used_blocks from pragma_database_size()"
                ).fetchall()
            total += size * blocks
        return total

    def repeated(self, *words: str) -> Watched:
        return median([posture(*words, "--home", self.home.root) for _ in range(self.repeats)])

    def sizes(self) -> None:
        grown = (self.used() - self.used_young) / (self.lived - self.lived_young)
        year = grown / 1e6 / self.tenants * 365
        self.say("what a tenant-year adds to the warehouse", "3 MB", f"{year:.1f} MB")
        report = self.root / "report.html"
        made = posture("report", "--home", self.home.root, "-o", report)
        told = f"{report.stat().st_size / 1e6:.1f} MB, made in {made.seconds:.1f} s"
        self.say("portfolio report", "5 MB", told)

    def readers(self) -> None:
        for words in (("status",), ("sql", "select 1")):
            found = self.repeated(*words)
            told = f"{found.seconds:.2f} s, {found.cpu:.2f} s of a processor"
            self.say(f"posture {' '.join(words)}", "1 s", f"{told}, {found.megabytes:.0f} MB")
        slowest, name = max((seconds, name) for name, seconds in self.queries())
        self.say("slowest dashboard query", "200 ms", f"{slowest * 1000:.0f} ms ({name})")
        with open_published(self.home) as connection:
            row = connection.sql("select min(tenant_id) from dim_tenant").fetchone()
        export = self.root / "export"
        made = posture("export", "--tenant", row and row[0], "-o", export, "--home", self.home.root)
        self.say("export of one client", "-", f"{made.seconds:.1f} s, {made.megabytes:.0f} MB")

    def queries(self) -> Iterator[tuple[str, float]]:
        for name, query in QUERIES.items():
            taken = []
            for _ in range(self.repeats):
                with open_published(self.home) as connection:
                    started = time.perf_counter()
                    connection.sql(query).fetchall()
                    taken.append(time.perf_counter() - started)
            yield name, statistics.median(taken)


def median(found: list[Watched]) -> Watched:
    """Each figure's median, and the highest peak."""
    return Watched(
        statistics.median(one.seconds for one in found),
        statistics.median(one.cpu for one in found),
        max(one.megabytes for one in found),
        found[0].out,
    )


def page(bench: Bench) -> str:
    """What was found, as it stands in the documentation."""
    rows = "\n".join(f"| {work} | {bar} | {found} |" for work, bar, found in bench.lines)
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dbt-core", "pyarrow"))
    memory = (machine.memory() or 0) / 2**30
    return f"""# Benchmarks

Written by `make bench`: do not edit. {bench.tenants} tenants, {bench.lived} days, all feeds. Daily
figures are medians of {bench.repeats} days, others of as many runs where they are short. The lake
is that of six tenants who were really collected from the sandbox, multiplied: every table, shifted
days, moving scores.

Machine: {machine.cores()} processors ({platform.machine()}), {memory:.0f} GB; Python
{platform.python_version()}, {versions}. Load while it ran: {os.getloadavg()[2]:.1f}.

| work | bar | measured |
|---|---|---|
{rows}

Collection is measured against a server of bytes made before, over TLS and with gzip, in turn with
its peers; each is a process of its own, and reads the same tenants or the first of them.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--quick", action="store_true", help="60 tenants, 40 days, no page")
    parser.add_argument("--folder", type=Path, help="where the homes are made, and stay")
    words = parser.parse_args()
    folder = words.folder or Path(tempfile.mkdtemp(prefix="posture-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    tenants, days = (60, 40) if words.quick else (words.tenants, words.days)
    bench = Bench(folder, tenants, days, repeats=3 if words.quick else REPEATS)
    try:
        bench.collection(24 if words.quick else 200)
        bench.run()
        if not words.quick:
            PAGE.write_text(page(bench), encoding="utf-8")
    finally:
        if words.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
