"""`posture doctor` over real HTTPS: what it says is what a run then finds."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.cli import main
from pipeline.collection.collect import collect
from pipeline.config.settings import load_config
from pipeline.doctor.permissions import optional_permissions, permissions_to_grant
from pipeline.graph.feeds import FEEDS
from pipeline.home import Home
from pipeline.sandbox import Sandbox

TODAY = date(2026, 6, 30)
WHAT_A_TENANT_CANNOT_HAVE = {"not_licensed", "not_in_cloud"}
READABLE = {"ok", "empty"}


@dataclass
class Clinic:
    """A sandbox, its configuration, and the doctor on it."""

    sandbox: Sandbox
    config: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def ids(self) -> list[str]:
        return [tenant.tenant_id for tenant in self.sandbox.tenants]

    def doctor(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        code = main(["doctor", "--config", str(self.config), *words])
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def found(self, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """Exit code and the JSON document's tenants by id."""
        code, out, _ = self.doctor("--json", *words)
        return code, {tenant["tenant_id"]: tenant for tenant in json.loads(out)["tenants"]}


NewClinic = Callable[..., AbstractContextManager[Clinic]]


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture
def new_clinic(
    tls: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> NewClinic:
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "30")
    monkeypatch.chdir(tmp_path)

    @contextmanager
    def make(tenants: int = 3, throttling: bool = False) -> Iterator[Clinic]:
        with Sandbox(
            tenants=tenants, days=30, today=TODAY, tls_dir=tls, latency=0.0, throttling=throttling
        ) as sandbox:
            yield Clinic(sandbox, sandbox.write_config(tmp_path / "tenants.yaml"), capsys)

    return make


@pytest.fixture
def clinic(new_clinic: NewClinic) -> Iterator[Clinic]:
    with new_clinic() as one:
        yield one


def verdicts(tenant: dict[str, Any]) -> dict[str, str]:
    return {feed["feed"]: feed["verdict"] for feed in tenant["feeds"]}


def feed(tenant: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [one for one in tenant["feeds"] if one["feed"] == name]
    return found


def test_well_tenants_of_every_licence(clinic: Clinic) -> None:
    code, found = clinic.found()
    assert code == 0
    assert [one["licence_tier"] for one in found.values()] == ["free", "p1", "p2"]
    for tenant in found.values():
        assert tenant["sign_in"] == {"ok": True, "note": None}
        assert tenant["permissions"]["missing"] == []
        assert set(tenant["permissions"]["granted"]) >= {one.permission for one in FEEDS.values()}
        assert set(verdicts(tenant)) == set(FEEDS)
        assert set(verdicts(tenant).values()) <= READABLE | WHAT_A_TENANT_CANNOT_HAVE
        assert tenant["consent_url"].startswith(
            f"{clinic.sandbox.url}/{tenant['tenant_id']}/adminconsent?client_id="
        )
    free, p1, p2 = found.values()
    assert set(verdicts(p2).values()) <= READABLE
    unlicensed = {
        name: one.licence for name, one in FEEDS.items() if verdicts(free)[name] not in READABLE
    }
    assert set(unlicensed.values()) == {"Microsoft Entra ID P1", "Microsoft Entra ID P2"}
    assert "not_licensed" in verdicts(p1).values()
    assert verdicts(p1)["user_registration_details"] in READABLE
    lacking = feed(free, "risky_users")
    assert (lacking["is_granted"], lacking["is_licensed"]) == (True, False)
    assert "fct_risk_daily" in lacking["missing_in"]
    assert feed(free, "secure_scores")["missing_in"] == []


def without_clock(out: str) -> list[str]:
    """The lines before the last one: the sandbox's clock is not this machine's."""
    *lines, clock = out.splitlines()
    assert "Graph's; set it" in clock
    return lines


@pytest.mark.published_limits
def test_it_asks_within_the_limits_reads_only_and_writes_nothing(
    new_clinic: NewClinic, tmp_path: Path
) -> None:
    with new_clinic(throttling=True) as clinic:
        before = sorted(path.name for path in tmp_path.iterdir())
        clinic.sandbox.requests.clear()
        code, out, _ = clinic.doctor("--tenant", clinic.ids[2])
        assert code == 0
        asked = [one for one in clinic.sandbox.requests if one.path.startswith(("/v1.0", "/beta"))]
    clock, *asked = asked
    assert (clock.method, clock.path, clock.tenant_id) == ("GET", "/v1.0/", None)
    assert {(one.method, one.status) for one in asked} == {("GET", 200)}
    assert len(asked) <= len(FEEDS)
    assert {one.tenant_id for one in asked} == {clinic.ids[2]}
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert len(without_clock(out)) == 2, "a well tenant is one line"
    assert f"all {len(FEEDS)} feeds can be read" in out


# Where a tenant has no licence either, it is told apart which of the two a run meets first.
TELLING_IN_FREE_TENANTS = (
    "AuditLog.Read.All",
    "IdentityRiskyUser.Read.All",
    "PrivilegedAssignmentSchedule.Read.AzureADGroup",
    "RoleManagement.Read.Directory",
)


def test_verdicts_are_the_outcomes_of_a_run(new_clinic: NewClinic, tmp_path: Path) -> None:
    """One tenant for each permission, without that permission."""
    optional = optional_permissions(FEEDS.values())
    needed = [one for one in permissions_to_grant(FEEDS.values()) if one not in optional]
    with new_clinic(tenants=len(needed) * 3) as clinic:
        free = dict(zip(clinic.ids[0::3], TELLING_IN_FREE_TENANTS, strict=False))
        p2 = dict(zip(clinic.ids[2::3], needed, strict=True))
        denied = free | p2
        for tenant_id, permission in denied.items():
            clinic.sandbox.deny(tenant_id, permission)
        words = [word for tenant_id in denied for word in ("--tenant", tenant_id)]
        code, found = clinic.found(*words)
        assert code == 3
        settings = load_config(clinic.config)
        result = collect(settings, Home(tmp_path / "data"), run_date=TODAY, tenants=denied)
    for tenant_id, permission in p2.items():
        assert found[tenant_id]["permissions"]["missing"] == [permission]
        assert permission not in found[tenant_id]["permissions"]["granted"]
    outcomes: dict[str, dict[str, str]] = {tenant_id: {} for tenant_id in denied}
    for row in result.log:
        outcomes[row.tenant_id][row.feed] = row.outcome
    for tenant_id, permission in denied.items():
        found_verdicts = verdicts(found[tenant_id])
        assert alike(found_verdicts) == alike(outcomes[tenant_id]), permission


def alike(outcomes: dict[str, str]) -> dict[str, str]:
    """Outcomes where nothing is told of what is there: a question sees no more than that."""
    return {name: "ok" if one in READABLE else one for name, one in outcomes.items()}


def test_a_missing_permission_is_one_line_with_its_feeds_and_the_link(clinic: Clinic) -> None:
    [permission] = {FEEDS["secure_scores"].permission}
    clinic.sandbox.deny(clinic.ids[2], permission)
    code, out, _ = clinic.doctor("--tenant", clinic.ids[2])
    assert code == 3
    heading, grant, loss, consent, last = without_clock(out)
    assert f"{len(FEEDS) - 2} of {len(FEEDS)} feeds can be read" in heading
    assert grant == (f"  grant {permission}: opens secure_scores, secure_score_control_profiles")
    assert loss.startswith("    without: Secure Score and its controls")
    assert "mart_recommended_actions" in loss
    assert f"/{clinic.ids[2]}/adminconsent?client_id=" in consent
    assert last == "1 tenant, 0 with nothing to mend"


def test_an_optional_permission_is_named_and_nothing_is_to_mend(clinic: Clinic) -> None:
    """Microsoft's table opens the grants to another permission than the one that is named so."""
    clinic.sandbox.deny(clinic.ids[2], "DelegatedPermissionGrant.Read.All")
    code, found = clinic.found("--tenant", clinic.ids[2])
    assert code == 0
    assert found[clinic.ids[2]]["permissions"]["missing"] == []
    assert found[clinic.ids[2]]["permissions"]["withheld"] == ["Directory.Read.All"]
    [finding] = [f for f in found[clinic.ids[2]]["feeds"] if f["feed"] == "application_permissions"]
    assert finding["verdict"] == "ok"
    assert "fct_application_privilege_daily" in finding["missing_in"]
    _, out, _ = clinic.doctor("--tenant", clinic.ids[2])
    heading, optional, loss, last = without_clock(out)
    assert f"all {len(FEEDS)} feeds can be read" in heading
    assert optional == (
        "  optional Directory.Read.All: completes application_permissions, which is read without it"
    )
    assert loss.startswith("    without: what applications may do in Microsoft Graph, Exchange")
    assert last.startswith("1 tenant, 1 with nothing to mend")
    clinic.sandbox.grant(clinic.ids[2], "Directory.Read.All")
    code, found = clinic.found("--tenant", clinic.ids[2])
    assert found[clinic.ids[2]]["permissions"]["withheld"] == []


def test_a_tenant_that_cannot_be_signed_in_to_is_alone(clinic: Clinic) -> None:
    clinic.sandbox.refuse_sign_in(clinic.ids[0], 700016)
    code, found = clinic.found()
    assert code == 3
    refused, *others = found.values()
    assert refused["sign_in"]["ok"] is False
    assert "give admin consent" in refused["sign_in"]["note"]
    assert set(verdicts(refused).values()) == {"auth_failed"}
    assert refused["permissions"] == {"granted": None, "missing": [], "withheld": []}
    assert refused["licence_tier"] is None
    assert all(one["sign_in"]["ok"] for one in others)
    code, out, _ = clinic.doctor("--tenant", clinic.ids[0], "--tenant", clinic.ids[1])
    assert code == 3
    assert f"/{clinic.ids[0]}/adminconsent?client_id=" in out.splitlines()[1]


def test_no_tenant_reached_fails_and_prints_no_secret(clinic: Clinic) -> None:
    [path] = clinic.config.parent.glob("*secret*")
    path.write_text("canary")
    code, out, err = clinic.doctor()
    assert code == 1
    assert "canary" not in out + err
    assert out.count("the client secret is wrong") == 3
    assert err.count("\n") == 1
    assert "no tenant could be reached" in err


def test_wrong_use_is_told(clinic: Clinic) -> None:
    code, out, err = clinic.doctor("--tenant", "fabrikam")
    assert (code, out) == (2, "")
    assert "no such tenant" in err
    clinic.config.write_text("clout: global\n")
    code, out, err = clinic.doctor()
    assert (code, out) == (2, "")
    assert "tenants.yaml:1: clout: unknown key" in err


def test_more_tenants_in_the_folder_are_examined(clinic: Clinic) -> None:
    text = clinic.config.read_text()
    folder = clinic.config.parent / "tenants.d"
    folder.mkdir()
    head, _, tenants = text.partition("tenants:\n")
    clinic.config.write_text(head)
    (folder / "all.yaml").write_text("tenants:\n" + tenants)
    code, found = clinic.found()
    assert (code, list(found)) == (0, clinic.ids)


REPORT = "authenticationMethods/userRegistrationDetails"
NON_PREMIUM = orjson.dumps(
    {
        "error": {
            "code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "message": "Tenant is not a B2C tenant and doesn't have premium license",
        }
    }
)


def test_the_false_refusal_of_a_licence_is_seen_through(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = clinic.sandbox.faults
    faults.add(path=REPORT, status=403, body=NON_PREMIUM, times=1, tenant_id=clinic.ids[2])
    code, found = clinic.found("--tenant", clinic.ids[2])
    assert code == 0
    assert verdicts(found[clinic.ids[2]])["user_registration_details"] in READABLE
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "1")
    faults.add(path=REPORT, status=403, body=NON_PREMIUM, tenant_id=clinic.ids[2])
    code, found = clinic.found("--tenant", clinic.ids[2])
    assert code == 3
    assert verdicts(found[clinic.ids[2]])["user_registration_details"] == "unavailable"


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ({"status": 429, "retry_after": 4000}, "throttled"),
        ({"status": 403, "html": True}, "bad_response"),
        ({"status": 200, "body": b"[]"}, "bad_response"),
    ],
    ids=["throttled", "gateway page", "no object"],
)
def test_trouble_with_one_feed_is_that_feed_alone(
    clinic: Clinic, fault: dict[str, Any], verdict: str
) -> None:
    clinic.sandbox.faults.add(path="authorizationPolicy", **fault)
    code, found = clinic.found("--tenant", clinic.ids[2])
    assert code == 3
    found_verdicts = verdicts(found[clinic.ids[2]])
    assert found_verdicts.pop("authorization_policy") == verdict
    assert set(found_verdicts.values()) <= READABLE
    _, out, _ = clinic.doctor("--tenant", clinic.ids[2])
    assert f"  {verdict}: authorization_policy: " in out


def test_a_cloud_without_a_feed_is_well(clinic: Clinic) -> None:
    body = {"error": {"code": "BadRequest", "message": "Resource not found for the segment 'x'."}}
    for path in ("secureScore", "risky"):
        clinic.sandbox.faults.add(path=path, status=400, body=orjson.dumps(body))
    code, out, _ = clinic.doctor("--tenant", clinic.ids[2])
    assert code == 0
    assert (
        "not in the cloud custom: secure_scores, secure_score_control_profiles, risky_users" in out
    )


def test_the_name_comes_from_graph_where_none_is_configured(clinic: Clinic) -> None:
    lines = clinic.config.read_text().splitlines()
    clinic.config.write_text("\n".join(line for line in lines if "name: " not in line))
    _, found = clinic.found()
    names = {tenant.tenant_id: tenant.name for tenant in clinic.sandbox.tenants}
    assert {key: one["tenant_name"] for key, one in found.items()} == names
