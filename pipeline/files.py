"""Files and folders that appear whole: written beside, brought to disk, then given their name."""

import contextlib
import ctypes
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

# Of the 255 bytes that a name may have, some are for what marks it as temporary.
_MAX_NAME = 200
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def keep_private() -> int:
    """From now on what this process and its children write is its user's alone; the mask before."""
    return os.umask(0o077)


def make_private(root: Path) -> None:
    """Take what stands below the folder from everybody but its owner, where it is open to others.

    A folder that is closed already is not looked through: nobody gets at what is in it.
    """
    if os.name == "nt" or not root.stat().st_mode & _OTHERS:
        return
    for folder, _, names in os.walk(root, topdown=False):
        for path in (*(Path(folder, name) for name in names), Path(folder)):
            # Another user's, or gone since: what is ours to close is closed all the same.
            with contextlib.suppress(OSError):
                mode = path.lstat().st_mode
                if mode & _OTHERS and not stat.S_ISLNK(mode):
                    path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def sync(path: Path) -> None:
    """Have the file or folder on disk, not only in the system's memory."""
    if os.name == "nt":
        # It brings to disk only what is open for writing, and opens no folder.
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def temporary_name(target: Path, what: str = "writing") -> Path:
    """A hidden name beside the target that nobody else uses; `what` says what stands there."""
    return target.with_name(_prefix(target, what) + secrets.token_hex(4))


def leftovers(target: Path, what: str) -> list[Path]:
    """What stands beside the target under such names: somebody writes it, or was killed."""
    prefix = _prefix(target, what)
    return sorted(path for path in target.parent.iterdir() if path.name.startswith(prefix))


def _prefix(target: Path, what: str) -> str:
    return f".{target.name[:_MAX_NAME]}.{what}-"


@contextlib.contextmanager
def whole_file(target: Path, *, temporary: Path | None = None) -> Iterator[Path]:
    """A path to write to; the file there takes the place of `target` when the block ends well.

    `temporary` is that path where the caller has one of its own, on the same file system.
    """
    written = temporary or temporary_name(target)
    with whole_files([(written, target)]):
        yield written


@contextlib.contextmanager
def whole_files(pending: Sequence[tuple[Path, Path]]) -> Iterator[None]:
    """What the block writes to the first path of each pair takes the place of the second.

    All files are on disk before the first has its name; they get their names in this order, each
    in one step. When the block or anything after it fails, no temporary file stays.
    """
    try:
        yield
        for temporary, _ in pending:
            sync(temporary)
        for temporary, target in pending:
            temporary.replace(target)
        for folder in dict.fromkeys(target.parent for _, target in pending):
            sync(folder)
    finally:
        for temporary, _ in pending:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def put_in_place(folder: Path, target: Path) -> None:
    """Give the folder the name `target`, beside which it stands; what was there before goes.

    In one step where the system can exchange two names. Elsewhere `target` is away for a moment,
    and a process that is killed then leaves it under a temporary name, as `replaced`.
    """
    before = folder
    if not target.exists():
        folder.rename(target)
    elif not _exchange(folder, target):
        before = temporary_name(target, "replaced")
        target.rename(before)
        folder.rename(target)
    sync(target.parent)
    shutil.rmtree(before, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where the system cannot."""
    rename = None if os.name == "nt" else getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    names = [os.fsencode(path) for path in (one, other)]
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
