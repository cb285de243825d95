"""Files and folders appear whole, or what was there stays and nothing else is left."""

import contextlib
from pathlib import Path

import pytest

from pipeline import files


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 250)
    with files.whole_file(target) as path:
        path.write_text("first")
        assert not target.exists()
    assert target.read_text() == "first"
    with contextlib.suppress(KeyboardInterrupt), files.whole_file(target) as path:
        path.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]


def test_of_several_files_none_appears_where_one_cannot_be_brought_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = [(tmp_path / f"{name}.tmp", tmp_path / name) for name in ("one", "two")]

    def refuse(path: Path) -> None:
        if path.name == "two.tmp":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync", refuse)
    with contextlib.suppress(OSError), files.whole_files(pending):
        for temporary, _ in pending:
            temporary.touch()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    target = tmp_path / "folder"
    for name in ("old", "new"):
        folder = files.temporary_name(target)
        folder.mkdir()
        (folder / name).touch()
        assert files.leftovers(target, "writing") == [folder]
        files.put_in_place(folder, target)
    assert list(tmp_path.rglob("*")) == [target, target / "new"]
