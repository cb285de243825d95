"""tenants.d: a file a client beside the main one, with the same care for mistakes."""

from pathlib import Path

import pytest

from pipeline.config.settings import Settings, load_config
from pipeline.errors import UsageError

from .test_config import APP, CREDENTIAL, ENV, ONE, TENANTS, TWO

THREE = "44444444-4444-4444-4444-444444444444"
OWN = f"credential:\n  kind: managed_identity\n  client_id: {TWO}\n"


def load(tmp_path: Path, main: str, **files: str) -> Settings:
    """Load a main file and files of tenants.d; `__` in a name stands for the dot."""
    (tmp_path / "tenants.yaml").write_text(main)
    folder = tmp_path / "tenants.d"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return load_config(tmp_path / "tenants.yaml", environ=ENV)


def listed(tenant_id: str) -> str:
    return f"tenants:\n  - id: {tenant_id}\n"


def test_files_are_read_by_name_after_the_main_one(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        CREDENTIAL + TENANTS,
        b__yaml=listed(TWO),
        a__yml=listed(THREE),
        README__md="not: [yaml",
        example__yaml__txt="not: [yaml",
        **{".hidden.yaml": "not: [yaml"},
    )
    assert [tenant.tenant_id for tenant in settings.tenants] == [ONE, THREE, TWO]
    assert {tenant.credential.client_id for tenant in settings.tenants} == {APP}


@pytest.mark.parametrize("main", [CREDENTIAL, f"{CREDENTIAL}tenants: []\n"])
def test_the_main_file_may_leave_all_tenants_to_the_folder(tmp_path: Path, main: str) -> None:
    [tenant] = load(tmp_path, main, client__yaml=listed(TWO)).tenants
    assert tenant.tenant_id == TWO


def test_a_file_may_carry_its_own_defaults_and_inherits_the_others(tmp_path: Path) -> None:
    (tmp_path / "tenants.d").mkdir()
    (tmp_path / "tenants.d" / "secret.txt").write_text("theirs\n")
    theirs = f"""\
cloud: usgov
credential:
  kind: client_secret
  client_id: {TWO}
  client_secret: {{file: secret.txt}}
{listed(TWO)}"""
    settings = load(
        tmp_path,
        f"cloud: custom\ngraph_url: https://localhost:1\nauthority: https://localhost:2\n"
        f"{CREDENTIAL}{TENANTS}",
        a__yaml=theirs,
        b__yaml=f"graph_url: https://localhost:3\n{listed(THREE)}    cloud: china\n",
    )
    main, own, other = settings.tenants
    assert main.cloud.graph_url == "https://localhost:1"
    assert (own.cloud.name, own.credential.client_id) == ("usgov", TWO)
    assert own.credential.client_secret is not None
    assert own.credential.client_secret.reveal() == "theirs", "a path is relative to its file"
    assert (other.cloud.name, other.credential.client_id) == ("china", APP)


def test_a_custom_cloud_is_completed_from_the_main_file(tmp_path: Path) -> None:
    main = f"cloud: custom\ngraph_url: https://localhost:1\nauthority: https://localhost:2\n{OWN}"
    [tenant] = load(
        tmp_path, main, b__yaml=f"graph_url: https://localhost:3\n{listed(ONE)}"
    ).tenants
    assert tenant.cloud.graph_url == "https://localhost:3"
    assert tenant.cloud.authority == "https://localhost:2"


MISTAKES = {
    "unknown key": (f"clout: x\n{listed(TWO)}", 1, "clout: unknown key"),
    "privacy": (
        f"privacy: {{principal_names: clear}}\n{listed(TWO)}",
        1,
        "privacy: holds for all tenants and belongs into the main file",
    ),
    "no tenants": ("cloud: china\n", 1, "tenants: is missing"),
    "empty list": ("cloud: china\ntenants: []\n", 2, "tenants: is empty"),
    "bad id": ("tenants:\n  - id: contoso\n", 2, "tenants[0].id: must be a GUID"),
    "not YAML": ("tenants: [\n", 2, "is not valid YAML"),
    "literal secret": (
        CREDENTIAL.replace("{env: POSTURE_CLIENT_SECRET}", "canary") + listed(TWO),
        4,
        "by reference",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_points_at_the_file_and_line(tmp_path: Path, name: str) -> None:
    text, line, words = MISTAKES[name]
    with pytest.raises(UsageError) as caught:
        load(tmp_path, CREDENTIAL + TENANTS, x__yaml=text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'tenants.d' / 'x.yaml'}:{line}: ")
    assert words in message
    assert "canary" not in message
    assert caught.value.exit_code == 2


def test_a_tenant_listed_in_two_files_names_both_places(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, CREDENTIAL, a__yaml=listed(TWO), b__yaml=f"cloud: china\n{listed(TWO)}")
    folder = tmp_path / "tenants.d"
    assert str(caught.value) == (
        f"{folder / 'b.yaml'}:3: tenants[0]: id: tenant {TWO} is listed twice, "
        f"first at {folder / 'a.yaml'}:2"
    )


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.yaml: is empty; list its tenants or remove it"):
        load(tmp_path, CREDENTIAL + TENANTS, x__yaml="# all of it is a comment\n")


def test_a_tenant_without_any_credential_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.yaml:2: tenants\[0\]: credential: is missing"):
        load(tmp_path, f"{TENANTS}    credential: {{kind: azure_cli}}\n", x__yaml=listed(TWO))


def test_paths_are_told_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    load(tmp_path, CREDENTIAL + TENANTS)
    Path("tenants.d/x.yaml").write_text(listed("contoso"))
    with pytest.raises(UsageError) as caught:
        load_config(Path("tenants.yaml"), environ=ENV)
    assert str(caught.value).startswith("tenants.d/x.yaml:2: tenants[0].id: must be a GUID")


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "tenants.yaml").write_text(CREDENTIAL + TENANTS)
    (tmp_path / "tenants.d").write_text("")
    with pytest.raises(UsageError, match=r"tenants\.d: cannot be read: Not a directory"):
        load_config(tmp_path / "tenants.yaml", environ=ENV)


def test_a_dangling_link_is_told(tmp_path: Path) -> None:
    (tmp_path / "tenants.d").mkdir()
    (tmp_path / "tenants.d" / "x.yaml").symlink_to("absent.yaml")
    with pytest.raises(UsageError, match=r"x\.yaml: not found"):
        load(tmp_path, CREDENTIAL + TENANTS)
