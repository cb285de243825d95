"""A folder that appears whole: written beside, then put in the place of the one before."""

import contextlib
import ctypes
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import PostureError, UsageError
from pipeline.published.files import sync
from pipeline.published.reader import read_manifest

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
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
    _refuse_what_is_not_ours(target, tenant_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    beside = _beside(target, "exporting")
    with _held(beside):
        try:
            beside.mkdir()
            yield NewFolder(beside, target)
            sync(beside)
            _put_in_place(beside, target)
            sync(target.parent)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


@contextlib.contextmanager
def _held(beside: Path, *, timeout: float = -1) -> Iterator[None]:
    """Tell other exports that this folder is in use. Raises Timeout while one of them says so.

    The lock is a file next to the folder, which moves while it is held, and goes with the process.
    """
    file = beside.with_name(f"{beside.name}{_LOCK}")
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


def _put_in_place(beside: Path, target: Path) -> None:
    if not target.exists():
        beside.rename(target)
    elif not _exchange(beside, target):
        # Not every system exchanges two names at once: for a moment `target` is away.
        before = _beside(target, "replaced")
        target.rename(before)
        beside.rename(target)
        shutil.rmtree(before, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where the system cannot."""
    if sys.platform == "win32":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = [os.fsencode(path) for path in (one, other)]
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}-{secrets.token_hex(4)}")


def _sweep(target: Path) -> None:
    """Remove what killed exports left beside `target`, and bring back what one had put aside."""
    for path in _leftovers(target, "replaced"):
        if target.exists():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.rename(target)
    for name in {path.name.removesuffix(_LOCK) for path in _leftovers(target, "exporting")}:
        # What another export holds at this moment is still being written.
        with contextlib.suppress(Timeout), _held(target.with_name(name), timeout=0):
            shutil.rmtree(target.with_name(name), ignore_errors=True)


def _leftovers(target: Path, what: str) -> list[Path]:
    prefix = f".{target.name}.{what}-"
    return sorted(path for path in target.parent.iterdir() if path.name.startswith(prefix))
