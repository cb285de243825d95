"""The portfolio that is lived once for all comparisons, and its lake built again in one go."""

from datetime import timedelta

import pytest

from pipeline.paths import Home
from tests.judge.portfolio import OFFSETS, START, Portfolio, Rebuilt, built, live
from tests.judge.posture_judge import Verdict


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return live(tmp_path_factory.mktemp("judge"))


@pytest.fixture(scope="session")
def verdict(portfolio: Portfolio) -> Verdict:
    return Verdict(portfolio.life)


@pytest.fixture(scope="session")
def rebuilt(portfolio: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    home = Home(tmp_path_factory.mktemp("rebuilt"))
    home.lake.symlink_to(portfolio.home.lake)
    return Rebuilt(home, built(home, START + timedelta(days=OFFSETS[-1])))
