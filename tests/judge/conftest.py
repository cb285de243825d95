"""The portfolio that is lived once for all comparisons."""

import pytest

from tests.judge.portfolio import Portfolio, live
from tests.judge.posture_judge import Verdict


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return live(tmp_path_factory.mktemp("judge"))


@pytest.fixture(scope="session")
def verdict(portfolio: Portfolio) -> Verdict:
    return Verdict(portfolio.life)
