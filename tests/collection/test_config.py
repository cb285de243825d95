"""tenants.yaml: every mistake is one line that points at the place."""

from pathlib import Path

import pytest

from pipeline.config.settings import Settings, load_config
from pipeline.errors import UsageError

ONE = "11111111-1111-1111-1111-111111111111"
TWO = "22222222-2222-2222-2222-222222222222"
APP = "33333333-3333-3333-3333-333333333333"
ENV = {"POSTURE_CLIENT_SECRET": "s3cret-canary", "POSTURE_PSEUDONYM_KEY": "k3y-canary"}
CREDENTIAL = f"""\
credential:
  kind: client_secret
  client_id: {APP}
  client_secret: {{env: POSTURE_CLIENT_SECRET}}
"""
TENANTS = f"tenants:\n  - id: {ONE}\n"


def load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    path = tmp_path / "tenants.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, environ=ENV if environ is None else environ)


def test_the_whole_file_of_the_contract(tmp_path: Path) -> None:
    text = f"""\
cloud: global
{CREDENTIAL}
tenants:
  - id: {ONE.upper()}
    name: Contoso
    segment: mid_size
    tags: {{region: emea}}
  - id: {TWO}
    cloud: china
privacy:
  principal_names: pseudonym
  key: {{env: POSTURE_PSEUDONYM_KEY}}
"""
    settings = load(tmp_path, text)
    first, second = settings.tenants
    assert (first.tenant_id, first.name, first.segment) == (ONE, "Contoso", "mid_size")
    assert first.tags == {"region": "emea"}
    assert first.cloud.scope == "https://graph.microsoft.com/.default"
    assert second.cloud.graph_url == "https://microsoftgraph.chinacloudapi.cn"
    assert second.credential.client_id == APP
    assert second.credential.client_secret is not None
    assert second.credential.client_secret.reveal() == "s3cret-canary"
    assert settings.privacy.principal_names == "pseudonym"
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("cloud", "graph", "login"),
    [
        ("global", "https://graph.microsoft.com", "https://login.microsoftonline.com"),
        ("usgov", "https://graph.microsoft.us", "https://login.microsoftonline.us"),
        ("usgov_dod", "https://dod-graph.microsoft.us", "https://login.microsoftonline.us"),
        ("china", "https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_its_own_hosts(tmp_path: Path, cloud: str, graph: str, login: str) -> None:
    [tenant] = load(tmp_path, f"cloud: {cloud}\n{CREDENTIAL}{TENANTS}").tenants
    assert (tenant.cloud.graph_url, tenant.cloud.authority) == (graph, login)


def test_a_tenant_replaces_credential_and_place(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("other\n")
    text = f"""\
cloud: custom
graph_url: https://localhost:8443/
authority: https://localhost:8443
{CREDENTIAL}
tenants:
  - id: {ONE}
    graph_url: https://localhost:9443
    credential:
      kind: client_secret
      client_id: {TWO}
      client_secret: {{file: secret.txt}}
  - id: {TWO}
    cloud: global
"""
    first, second = load(tmp_path, text).tenants
    assert first.cloud.graph_url == "https://localhost:9443"
    assert first.cloud.authority == "https://localhost:8443"
    assert first.credential.client_secret is not None
    assert first.credential.client_secret.reveal() == "other"
    assert second.cloud.graph_url == "https://graph.microsoft.com"


@pytest.mark.parametrize(
    "credential",
    [
        "{kind: managed_identity}",
        f"{{kind: managed_identity, client_id: {APP}}}",
        f"{{kind: workload_identity, client_id: {APP}, token_file: token}}",
        "{kind: azure_cli}",
        "{kind: device_code}",
        "{kind: default}",
    ],
)
def test_each_kind_of_credential_is_read(tmp_path: Path, credential: str) -> None:
    (tmp_path / "token").write_text("jwt")
    [tenant] = load(tmp_path, f"credential: {credential}\n{TENANTS}").tenants
    assert tenant.credential.kind in credential


def test_a_secret_that_goes_missing_later_is_named_without_its_value(tmp_path: Path) -> None:
    environ = dict(ENV)
    [tenant] = load(tmp_path, CREDENTIAL + TENANTS, environ).tenants
    environ.clear()
    assert tenant.credential.client_secret is not None
    with pytest.raises(UsageError, match="POSTURE_CLIENT_SECRET is not set"):
        tenant.credential.client_secret.reveal()
