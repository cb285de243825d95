"""Writes posture.duckdb of a client's copy in a process that never saw another tenant's row.

DuckDB pads its blocks with whatever its memory held before. A process that has read the files of
a provider could so leave words of any tenant in the padding; one that reads the copy alone cannot.
With its memory zeroed, the same rows also give the same bytes.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from pipeline.errors import PostureError
from pipeline.published.database import write_database
from pipeline.published.manifest import read_manifest
from pipeline.published.models import read_models

# DuckDB's allocator, and that of a C library that it may use instead.
ZEROED = {"DUCKDB_JE_MALLOC_CONF": "zero:true", "MALLOC_PERTURB_": "255"}


def write_own_database(folder: Path) -> None:
    """Write `posture.duckdb` from the manifest, models and Parquet files of the copy `folder`."""
    code = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [code, os.environ.get("PYTHONPATH")]))
    # -P: a folder of the same name where the person stands is not this package.
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "pipeline.export.database", str(folder)],
        env=os.environ | ZEROED | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode == -signal.SIGINT:
        raise KeyboardInterrupt
    if ended.returncode != 0:
        reason = (ended.stderr.strip().splitlines() or ["it was stopped"])[-1]
        raise PostureError(f"posture.duckdb of the copy: cannot be written ({reason})")


def main(folder: Path) -> int:
    """The process: 0, or 1 and one line that says why."""
    try:
        manifest = read_manifest(folder)
        if manifest is None:
            raise PostureError(f"{folder}: has no manifest.json")
        models = read_models(folder / "snapshots" / manifest.snapshot)
        write_database(folder / "posture.duckdb", models, manifest, root=folder, is_whole=True)
    except Exception as error:
        print(str(error).splitlines()[0], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
