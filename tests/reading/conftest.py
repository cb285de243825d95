"""What the tests of report, Power BI, notebooks, cookbook and export share."""

import pytest

from tests.judge.unhurried import without_waits
from tests.reading.estate import Estate, live


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """Published once; nobody writes to it."""
    with without_waits():
        return live(tmp_path_factory.mktemp("estate"))
