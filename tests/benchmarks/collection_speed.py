"""Collection against the floor and against msgraph-sdk's typed models, pair by pair.

    python -m tests.benchmarks.collection_speed [--tenants N] [--pairs N] [--all-feeds]

Each measurement is a process of its own; what is told is milliseconds of wall clock and of
processors a tenant, the median of the pairs, peak memory of the process tree, and the ratios.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .byte_server import Served, serving
from .recording import Recording, record
from .watched import Watch, used_by_children

FEEDS = ("secure_scores", "secure_score_control_profiles")
SECURITY = ("/v1.0/security/",)
# The typed models take seconds a tenant.
_TYPED_SHARE = 12


@dataclass(frozen=True)
class Measured:
    """One process tree: seconds of its work, of its processors in all, of the server's."""

    seconds: float
    cpu: float
    served: float
    megabytes: float


def measure(command: Sequence[str], server: Served) -> Measured:
    """Run a command that prints its own seconds as JSON on its last line."""
    before, cpu_before = server.stats()["seconds"], used_by_children()
    with subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        watch = Watch(process.pid)
        watch.start()
        said, _ = process.communicate()
        watch.done.set()
        watch.join()
    if process.returncode:
        raise SystemExit(f"{command[0]} failed")
    cpu = used_by_children() - cpu_before
    seconds = json.loads(said.splitlines()[-1])["seconds"]
    return Measured(seconds, cpu, server.stats()["seconds"] - before, watch.peak)


def _told(name: str, found: list[Measured], tenants: int) -> float:
    middle = statistics.median(one.seconds for one in found) / tenants * 1000
    cpu = statistics.median(one.cpu for one in found) / tenants * 1000
    served = statistics.median(one.served for one in found) / tenants * 1000
    peak = max(one.megabytes for one in found)
    print(
        f"{name:8} {middle:8.1f} ms a tenant  {cpu:8.1f} ms of processors"
        f"  {served:6.1f} ms of the server's  {peak:5.0f} MB at most",
        flush=True,
    )
    return middle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--recording", type=Path)
    parser.add_argument("--all-feeds", action="store_true")
    parser.add_argument("--only-ours", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = asked.recording or folder / "recording.pickle"
        if not path.exists():
            record().save(path)
        today = Recording.load(path).today
        prefixes = () if asked.all_feeds else SECURITY
        feeds = () if asked.all_feeds else FEEDS
        few = max(1, asked.tenants // _TYPED_SHARE)
        sizes = {"floor": asked.tenants, "typed": few, "ours": asked.tenants}
        found: dict[str, list[Measured]] = {one: [] for one in sizes}
        if asked.all_feeds or asked.only_ours:
            found = {"ours": []}
        with serving(path, folder / "server", asked.tenants, prefixes) as server:
            for _ in range(asked.pairs):
                for peer, results in found.items():
                    target = folder / f"out-{time.monotonic_ns()}"
                    words = [peer, str(server.config), str(target), str(sizes[peer])]
                    if peer == "ours":
                        words[0] = "tests.benchmarks.collecting"
                        words += [today.isoformat(), *feeds]
                    else:
                        words.insert(0, "tests.benchmarks.peers")
                    results.append(measure(words, server))
                    shutil.rmtree(target, ignore_errors=True)
        middles = {one: _told(one, results, sizes[one]) for one, results in found.items()}
        if len(middles) == 1:
            return
        print(
            f"typed / ours {middles['typed'] / middles['ours']:.1f}"
            f"   ours / floor {middles['ours'] / middles['floor']:.1f}"
        )


if __name__ == "__main__":
    main()
