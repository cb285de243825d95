"""Damage to every kind of file of a home, and disks that are full or read-only.

Nothing may be lost without a word: a command that ends well leaves the facts that were there, or
says what is missing; and what a later run can make again it makes again.
"""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from pipeline.home import Home
from tests.attack.tally import Tally, ill_told, secrets_in
from tests.commands import Ended, posture_here

Words = tuple[str, ...]
BUILD, PUBLISH = ("build",), ("publish",)
READ = ("sql", "select count(*) from fct_identity_posture_daily", "--format", "table")


@dataclass(frozen=True)
class Kind:
    """A kind of file: where one is, what meets it, and what makes it whole again."""

    name: str
    pattern: str
    met_by: tuple[Words, ...]
    mended_by: tuple[Words, ...] = ()


WHOLE = (("build", "--full"), PUBLISH)
KINDS = (
    Kind("a table of the lake", "lake/users/*/*.parquet", (("build", "--full"),)),
    Kind("the log of the lake", "lake/collection_log/*/*.parquet", (("build", "--full"),)),
    Kind("a configuration in the lake", "lake/tenant_config/*/*.parquet", (("build", "--full"),)),
    Kind("the warehouse", "warehouse/warehouse.duckdb", (BUILD, PUBLISH), WHOLE),
    Kind("dbt's manifest", "warehouse/target/manifest.json", (BUILD, PUBLISH)),
    Kind("dbt's parse", "warehouse/target/partial_parse.msgpack", (BUILD, PUBLISH)),
    Kind("the published manifest", "published/manifest.json", (READ, ("status",), PUBLISH, READ)),
    Kind("a published fact", "published/snapshots/*/fct_identity_posture_daily/*.parquet", (READ,)),
    Kind("the published database", "published/posture.duckdb", (READ, PUBLISH)),
)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    path.write_bytes(b"\x00garbage\xff" * 999)


def deleted(path: Path) -> None:
    path.unlink()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: tuple[Callable[[Path], None], ...] = (truncated, emptied, overwritten, deleted, a_folder)


def contents(home: Home) -> dict[str, str]:
    """Model -> the checksums of its published files; empty where nothing is published."""
    try:
        manifest = orjson.loads((home.published / "manifest.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return {
        name: str(sorted(file["sha256"] for file in model["files"]))
        for name, model in manifest["models"].items()
        # When a run was made is in the log.
        if name != "fct_collection"
    }


def damages() -> Iterator[tuple[Kind, Callable[[Path], None]]]:
    for kind in KINDS:
        for damage in DAMAGES:
            yield kind, damage


def attack(
    whole: Home,
    root: Path,
    tally: Tally,
    chosen: Iterator[tuple[Kind, Callable[[Path], None]]],
    secrets: tuple[str, ...],
) -> None:
    """Damage a copy of a home that is well, run what meets the file, and mend it again."""
    before = contents(whole)
    for number, (kind, damage) in enumerate(chosen):
        home = Home(root / f"damaged-{number}")
        shutil.copytree(whole.root, home.root, symlinks=True)
        path = sorted(home.root.glob(kind.pattern))[-1]
        damage(path)
        ended = [posture_here(*words, "--home", home.root) for words in kind.met_by]
        loss = next((told for told in map(ill_told, ended) if told), "")
        loss = loss or _silent_loss(home, before, ended)
        if not loss and kind.mended_by:
            ended += [posture_here(*words, "--home", home.root) for words in kind.mended_by]
            loss = "" if contents(home) == before else "not mended by what the line says"
        told = "".join(one.out + one.err for one in ended)
        tally.count(
            "damaged files", f"{kind.name} {damage.__name__}", loss=loss,
            leak=secrets_in(told, secrets),
        )  # fmt: skip
        shutil.rmtree(home.root)


def _silent_loss(home: Home, before: dict[str, str], ended: list[Ended]) -> str:
    """Other facts than before, after commands that all said that all is well."""
    if any(one.code for one in ended):
        return ""
    now = contents(home)
    changed = sorted(name for name in before if now.get(name) != before[name])
    return f"other facts and exit 0: {', '.join(changed[:3])}" if changed else ""


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, as on a disk that fills."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@contextmanager
def read_only(home: Home) -> Iterator[None]:
    """Nothing can be written below the home; no mode stops a privileged user, a mount does."""
    if os.geteuid() == 0 and _mounted("--bind", home.root, home.root):
        try:
            assert _mounted("-o", "remount,ro,bind", home.root)
            yield
        finally:
            subprocess.run(["umount", home.root], check=True)
        return
    folders = [home.root, *(path for path in home.root.rglob("*") if path.is_dir())]
    modes = {folder: folder.stat().st_mode for folder in folders}
    for folder in folders:
        folder.chmod(0o500)
    try:
        yield
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)


def _mounted(*words: object) -> bool:
    """Whether a mount went well; a container may not be allowed to."""
    return subprocess.run(["mount", *map(str, words)], capture_output=True).returncode == 0


def attack_disk(
    whole: Home, root: Path, tally: Tally, rooms: Iterator[int], commands: tuple[Words, ...]
) -> None:
    """The commands with room for so many bytes a file; then once more with enough."""
    before = contents(whole)
    for number, room in enumerate(rooms):
        home = Home(root / f"full-{number}")
        shutil.copytree(whole.root, home.root, symlinks=True)
        for command in commands:
            with full_disk(room):
                ended = posture_here(*command, "--home", home.root)
            loss = ill_told(ended) or ("" if contents(home) == before else "the snapshot changed")
            tally.count("full disk", f"{command[0]} with {room} bytes", loss=loss)
        mended = [posture_here(*command, "--home", home.root) for command in commands]
        loss = "" if contents(home) == before else f"not made again: {mended[-1].err[-200:]}"
        tally.count("full disk", f"with room again after {room} bytes", loss=loss)
        shutil.rmtree(home.root)


def attack_read_only(whole: Home, root: Path, tally: Tally) -> None:
    """What only reads goes on where nothing can be written; the rest says so."""
    home = Home(root / "read-only")
    shutil.copytree(whole.root, home.root, symlinks=True)
    with read_only(home):
        for words in (READ, ("status",), BUILD, PUBLISH):
            ended = posture_here(*words, "--home", home.root)
            loss = ill_told(ended)
            if words in (READ, ("status",)) and ended.code != 0:
                loss = loss or f"cannot be read: {ended.err[-200:]}"
            if words in (BUILD, PUBLISH) and ended.code != 1 and not os.access(home.root, os.W_OK):
                loss = loss or f"written where nothing can be: exit {ended.code}"
            tally.count("read-only disk", words[0], loss=loss)
    same = contents(home) == contents(whole)
    tally.count("read-only disk", "afterwards", loss="" if same else "the snapshot changed")
    shutil.rmtree(home.root)
