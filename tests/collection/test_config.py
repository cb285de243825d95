"""tenants.yaml: every mistake is one line that points at the place."""

from pathlib import Path
from typing import get_args

import pytest

from pipeline.config.cloud import CLOUDS
from pipeline.config.feed_names import FeedName
from pipeline.config.settings import Settings, load_config
from pipeline.errors import UsageError
from pipeline.graph.feeds import FEEDS

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
        (
            "china",
            "https://microsoftgraph.chinacloudapi.cn",
            "https://login.partner.microsoftonline.cn",
        ),
        ("bleu", "https://graph.svc.sovcloud.fr", "https://login.sovcloud-identity.fr"),
        ("delos", "https://graph.svc.sovcloud.de", "https://login.sovcloud-identity.de"),
    ],
)
def test_each_cloud_has_its_own_hosts(tmp_path: Path, cloud: str, graph: str, login: str) -> None:
    [tenant] = load(tmp_path, f"cloud: {cloud}\n{CREDENTIAL}{TENANTS}").tenants
    assert (tenant.cloud.graph_url, tenant.cloud.authority) == (graph, login)


def test_a_custom_cloud_may_name_what_it_does_not_offer(tmp_path: Path) -> None:
    text = f"""\
cloud: custom
graph_url: https://localhost:8443/
authority: https://localhost:8443
absent_feeds: [risky_users, secure_scores, risky_users]
{CREDENTIAL}
tenants:
  - id: {ONE}
  - id: {TWO}
    absent_feeds: []
  - id: {APP}
    cloud: china
"""
    first, second, third = load(tmp_path, text).tenants
    assert first.cloud.absent_feeds == {"risky_users", "secure_scores"}
    assert second.cloud.absent_feeds == third.cloud.absent_feeds == frozenset()


def test_tenants_yaml_knows_the_feeds_of_the_catalogue() -> None:
    assert get_args(FeedName) == tuple(FEEDS)


def test_every_cloud_that_lacks_a_feed_is_one() -> None:
    lacking = {cloud: set[str]() for cloud in CLOUDS}
    for feed in FEEDS.values():
        for cloud in feed.absent_clouds:
            lacking[cloud].add(feed.name)
    scores = {"secure_scores", "secure_score_control_profiles"}
    assert lacking.pop("china") == scores | {"risky_users", "risk_detections"}
    methods = {"authentication_strengths", "authentication_methods_policy"}
    assert lacking.pop("bleu") == scores | methods
    pim = {name for name in FEEDS if name.endswith("_schedule_instances")}
    assert lacking.pop("delos") == scores | methods | pim | {"role_management_policies"}
    assert not any(lacking.values())


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
