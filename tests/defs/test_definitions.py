"""Dagster loads this project without a home, a configuration or a network."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import dagster as dg
import pyarrow.parquet as pq
import pytest

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import end_stale_runs, prepare
from pipeline.defs.collection import lake_tables
from pipeline.defs.resources import PostureHome
from pipeline.graph.feeds import FEEDS
from pipeline.home import Home
from pipeline.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("definitions") / "home")


def test_workspace_loads_in_a_fresh_home(home: Home) -> None:
    environment = {"POSTURE_HOME": str(home.root), "POSTURE_CONFIG": "/absent/tenants.yaml"}
    command = ["-m", "dagster", "definitions", "validate", "-w", str(ROOT / "workspace.yaml")]
    loaded = subprocess.run(
        [sys.executable, *command],
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr
    assert (
        "Validation successful for code location identity_posture" in loaded.stdout + loaded.stderr
    )


def test_assets_checks_job_and_schedule(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTURE_HOME", str(home.root))
    from pipeline.definitions import defs

    graph = defs().resolve_asset_graph()
    keys = {"/".join(key.path) for key in graph.get_all_asset_keys()}
    tables = {f"graph/{table}" for feed in FEEDS.values() for table in feed.tables}
    assert keys >= tables | {"graph/collection_log", "graph/tenant_config", "published"}
    assert keys >= {"core/fct_control_score_daily", "marts/mart_posture_overview"}
    # Every source of the models is an asset that the collection makes, and not a loose end.
    assert {
        key for key in graph.get_all_asset_keys() if not graph.get(key).is_materializable
    } == set()
    published = graph.get(dg.AssetKey("published"))
    assert dg.AssetKey(["marts", "mart_posture_overview"]) in published.parent_keys
    complete = {
        key.asset_key.path[-1]
        for key in graph.asset_check_keys
        if key.name == "every_tenant_is_complete"
    }
    assert complete == {feed.tables[0] for feed in FEEDS.values()}
    job = defs().resolve_job_def("daily_posture")
    assert set(job.asset_layer.executable_asset_keys) == set(graph.get_all_asset_keys())


def test_the_schedule_runs_today_for_today(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTURE_HOME", str(home.root))
    from pipeline.definitions import defs

    schedule = defs().resolve_schedule_def("daily_posture_schedule")
    at = datetime(2026, 6, 30, 6, tzinfo=UTC)
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=at,
            repository_def=defs().get_repository_def(),
        ) as context,
    ):
        requests = schedule.evaluate_tick(context).run_requests
    assert [request.partition_key for request in requests or []] == ["2026-06-30"]


@pytest.mark.parametrize("is_scheduled", [True, False])
def test_a_scheduled_run_is_for_graphs_today_and_a_partition_that_somebody_chose_for_its_day(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, is_scheduled: bool
) -> None:
    graphs, named = date(2026, 6, 30), "2026-06-27"
    with Sandbox(tenants=1, days=5, today=graphs, tls_dir=tmp_path_factory.mktemp("tls")) as graph:
        resource = PostureHome(
            home=str(tmp_path / "home"), config=str(graph.write_config(tmp_path / "tenants.yaml"))
        )
        tags = {"dagster/partition": named}
        result = dg.materialize(
            [lake_tables],
            selection=["graph/secure_scores", "graph/organization"],
            resources={"posture": resource},
            tags=tags | ({"dagster/schedule_name": "daily"} if is_scheduled else {}),
        )
    assert result.success
    log = pq.read_table(tmp_path / "home" / "lake" / "collection_log", partitioning=None)
    ended = set(zip(*(log[name].to_pylist() for name in ("feed", "outcome")), strict=True))
    days = set(log["extract_date"].to_pylist())
    assert days == ({graphs} if is_scheduled else {date.fromisoformat(named)})
    assert ("organization", "ok" if is_scheduled else "not_for_this_date") in ended


def test_a_run_whose_process_was_killed_does_not_hold_up_the_queue(tmp_path: Path) -> None:
    context = Context(home=Home(tmp_path / "home"), config=tmp_path / "tenants.yaml")
    with patch.dict(os.environ), dg.DagsterInstance.from_config(str(prepare(context))) as instance:
        for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS):
            run = dg.DagsterRun(job_name="daily_posture", run_id=str(uuid4()), status=status)
            instance.add_run(run)
        end_stale_runs(instance)
        assert {run.status.value for run in instance.get_runs()} == {"FAILURE", "SUCCESS"}
    assert "enabled: false" in (context.home.dagster / "dagster.yaml").read_text()
