"""A model or test that fails: it is named, and the shard is as the build found it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.warehouse import build as building
from pipeline.warehouse.build import build, failure_message, finished_build
from pipeline.warehouse.compiled import CompiledProject, compiled_project
from pipeline.warehouse.nodes import Node
from pipeline.warehouse.store import open_built
from tests.warehouse.lake_writer import control, profile, record, tenant, write_run
from tests.warehouse.test_rebuild import facts

DAY = date(2026, 3, 10)
FAILING = "select 7 as failures, true as should_warn, true as should_error"
KEY = "primary_key_fct_tenant_daily_tenant_id__snapshot_date__snapshot_date"


def write_day(home: Home, day: date) -> None:
    answers = {
        "secure_scores": [record(tenant(1), day, [control("A", 5, 50)], maximum=10)],
        "secure_score_control_profiles": [profile(tenant(1), "A", 10)],
    }
    write_run(home.lake, day, {tenant(1): answers})


def with_statement(name: str, statement: str) -> Callable[[Home], CompiledProject]:
    """The project with another statement for one of its nodes."""

    def altered(node: Node) -> Node:
        return replace(node, statement=statement) if node.name == name else node

    def project(home: Home) -> CompiledProject:
        found = compiled_project(home)
        assert name in {node.name for node in found.nodes}
        return replace(found, nodes=[altered(node) for node in found.nodes])

    return project


@pytest.mark.parametrize(
    ("name", "statement", "said"),
    [
        ("fct_tenant_daily", "select error('no day')", "fct_tenant_daily failed"),
        (KEY, FAILING, f"{KEY} failed (Got 7 results, configured to fail if != 0)"),
        ("mart_portfolio_trend", "select error('no day')", "mart_portfolio_trend failed"),
    ],
)
def test_what_failed_is_named_and_the_next_build_does_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, statement: str, said: str
) -> None:
    home = Home(tmp_path)
    write_day(home, DAY)
    assert build(home).ok
    before = facts(home)
    write_day(home, DAY + timedelta(days=1))
    with monkeypatch.context() as patch:
        patch.setattr(building, "compiled_project", with_statement(name, statement))
        result = build(home)
    assert (result.ok, list(result.failed)) == (False, [name])
    assert said in failure_message(result)
    assert finished_build(home) is None
    if name != "mart_portfolio_trend":
        assert facts(home) == before
    assert build(home).ok
    with open_built(home) as connection:
        newest = connection.execute("select max(snapshot_date) from core.fct_tenant_daily")
        assert newest.fetchall() == [(DAY + timedelta(days=1),)]


def test_a_test_that_only_warns_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    write_day(home, DAY)
    name = "assert_controls_add_up_to_the_score"
    monkeypatch.setattr(building, "compiled_project", with_statement(name, FAILING))
    result = build(home)
    assert result.ok
    [warned] = [node for node in result.nodes if node.status == "warn"]
    told = "Got 7 results, configured to warn if != 0"
    assert (warned.name, warned.message) == (name, told)
