"""tenants.yaml: every mistake is one line that points at the place."""

from pathlib import Path

import pytest

from pipeline.config import Settings, load_config
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
        f"{{kind: certificate, client_id: {APP}, certificate: {{file: x.pem}}}}",
        f"{{kind: certificate, client_id: {APP}, "
        "certificate: {file: x.pem, password: {env: POSTURE_CLIENT_SECRET}}}",
    ],
)
def test_each_kind_of_credential_is_read(tmp_path: Path, credential: str) -> None:
    (tmp_path / "x.pem").write_text("pem")
    (tmp_path / "token").write_text("jwt")
    [tenant] = load(tmp_path, f"credential: {credential}\n{TENANTS}").tenants
    assert tenant.credential.kind in credential


CUSTOM = "cloud: custom\ngraph_url: https://localhost:1\nauthority: https://localhost:1\n"
MISTAKES = {
    "unknown key at the top": (f"clout: global\n{CREDENTIAL}{TENANTS}", 1, "clout: unknown key"),
    "unknown key of a tenant": (
        f"{CREDENTIAL}{TENANTS}    nmae: x\n",
        7,
        "tenants[0].nmae: unknown key",
    ),
    "repeated key": (f"cloud: global\ncloud: china\n{CREDENTIAL}{TENANTS}", 2, "given twice"),
    "duplicate tenant": (
        f"{CREDENTIAL}{TENANTS}  - id: {ONE.upper()}\n",
        7,
        f"tenants[1]: id: tenant {ONE} is listed twice",
    ),
    "literal secret": (
        f"credential:\n  kind: client_secret\n  client_id: {APP}\n  client_secret: canary\n{TENANTS}",
        4,
        "credential.client_secret: secrets are given only by reference",
    ),
    "missing variable": (
        CREDENTIAL.replace("POSTURE_CLIENT_SECRET", "NO_SUCH") + TENANTS,
        4,
        "the environment variable NO_SUCH is not set",
    ),
    "missing secret file": (
        CREDENTIAL.replace("{env: POSTURE_CLIENT_SECRET}", "{file: gone.txt}") + TENANTS,
        4,
        "gone.txt cannot be read: No such file",
    ),
    "two references": (
        CREDENTIAL.replace("}", ", file: x}") + TENANTS,
        4,
        "exactly one of env and file",
    ),
    "bad id": (f"{CREDENTIAL}tenants:\n  - id: contoso\n", 6, "tenants[0].id: must be a GUID"),
    "bad client id": (CREDENTIAL.replace(APP, "canary") + TENANTS, 3, "client_id: must be a GUID"),
    "no id": (f"{CREDENTIAL}tenants:\n  - name: x\n", 6, "tenants[0]: id: is missing"),
    "no tenants": (CREDENTIAL, 1, "tenants: is missing"),
    "empty tenants": (f"{CREDENTIAL}tenants: []\n", 5, "tenants: is empty"),
    "tenants is text": (f"{CREDENTIAL}tenants: x\n", 5, "tenants: must be a list, not text"),
    "unknown segment": (f"{CREDENTIAL}{TENANTS}    segment: big\n", 7, "segment: unknown value"),
    "unknown cloud": (f"cloud: mars\n{CREDENTIAL}{TENANTS}", 1, "cloud: unknown value 'mars'"),
    "unknown kind": (
        f"credential: {{kind: magic}}\n{TENANTS}",
        1,
        "credential.kind: unknown value",
    ),
    "no kind": (f"credential: {{}}\n{TENANTS}", 1, "credential: kind: is missing"),
    "no credential": (TENANTS, 2, "tenants[0]: credential: is missing"),
    "key of another kind": (
        f"credential: {{kind: azure_cli, client_id: {APP}}}\n{TENANTS}",
        1,
        "client_id: does not belong to kind: azure_cli",
    ),
    "key the kind lacks": (
        f"credential: {{kind: client_secret, client_id: {APP}}}\n{TENANTS}",
        1,
        "credential: client_secret: is missing",
    ),
    "certificate as text": (
        f"credential: {{kind: certificate, client_id: {APP}, certificate: x.pem}}\n{TENANTS}",
        1,
        "given only by reference",
    ),
    "certificate gone": (
        f"credential: {{kind: certificate, client_id: {APP}, certificate: {{file: no.pem}}}}\n"
        + TENANTS,
        1,
        "no.pem cannot be read",
    ),
    "name is a number": (f"{CREDENTIAL}{TENANTS}    name: 12\n", 7, "name: must be text"),
    "name is empty": (f"{CREDENTIAL}{TENANTS}    name:\n", 7, "name: must be text, not empty"),
    "tags is a list": (f"{CREDENTIAL}{TENANTS}    tags: [a]\n", 7, "tags: must be a group"),
    "tag is a number": (f"{CREDENTIAL}{TENANTS}    tags: {{a: 1}}\n", 7, "tags.a: must be text"),
    "custom without authority": (
        f"cloud: custom\ngraph_url: https://localhost:1\n{CREDENTIAL}{TENANTS}",
        1,
        "authority: is missing",
    ),
    "graph_url without custom": (
        f"graph_url: https://localhost:1\n{CREDENTIAL}{TENANTS}",
        1,
        "graph_url: is only for cloud: custom",
    ),
    "plain http": (
        CUSTOM.replace("authority: https", "authority: http") + CREDENTIAL + TENANTS,
        3,
        "authority: must be an https URL",
    ),
    "no URL": (
        CUSTOM.replace("authority: https://localhost:1", "authority: localhost:1")
        + CREDENTIAL
        + TENANTS,
        3,
        "authority: must be a URL",
    ),
    "bundle gone": (CUSTOM + f"ca_bundle: no.pem\n{CREDENTIAL}{TENANTS}", 4, "no.pem cannot be"),
    "unknown privacy": (
        f"{CREDENTIAL}{TENANTS}privacy: {{principal_names: some}}\n",
        7,
        "principal_names: unknown value",
    ),
    "pseudonym without key": (
        f"{CREDENTIAL}{TENANTS}privacy: {{principal_names: pseudonym}}\n",
        7,
        "privacy: key: is missing",
    ),
    "pseudonym without variable": (
        f"{CREDENTIAL}{TENANTS}privacy: {{principal_names: pseudonym, key: {{env: NO_SUCH}}}}\n",
        7,
        "privacy.key: the environment variable NO_SUCH is not set",
    ),
    "bad YAML": (f"{CREDENTIAL}tenants: [\n", 6, "is not valid YAML"),
    "secret as an alias": (
        CREDENTIAL.replace("{env: POSTURE_CLIENT_SECRET}", "*canary") + TENANTS,
        4,
        "is not valid YAML: found undefined alias",
    ),
    "not a mapping": ("- a\n", 1, "must be a group of keys"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_that_points_at_the_place(tmp_path: Path, name: str) -> None:
    text, line, words = MISTAKES[name]
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'tenants.yaml'}:{line}: ")
    assert words in message
    assert "\n" not in message
    assert "canary" not in message
    assert caught.value.exit_code == 2


def test_a_bundle_without_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(UsageError, match="ca_bundle: .*ca.pem holds no PEM certificate"):
        load(tmp_path, CUSTOM + f"ca_bundle: ca.pem\n{CREDENTIAL}{TENANTS}")


@pytest.mark.parametrize(
    ("content", "words"), [(None, "not found; create it"), ("", "is empty"), (b"\xff", "UTF-8")]
)
def test_a_file_that_is_no_file(tmp_path: Path, content: str | bytes | None, words: str) -> None:
    path = tmp_path / "tenants.yaml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=words):
        load_config(path)


def test_a_secret_that_goes_missing_later_is_named_without_its_value(tmp_path: Path) -> None:
    environ = dict(ENV)
    [tenant] = load(tmp_path, CREDENTIAL + TENANTS, environ).tenants
    environ.clear()
    assert tenant.credential.client_secret is not None
    with pytest.raises(UsageError, match="POSTURE_CLIENT_SECRET is not set"):
        tenant.credential.client_secret.reveal()
