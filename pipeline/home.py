"""Where things live: one home folder holds everything a run writes."""

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import PostureError, UsageError
from pipeline.files import make_private

_NOT_IN_A_PATH = "?" if os.name == "nt" else "?\\"
# Control signs, halves of signs, breaks of lines and paragraphs.
_NOT_IN_A_LINE = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Home:
    """The folder (`POSTURE_HOME`, by default `data`) that holds lake, warehouse and snapshots."""

    root: Path

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def warehouse_dir(self) -> Path:
        return self.root / "warehouse"

    @property
    def warehouse(self) -> Path:
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def dbt_target(self) -> Path:
        return self.warehouse_dir / "target"

    @property
    def dbt_logs(self) -> Path:
        return self.warehouse_dir / "logs"

    @property
    def published(self) -> Path:
        """What readers read; a published folder alone, as a client's copy is, serves as home."""
        named = (self.root / "manifest.json", self.root / "snapshots")
        return self.root if all(path.exists() for path in named) else self.root / "published"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def lock_file(self) -> Path:
        return self.root / ".lock"

    def require_usable(self) -> None:
        """Raise UsageError where the folder's path has a sign that a database cannot lie below."""
        require_usable(self.root, "--home")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for one writer, whose user alone can look into it from then on.

        Raises PostureError when another process writes to it, or when it cannot be written.
        The lock goes with the process, so a killed run never leaves one behind.
        """
        # Every command knows its home, and few write to it: those alone wait for this import.
        from filelock import FileLock, Timeout

        lock = FileLock(self.lock_file, timeout=0, mode=0o600, thread_local=False)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock.acquire()
            make_private(self.root)
        except Timeout as error:
            raise PostureError(
                f"{self.root}: another posture command is writing here; wait until it is done"
            ) from error
        except OSError as error:
            raise PostureError(
                f"{self.root}: cannot be written ({error.strerror}); "
                "choose another folder with --home"
            ) from error
        try:
            yield
        finally:
            lock.release()


def require_usable(folder: Path, flag: str) -> None:
    """Raise UsageError, naming the sign, where no database can lie below the folder.

    DuckDB takes what follows a ? for options and a backslash for part of a pattern; a name that
    breaks a line could not be told in one.
    """
    path = str(folder.absolute())
    for sign in path:
        if sign in _NOT_IN_A_PATH or unicodedata.category(sign) in _NOT_IN_A_LINE:
            raise UsageError(
                f"{flag} {path!r}: no database can be kept below a folder with the sign {sign!r} "
                "in its name; choose another"
            )


def dbt_project_dir() -> Path:
    """The dbt project that this installation runs.

    `POSTURE_DBT_PROJECT_DIR` wins; then the copy inside an installed wheel, then the checkout's.
    """
    override = os.environ.get("POSTURE_DBT_PROJECT_DIR")
    if override:
        return Path(override)
    package = Path(__file__).resolve().parent
    packaged = package / "dbt_project"
    return packaged if packaged.is_dir() else package.parent / "dbt_project"
