"""Every mistake in tenants.yaml is one line that points at the place."""

from pathlib import Path

import pytest

from pipeline.config.settings import load_config
from pipeline.errors import UsageError

from .test_config import APP, CREDENTIAL, ENV, ONE, TENANTS, load

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
        CREDENTIAL.replace("{env: POSTURE_CLIENT_SECRET}", "canary") + TENANTS,
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
    "absent feeds without custom": (
        f"absent_feeds: [risky_users]\n{CREDENTIAL}{TENANTS}",
        1,
        "absent_feeds: is only for cloud: custom",
    ),
    "absent feeds of a tenant elsewhere": (
        f"{CUSTOM}{CREDENTIAL}{TENANTS}    cloud: china\n    absent_feeds: [risky_users]\n",
        11,
        "absent_feeds: is only for cloud: custom",
    ),
    "unknown absent feed": (
        f"{CUSTOM}absent_feeds: [risky_user]\n{CREDENTIAL}{TENANTS}",
        4,
        "absent_feeds[0]: unknown value 'risky_user'",
    ),
    "one absent feed": (
        f"{CUSTOM}absent_feeds: risky_users\n{CREDENTIAL}{TENANTS}",
        4,
        "absent_feeds: must be a list",
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
    with pytest.raises(UsageError, match=r"ca_bundle: .*ca\.pem holds no PEM certificate"):
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


DEEP = {
    "lists": "[" * 20_000,
    "groups": "{a: " * 20_000,
    "both": "[{a: " * 20_000 + "x" + "}]" * 20_000,
    "blocks": "".join(f"{' ' * depth}a:\n" for depth in range(900)),
    "just too deep": "[" * 51 + "]" * 51,
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("file", ["tenants.yaml", "tenants.d/client.yaml", "register.yaml"])
def test_a_file_nested_without_end_is_one_line(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / "tenants.d").mkdir()
    (tmp_path / "tenants.yaml").write_text(CREDENTIAL + TENANTS)
    path = tmp_path / file
    path.write_text(f"x: {DEEP[name]}" if name != "blocks" else DEEP[name])
    with pytest.raises(UsageError, match=r":\d+: is not valid YAML: nested too deeply") as refused:
        load_config(tmp_path / "tenants.yaml", environ=ENV)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_grows_by_its_aliases_is_one_line(tmp_path: Path) -> None:
    """Nine levels of nine aliases: 400 million items if they were written out."""
    levels = ["a0: &a0 x"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    for last in ("tenants: *a9", "tenants: [{tags: *a9}]", "credential: *a9", "cloud: *a9"):
        path = tmp_path / "tenants.yaml"
        path.write_text("\n".join([*levels, last, ""]))
        with pytest.raises(UsageError, match=r"yaml:\d+: ") as refused:
            load_config(path, environ=ENV)
        assert len(str(refused.value)) < 1_000
