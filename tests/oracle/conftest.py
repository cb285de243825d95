"""The portfolio that is lived once for all comparisons, and its lake built again in one go."""

from datetime import timedelta

import pytest

from pipeline.home import Home
from tests.oracle.nine import OFFSETS, START
from tests.oracle.part_of_lake import copy_tenants
from tests.oracle.portfolio import Portfolio, build_and_publish, build_day, live
from tests.oracle.posture_judge import Verdict
from tests.oracle.unhurried import without_waits

LAST_DAY = START + timedelta(days=OFFSETS[-1])


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    with without_waits():
        return live(tmp_path_factory.mktemp("judge"))


@pytest.fixture(scope="session")
def verdict(portfolio: Portfolio) -> Verdict:
    return Verdict(portfolio.life)


@pytest.fixture(scope="session")
def rebuilt(portfolio: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same lake built in one go in another home, and published there."""
    home = Home(tmp_path_factory.mktemp("rebuilt"))
    home.lake.symlink_to(portfolio.home.lake)
    build_and_publish(home, LAST_DAY)
    return home


@pytest.fixture(scope="session")
def hostile_verdict(portfolio: Portfolio) -> Verdict:
    return Verdict(portfolio.life.only(portfolio.hostile))


@pytest.fixture(scope="session")
def hostile_home(portfolio: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """What was collected of the hostile tenants alone, built in one go: small enough to be built
    again for every rule that is broken."""
    home = Home(tmp_path_factory.mktemp("hostile"))
    copy_tenants(portfolio.home.lake, home.lake, portfolio.hostile)
    build_day(home)
    return home
