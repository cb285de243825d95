"""`posture run`, day after day, against a sandbox that it knows nothing of."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import dagster as dg
import pytest

from pipeline import open_published
from pipeline.graph.feeds import FEEDS
from pipeline.home import Home
from pipeline.published.manifest import read_manifest
from pipeline.sandbox import Sandbox
from tests.commands import Ended, posture, posture_here, posture_listing_modules

SCORES, ROLES = ("secure_scores", "secure_score_control_profiles"), "role_assignments"
# Without the role assignments nobody knows whom these should ask for.
NEEDING_ROLES = (
    "group_assignment_schedule_instances",
    "group_eligibility_schedule_instances",
    "group_members",
    "users",
    "service_principals",
    "per_user_mfa",
    "role_management_policies",
)
FIRST, SECOND, THIRD = date(2026, 6, 28), date(2026, 6, 29), date(2026, 6, 30)


@dataclass(frozen=True)
class Story:
    """One home: a day collected, one with two tenants in trouble, mended, nothing reachable."""

    home: Home
    tenants: list[str]
    secret: str
    collected: Ended
    troubled: Ended
    status_in_trouble: Ended
    mended: Ended
    idle: Ended
    unreachable: Ended
    snapshots: list[str]
    facts_in_trouble: set[tuple]
    facts_mended: set[tuple]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("daily")
    home = Home(folder / "home")
    snapshots: list[str] = []
    with Sandbox(tenants=3, days=10, seed=3, today=FIRST) as sandbox:
        config = sandbox.write_config(folder / "tenants.yaml")

        def run(command: str, day: date, *, start: Callable[..., Ended] = posture) -> Ended:
            sandbox.set_today(day)
            words = (command, "--config", config, "--home", home.root, "--date", day)
            # Long enough for a healthy answer on a busy machine; eight tries take a third of it.
            ended = start(*words, POSTURE_RETRY_SECONDS="15")
            manifest = read_manifest(home.published)
            snapshots.append(manifest.snapshot if manifest else "")
            return ended

        denied, broken, _ = [tenant.tenant_id for tenant in sandbox.tenants]
        collected = run("collect", FIRST, start=posture_here)
        sandbox.deny(denied, "SecurityEvents.Read.All")
        sandbox.faults.add(tenant_id=broken, path="/roleAssignments?", status=503)
        troubled = run("run", SECOND)
        facts_in_trouble = score_facts(home)
        status_in_trouble = posture_here("status", "--json", "--home", home.root)
        sandbox.grant(denied, "SecurityEvents.Read.All")
        sandbox.faults.clear()
        mended = run("run", SECOND, start=posture_here)
        facts_mended = score_facts(home)
        idle = run("run", SECOND, start=posture_listing_modules)
        sandbox.faults.add(path="", status=503)
        unreachable = run("run", THIRD, start=posture_here)
        yield Story(
            home=home,
            tenants=[tenant.tenant_id for tenant in sandbox.tenants],
            secret=sandbox.tenants[0].client_secret,
            collected=collected,
            troubled=troubled,
            status_in_trouble=status_in_trouble,
            mended=mended,
            idle=idle,
            unreachable=unreachable,
            snapshots=snapshots,
            facts_in_trouble=facts_in_trouble,
            facts_mended=facts_mended,
        )


def score_facts(home: Home) -> set[tuple]:
    with open_published(home) as connection:
        rows = connection.sql(
            "select tenant_id, score_date, scope, score_points, max_points"
            " from fct_tenant_score_daily where scope <> 'entra_identity_secure_score'"
        )
        return set(rows.fetchall())


def test_a_day_that_is_well_is_exit_0(story: Story) -> None:
    assert story.collected.code == 0, story.collected.err
    assert "collected: 3 tenants, 75 feeds collected, 15 not_licensed" in story.collected.out
    assert "collecting ..." in story.collected.err.splitlines()
    assert story.snapshots[0] == ""


def test_a_day_with_troubled_tenants_is_exit_3_published_and_names_them(story: Story) -> None:
    denied, broken, _ = story.tenants
    assert story.troubled.code == 3, story.troubled.err
    missing = [line for line in story.troubled.out.splitlines() if line.startswith("missing: ")]
    assert len(missing) == 3
    scores = [line for line in missing if denied in line]
    assert all("not_permitted" in line for line in scores)
    assert all("SecurityEvents.Read.All" in line for line in scores)
    assert [line for line in missing if broken in line and "role_assignments: unavailable" in line]
    assert f"published: snapshot {story.snapshots[1]} as of {SECOND}" in story.troubled.out
    newest = {
        tenant: max(row[1] for row in story.facts_in_trouble if row[0] == tenant)
        for tenant in story.tenants
    }
    assert newest[denied] == FIRST
    assert newest[broken] == SECOND
    # What was there before the trouble is the same after it.
    assert story.facts_in_trouble <= story.facts_mended


def test_status_names_tenant_feed_cause_and_next_step(story: Story) -> None:
    document = json.loads(story.status_in_trouble.out)
    feeds = {
        (tenant["tenant_id"], feed["feed"]): feed
        for tenant in document["tenants"]
        for feed in tenant["feeds"]
    }
    trouble = feeds[story.tenants[0], "secure_scores"]
    assert trouble["outcome"] == "not_permitted"
    assert trouble["last_good_date"] == str(FIRST)
    assert "SecurityEvents.Read.All" in trouble["note"]
    assert feeds[story.tenants[2], "secure_scores"]["last_good_date"] == str(SECOND)
    troubled = {key for key, feed in feeds.items() if feed["needs_attention"]}
    assert troubled == {(story.tenants[0], feed) for feed in SCORES} | {
        (story.tenants[1], feed) for feed in (ROLES, *NEEDING_ROLES)
    }
    assert document["snapshot"]["id"] == story.snapshots[1]


def test_a_rerun_collects_only_what_is_missing(story: Story) -> None:
    assert story.mended.code == 0, story.mended.err
    [collected], [there] = (
        re.findall(pattern, story.mended.out)
        for pattern in (r"(\d+) feeds collected", r"(\d+) already there")
    )
    assert int(collected) + int(there) == 75
    assert len(SCORES) + 1 + len(NEEDING_ROLES) <= int(collected) < 20
    assert "missing" not in story.mended.out


def test_a_run_with_nothing_new_says_so_and_starts_nothing(story: Story) -> None:
    assert story.idle.code == 0, story.idle.err
    [modules] = story.idle.err.splitlines()
    assert {"dagster", "dbt", "dagster_dbt"}.isdisjoint(modules.split())
    lines = story.idle.out.splitlines()
    assert lines[0] == f"nothing new: all of {SECOND} is collected, built and published"
    assert story.snapshots[3] == story.snapshots[2]


def test_when_nothing_can_be_collected_the_last_snapshot_stays(story: Story) -> None:
    assert story.unreachable.code == 1
    assert "nothing could be collected" in story.unreachable.err.splitlines()[-1]
    assert "building" not in story.unreachable.err
    assert story.snapshots[4] == story.snapshots[2]


def test_every_run_is_recorded_in_dagster(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(story.home.dagster))
    with dg.DagsterInstance.from_config(str(story.home.dagster)) as instance:
        runs = list(reversed(instance.get_runs()))
        assert [run.status.value for run in runs] == ["SUCCESS", "SUCCESS", "FAILURE"]
        partitions = [run.tags["dagster/partition"] for run in runs]
        assert partitions == [str(SECOND), str(SECOND), str(THIRD)]
        checks = {
            (event.asset_key.path[-1], event.passed, event.severity.value)
            for record in instance.all_logs(runs[0].run_id)
            if record.dagster_event
            and record.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
            and (event := record.dagster_event.asset_check_evaluation_data).check_name
            == "every_tenant_is_complete"
        }
        troubled = {FEEDS[feed].tables[0] for feed in (*SCORES, ROLES, *NEEDING_ROLES)}
        assert {table for table, passed, _ in checks if not passed} == troubled
        assert {severity for _, passed, severity in checks if not passed} == {"WARN"}
        counted = {
            key: instance.get_latest_materialization_event(dg.AssetKey(key))
            for key in (("graph", "secure_scores"), ("core", "dim_tenant"), ("published",))
        }
        rows = {
            key: event.asset_materialization.metadata["dagster/row_count"].value
            for key, event in counted.items()
            if event and event.asset_materialization
        }
        assert rows[("core", "dim_tenant")] == 3
        assert rows[("published",)] > 100


def test_no_secret_is_in_anything_a_run_leaves_or_says(story: Story) -> None:
    ended = (story.collected, story.troubled, story.mended, story.unreachable)
    assert not [one for one in ended if story.secret in one.out + one.err]
    holders = [
        path
        for path in story.home.root.rglob("*")
        if path.is_file() and story.secret.encode() in path.read_bytes()
    ]
    assert holders == []
