"""Collection against the floor, msgraph-sdk's typed models and dlt's REST source, in turn.

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

from .byte_server import Served, serving, tenant_ids
from .recording import Recording, record
from .watched import Watch, used_by_children

FEEDS = ("secure_scores", "secure_score_control_profiles")
SECURITY = ("/v1.0/security/",)
_OURS = [sys.executable, "-m", "tests.benchmarks.collecting"]
# What takes seconds a tenant is given as few as still outweigh its start.
_TYPED_SHARE, _DLT_SHARE = 12, 4
DLT = Path(__file__).parents[2] / ".venv" / "bench" / "bin" / "python"


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
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watch = Watch(process.pid)
        watch.start()
        said, _ = process.communicate()
        watch.done.set()
        watch.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    cpu = used_by_children() - cpu_before
    seconds = json.loads(said.splitlines()[-1])["seconds"]
    return Measured(seconds, cpu, server.stats()["seconds"] - before, watch.peak)


def _told(name: str, found: list[Measured], tenants: int) -> float:
    middle = a_tenant(found, tenants)
    cpu = statistics.median(one.cpu for one in found) / tenants * 1000
    served = statistics.median(one.served for one in found) / tenants * 1000
    peak = max(one.megabytes for one in found)
    print(
        f"{name:8} {middle:8.1f} ms a tenant  {cpu:8.1f} ms of processors"
        f"  {served:6.1f} ms of the server's  {peak:5.0f} MB at most",
        flush=True,
    )
    return middle


def compare(
    folder: Path, *, tenants: int, pairs: int, recording: Path | None = None
) -> dict[str, list[Measured]]:
    """Peer -> one measurement a round, of scores and profiles; `ours` is this project."""
    if not DLT.exists():
        raise SystemExit(f"{DLT} is not there; run `make bench-peers`")
    sizes = sizes_of(tenants)
    path, today = _recorded(folder, recording)
    found: dict[str, list[Measured]] = {one: [] for one in sizes}
    with serving(path, folder / "server", tenants, SECURITY) as server:
        ids = folder / "tenants.txt"
        ids.write_text("\n".join(tenant_ids(tenants)))
        for _ in range(pairs):
            for peer, results in found.items():
                target = folder / f"out-{time.monotonic_ns()}"
                words = [str(server.config), str(target), str(sizes[peer])]
                command = {
                    "ours": [*_OURS, *words, today, *FEEDS],
                    "dlt": [
                        str(DLT),
                        str(Path(__file__).with_name("dlt_peer.py")),
                        *words,
                        str(ids),
                    ],
                }.get(peer, [sys.executable, "-m", "tests.benchmarks.peers", peer, *words])
                results.append(measure(command, server))
                shutil.rmtree(target, ignore_errors=True)
    return found


def every_feed(folder: Path, *, tenants: int, pairs: int) -> list[Measured]:
    """One measurement a round of all feeds, of this project alone."""
    path, today = _recorded(folder, None)
    found = []
    with serving(path, folder / "server", tenants, ()) as server:
        for _ in range(pairs):
            target = folder / f"out-{time.monotonic_ns()}"
            words = [str(server.config), str(target), str(tenants), today]
            found.append(measure([*_OURS, *words], server))
            shutil.rmtree(target, ignore_errors=True)
    return found


def sizes_of(tenants: int) -> dict[str, int]:
    """Peer -> how many tenants it reads."""
    return {
        "floor": tenants,
        "typed": max(1, tenants // _TYPED_SHARE),
        "dlt": max(1, tenants // _DLT_SHARE),
        "ours": tenants,
    }


def a_tenant(found: Sequence[Measured], tenants: int) -> float:
    """Milliseconds of wall clock a tenant, the median."""
    return statistics.median(one.seconds for one in found) / tenants * 1000


def _recorded(folder: Path, recording: Path | None) -> tuple[Path, str]:
    path = recording or folder / "recording.pickle"
    if not path.exists():
        record().save(path)
    return path, Recording.load(path).today.isoformat()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--recording", type=Path)
    parser.add_argument("--all-feeds", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.all_feeds:
            _told(
                "ours", every_feed(folder, tenants=asked.tenants, pairs=asked.pairs), asked.tenants
            )
            return
        sizes = sizes_of(asked.tenants)
        found = compare(folder, tenants=asked.tenants, pairs=asked.pairs, recording=asked.recording)
        middles = {one: _told(one, results, sizes[one]) for one, results in found.items()}
        print(
            f"typed / ours {middles['typed'] / middles['ours']:.1f}"
            f"   dlt / ours {middles['dlt'] / middles['ours']:.1f}"
            f"   ours / floor {middles['ours'] / middles['floor']:.1f}"
        )


if __name__ == "__main__":
    main()
