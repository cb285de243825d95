"""A notebook run as a program, and its frames held against the marts."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline import open_published
from pipeline.home import Home

FOLDER = Path(__file__).parents[2] / "notebooks"


def run(name: str, home: Home, monkeypatch: pytest.MonkeyPatch, **asked: str) -> dict[str, Any]:
    """Run a notebook as a program does, and return what its cells define."""
    monkeypatch.setattr(sys, "argv", [name])
    for variable, value in {"HOME": str(home.root), **asked}.items():
        monkeypatch.setenv(f"POSTURE_{variable}", value)
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, defined = module.app.run()
    return dict(defined)


def same(frame: pd.DataFrame, home: Home, query: str, *values: object) -> None:
    """The columns of the query are in the frame with the same values, row by row."""
    with open_published(home) as connection:
        expected = connection.execute(query, list(values)).df()
    assert len(expected) > 0
    pd.testing.assert_frame_equal(
        frame[list(expected.columns)].reset_index(drop=True), expected, check_dtype=False
    )
