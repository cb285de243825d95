"""Writes a folder of text files, whole or not at all."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import PostureError
from pipeline.files import put_in_place


def write_folder(target: Path, found: Mapping[str, str], *, mark: str) -> None:
    """Write all files, then put them in the place of the folder.

    A folder that holds anything, and not the file `mark`, is left alone. Raises PostureError.
    """
    staging = target.with_name(f".{target.name}.next")
    try:
        if target.exists() and any(target.iterdir()) and not (target / mark).exists():
            raise PostureError(f"{target}: holds other files; choose a new or an empty folder")
        shutil.rmtree(staging, ignore_errors=True)
        for path, text in found.items():
            file = staging / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        put_in_place(staging, target)
    except OSError as error:
        raise PostureError(
            f"{target}: the Power BI project cannot be written ({error.strerror}); "
            "choose another folder"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
