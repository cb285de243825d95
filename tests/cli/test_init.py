"""`posture init`: a file that a person can fill in, and what to grant."""

from pathlib import Path

import pytest
import yaml

from pipeline.config.settings import load_config
from pipeline.graph.feeds import FEEDS
from pipeline.sandbox.protocol.certificates import client_certificate
from tests.commands import Ended, posture_here

APP = "33333333-3333-3333-3333-333333333333"
TENANT = "11111111-1111-1111-1111-111111111111"


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTURE_CLIENT_SECRET", "canary")


def init(*words: str) -> Ended:
    return posture_here("init", *words)


def permissions() -> set[str]:
    """Every permission that the catalogue names as one to grant."""
    parts = {request.permission for feed in FEEDS.values() for request in feed.requests}
    also = {feed.also for feed in FEEDS.values()}
    return {feed.permission for feed in FEEDS.values()} | {one for one in parts | also if one}


@pytest.mark.parametrize("words", [(), ("--provider",)], ids=["one tenant", "provider"])
def test_the_file_loads_and_says_what_to_grant(words: tuple[str, ...]) -> None:
    ended = init(*words)
    assert ended.code == 0
    listed = {line.split()[0] for line in ended.out.splitlines() if ".Read." in line}
    assert listed == permissions()
    written = Path("tenants.yaml").read_text()
    assert all(permission in written for permission in permissions())
    assert "Directory.Read.All (optional)" in written
    assert "application_permissions (optional: completes it)" in ended.out
    assert "<permissions>" not in written
    assert "<consent>" not in written
    assert [tenant.tenant_id for tenant in load_config(Path("tenants.yaml")).tenants] == [TENANT]
    for word in ("usgov_dod", "pseudonym", "App registrations", "not the Secret ID", "openssl"):
        assert word in written
    last = [line.strip() for line in ended.out.splitlines()[-2:]]
    assert [line.split()[-1] for line in last] == ["doctor", "run"]


@pytest.mark.parametrize("words", [(), ("--provider",)], ids=["one tenant", "provider"])
@pytest.mark.parametrize("cloud", ["global", "usgov", "usgov_dod", "china", "bleu", "delos"])
def test_values_are_filled_in(words: tuple[str, ...], cloud: str) -> None:
    tenant_id = "44444444-4444-4444-4444-444444444444"
    ended = init(*words, "--tenant", tenant_id.upper(), "--client-id", APP, "--cloud", cloud)
    [tenant] = load_config(Path("tenants.yaml")).tenants
    assert (tenant.tenant_id, tenant.credential.client_id) == (tenant_id, APP)
    assert tenant.cloud.name == cloud
    link = f"{tenant.cloud.authority}/{tenant_id}/adminconsent?client_id={APP}"
    assert link in ended.out


def test_a_provider_gets_an_example_that_is_not_read_until_it_is_renamed() -> None:
    assert "tenants.d/example.yaml.txt" in init("--provider").out
    example = Path("tenants.d/example.yaml.txt")
    assert len(load_config(Path("tenants.yaml")).tenants) == 1
    example.rename("tenants.d/fabrikam.yaml")
    first, second = load_config(Path("tenants.yaml")).tenants
    assert (second.name, second.credential) == ("Fabrikam", first.credential)


def test_a_certificate_is_two_lines_away(tmp_path: Path) -> None:
    init()
    path = Path("tenants.yaml")
    lines = [line for line in path.read_text().splitlines() if "client_secret" not in line]
    text = "\n".join(lines).replace("# kind: certificate", "kind: certificate")
    text = text.replace("# certificate: {file", "certificate: {file")
    (tmp_path / "posture.pem").write_bytes(client_certificate("posture"))
    path.write_text(text.replace("  kind: client_secret", "  #"))
    assert load_config(path).tenants[0].credential.kind == "certificate"


def test_nothing_is_overwritten() -> None:
    Path("tenants.yaml").write_text("mine")
    Path("tenants.d").mkdir()
    Path("tenants.d/example.yaml.txt").write_text("mine too")
    ended = init("--provider")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert "exists already" in ended.err
    assert permissions() <= set(ended.out.split())
    assert Path("tenants.yaml").read_text() == "mine"
    assert Path("tenants.d/example.yaml.txt").read_text() == "mine too"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--tenant", "contoso"), "--tenant: must be a GUID"),
        (("--client-id", "canary"), "--client-id: must be a GUID"),
        (("--cloud", "mars"), "--cloud mars: no such cloud; known: global, usgov"),
    ],
)
def test_a_wrong_value_writes_nothing(words: tuple[str, ...], named: str) -> None:
    ended = init(*words)
    assert ended.code == 2
    assert named in ended.err
    assert "canary" not in ended.err
    assert not Path("tenants.yaml").exists()


@pytest.mark.parametrize("words", [(), ("--provider",)], ids=["one tenant", "provider"])
def test_the_file_fits_a_screen_of_100_columns(words: tuple[str, ...]) -> None:
    init(*words)
    text = Path("tenants.yaml").read_text()
    assert [line for line in text.splitlines() if len(line) > 100] == []
    assert yaml.safe_load(text)["credential"]["kind"] == "client_secret"


def test_the_next_commands_reach_the_same_file() -> None:
    out = init("--config", "clients/posture.yaml").out
    assert Path("clients/posture.yaml").exists()
    assert "doctor --config clients/posture.yaml" in out
