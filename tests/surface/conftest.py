"""Fixtures of the tests of publishing, the command line and Dagster."""

from pathlib import Path

import pytest

from pipeline.home import Home
from tests.surface.small_warehouse import VERSIONS, Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    made = Warehouse(Home(tmp_path / "home"))
    made.write(1, versions=VERSIONS)
    return made
