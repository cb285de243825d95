"""Four tenants in trouble of four kinds: the others are complete and yesterday stays as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from pipeline import open_published
from pipeline.graph.feeds import FEEDS
from pipeline.home import Home
from pipeline.sandbox import Sandbox
from tests.commands import Ended, posture_here

YESTERDAY, TODAY = date(2026, 6, 29), date(2026, 6, 30)


@dataclass(frozen=True)
class Night:
    """One home, a day in which all was well and one in which four of six tenants were not.

    A seventh tenant is in a cloud without Secure Score, which is no trouble.
    """

    home: Home
    tenants: list[str]
    china: str
    well: Ended
    troubled: Ended
    status: Ended
    before: dict[str, list[tuple]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    home = Home(folder / "home")
    shape = {"tenants": 7, "days": 91, "seed": 5, "page_size": 20, "china": (6,)}
    with Sandbox(**shape, today=YESTERDAY) as sandbox:
        config = sandbox.write_config(folder / "tenants.yaml")
        *tenants, china = [tenant.tenant_id for tenant in sandbox.tenants]
        words = ("--config", config, "--home", home.root)
        well = posture_here("run", *words, "--date", YESTERDAY)
        before = facts(home)
        _, denied, silent, paged, _, _ = tenants
        give_a_wrong_secret(config, tenants[0])
        for permission in ("SecurityEvents.Read.All", "RoleManagement.Read.Directory"):
            sandbox.deny(denied, permission)
        sandbox.faults.add(tenant_id=silent, path="", status=503)
        sandbox.faults.add(
            tenant_id=paged, path="secureScoreControlProfiles", status=500, nth_page=-1
        )
        sandbox.set_today(TODAY)
        troubled = posture_here("run", *words, "--date", TODAY, POSTURE_RETRY_SECONDS="15")
        status = posture_here("status", "--json", *words)
        yield Night(home, tenants, china, well, troubled, status, before)


def give_a_wrong_secret(config: Path, tenant_id: str) -> None:
    """Give one tenant a credential of its own, with a secret that is not the right one."""
    document = yaml.safe_load(config.read_text())
    config.with_name("wrong.txt").write_text("not-the-secret")
    [entry] = [entry for entry in document["tenants"] if entry["id"] == tenant_id]
    entry["credential"] = {**document["credential"], "client_secret": {"file": "wrong.txt"}}
    config.write_text(yaml.safe_dump(document))


def facts(home: Home) -> dict[str, list[tuple]]:
    with open_published(home) as connection:
        return {
            "controls": connection.sql(
                "select tenant_id, score_date, * exclude (tenant_id, score_date)"
                " from fct_control_score_daily order by all"
            ).fetchall(),
            "roles": connection.sql(
                "select tenant_id, snapshot_date, principal_id, role_template_id"
                " from fct_role_assignment_daily order by all"
            ).fetchall(),
        }


def test_the_day_before_was_well(night: Night) -> None:
    assert night.well.code == 0, night.well.err
    with open_published(night.home) as connection:
        found = connection.sql("select tenant_id, feed, outcome from fct_collection").fetchall()
    outcomes = {feed: outcome for tenant, feed, outcome in found if tenant == night.china}
    assert outcomes["secure_scores"] == outcomes["risky_users"] == "not_in_cloud"
    assert outcomes["role_assignments"] == outcomes["organization"] == "ok"


def test_trouble_is_exit_3_with_everything_else_built_and_published(night: Night) -> None:
    assert night.troubled.code == 3, night.troubled.err
    with open_published(night.home) as connection:
        outcomes = connection.sql(
            f"select tenant_id, feed, outcome from fct_collection"
            f" where extract_date = date '{TODAY}'"
        ).fetchall()
    by_tenant: dict[str, dict[str, str]] = {tenant: {} for tenant in (*night.tenants, night.china)}
    for tenant, feed, outcome in outcomes:
        by_tenant[tenant][feed] = outcome
    wrong, denied, silent, paged, *others = night.tenants
    assert set(by_tenant[wrong].values()) == {"auth_failed"}
    assert by_tenant[denied]["secure_scores"] == "not_permitted"
    assert by_tenant[denied]["role_assignments"] == "not_permitted"
    assert by_tenant[denied]["organization"] == "ok"
    assert set(by_tenant[silent].values()) == {"unavailable"}
    assert by_tenant[paged]["secure_score_control_profiles"] == "unavailable"
    assert by_tenant[paged]["secure_scores"] == "ok"
    for tenant in others:
        assert set(by_tenant[tenant].values()) <= {"ok", "empty", "not_licensed"}
        assert by_tenant[tenant].keys() == FEEDS.keys()


def test_no_row_of_a_broken_feed_is_in_core_and_yesterday_is_untouched(night: Night) -> None:
    after = facts(night.home)
    wrong, denied, silent, _, *others = night.tenants
    broken = {wrong, denied, silent}
    assert [row for row in after["controls"] if row[0] in broken and row[1] == TODAY] == []
    assert [row for row in after["roles"] if row[0] in broken and row[1] == TODAY] == []
    assert [row for row in after["controls"] if row[0] in broken] == [
        row for row in night.before["controls"] if row[0] in broken
    ]
    assert [row for row in after["roles"] if row[1] == YESTERDAY] == night.before["roles"]
    for tenant in others:
        assert any(row[0] == tenant and row[1] == TODAY for row in after["controls"])


def test_unread_roles_are_null_with_their_outcome(night: Night) -> None:
    with open_published(night.home) as connection:
        rows = {
            tenant: (count, status)
            for tenant, count, status in connection.sql(
                "select tenant_id, privileged_count, role_status from fct_identity_posture_daily"
                f" where snapshot_date = date '{TODAY}'"
            ).fetchall()
        }
    wrong, denied, silent, *others = night.tenants
    assert rows[wrong] == (None, "auth_failed")
    assert rows[denied] == (None, "not_permitted")
    assert rows[silent] == (None, "unavailable")
    assert all(rows[tenant][0] is not None for tenant in others)


def test_status_and_run_name_tenant_feed_cause_and_next_step(night: Night) -> None:
    wrong, denied, silent, paged, *_ = night.tenants
    said = night.troubled.out + night.status.out
    for tenant in (wrong, denied, silent, paged):
        assert tenant in said
    assert "AADSTS7000215" in said
    assert "SecurityEvents.Read.All" in said
    assert "RoleManagement.Read.Directory" in said
    assert "secure_score_control_profiles" in said
