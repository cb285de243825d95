"""A folder that appears whole: written beside, then put in the place of the one before."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import PostureError, UsageError
from pipeline.files import leftovers, put_in_place, sync, temporary_name
from pipeline.home import require_usable
from pipeline.published.manifest import read_manifest

_LOCK = ".lock"


@dataclass(frozen=True)
class NewFolder:
    """`path` is where to write; `target` is where it will stand."""

    path: Path
    target: Path


@contextlib.contextmanager
def new_folder(target: Path, *, tenant_id: str) -> Iterator[NewFolder]:
    """An empty folder that takes the place of `target` when the block ends well, else vanishes.

    Raises UsageError where `target` holds anything but a copy of this tenant. A process that is
    killed leaves `target` as it was and a hidden folder beside it, which the next one sweeps.
    """
    target = target.resolve()
    require_usable(target, "--output")
    _refuse_what_is_not_ours(target, tenant_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    temporary = temporary_name(target, "exporting")
    with _held(temporary):
        try:
            temporary.mkdir()
            yield NewFolder(temporary, target)
            sync(temporary)
            put_in_place(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


@contextlib.contextmanager
def _held(temporary: Path, *, timeout: float = -1) -> Iterator[None]:
    """Tell other exports that this folder is in use. Raises Timeout while one of them says so.

    The lock is a file next to the folder, which moves while it is held, and goes with the process.
    """
    file = temporary.with_name(f"{temporary.name}{_LOCK}")
    lock = FileLock(file, timeout=timeout, mode=0o600)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()
        file.unlink(missing_ok=True)


def _refuse_what_is_not_ours(target: Path, tenant_id: str) -> None:
    if not target.name:
        raise UsageError(f"{target}: is no folder to export to; name a new one")
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target}: is a file; name a folder to export to")
    if not target.exists() or not any(target.iterdir()):
        return
    try:
        manifest = read_manifest(target)
    except PostureError:
        manifest = None
    if manifest is None or manifest.client_tenant_id is None:
        raise UsageError(f"{target}: is not empty and no export made it; name another folder")
    if manifest.client_tenant_id != tenant_id:
        raise UsageError(
            f"{target}: holds the copy of tenant {manifest.client_tenant_id}; a folder stays with "
            "one client, name another"
        )


def _sweep(target: Path) -> None:
    """Remove what killed exports left beside `target`, and bring back what one had put aside."""
    for path in leftovers(target, "replaced"):
        if target.exists():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.rename(target)
    for name in {path.name.removesuffix(_LOCK) for path in leftovers(target, "exporting")}:
        # What another export holds at this moment is still being written.
        with contextlib.suppress(Timeout), _held(target.with_name(name), timeout=0):
            shutil.rmtree(target.with_name(name), ignore_errors=True)
