"""The schemas of `posture init`: what they take is what is read, in an editor too."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from pipeline.config.schema import schema_files
from pipeline.config.settings import load_config
from pipeline.errors import UsageError
from pipeline.sandbox import Sandbox
from tests.collection.test_access import MISTAKES as OF_ACCESS
from tests.collection.test_access import NAMED
from tests.collection.test_config import APP, CREDENTIAL, ENV, ONE, TENANTS
from tests.collection.test_config_mistakes import MISTAKES
from tests.collection.test_register import FULL
from tests.collection.test_register import MISTAKES as OF_REGISTER
from tests.commands import posture_here

# What a schema cannot know: other values, other files, the environment and the disk.
BEYOND = {
    "duplicate tenant",
    "repeated key",
    "missing variable",
    "missing secret file",
    "no tenants",
    "empty tenants",
    "no credential",
    "certificate gone",
    "custom without authority",
    "graph_url without custom",
    "absent feeds without custom",
    "absent feeds of a tenant elsewhere",
    "bundle gone",
    "pseudonym without key",
    "pseudonym without variable",
    "bad YAML",
    "secret as an alias",
    # of access and of the register
    "unknown tenant",
    "tenant twice",
    "user twice",
    "twice",
    "declared twice",
    "no such tenant for a principal",
    "empty file",
}


def refusals(text: str, schema: str = "tenants.schema.json") -> list[str]:
    """What an editor marks in a file; it sees a date as the text that it is."""
    validator = Draft202012Validator(
        json.loads(schema_files()[schema]), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    document = json.loads(json.dumps(yaml.safe_load(text), default=str))
    return [error.message for error in validator.iter_errors(document)]


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTURE_CLIENT_SECRET", "canary")


@pytest.mark.parametrize("schema", schema_files())
def test_a_schema_is_one(schema: str) -> None:
    Draft202012Validator.check_schema(json.loads(schema_files()[schema]))


def named_beside(path: Path) -> Path:
    """The schema that the first line of a file names."""
    first = path.read_text().splitlines()[0]
    return path.parent / first.removeprefix("# yaml-language-server: $schema=")


@pytest.mark.parametrize("words", [(), ("--provider",)], ids=["one tenant", "provider"])
def test_what_init_writes_names_a_schema_that_takes_it(words: tuple[str, ...]) -> None:
    assert posture_here("init", *words).code == 0
    for path in (Path("tenants.yaml"), *Path("tenants.d").glob("*")):
        schema = named_beside(path)
        assert refusals(path.read_text(), schema.name) == []
        assert schema.read_text() == schema_files()[schema.name]


def test_the_keys_that_a_template_shows_as_comments_are_taken() -> None:
    posture_here("init", "--provider")
    lines = Path("tenants.yaml").read_text().splitlines()
    start = lines.index(next(line for line in lines if line.startswith("# access:")))
    shown = "\n".join(line.removeprefix("# ") for line in lines[start:])
    assert {"access", "privacy", "provider"} <= set(yaml.safe_load(shown))
    assert refusals(f"{CREDENTIAL}{shown}") == []


@pytest.mark.parametrize("certificate", [False, True])
def test_the_configuration_of_a_sandbox_is_taken(tmp_path: Path, certificate: bool) -> None:
    with Sandbox(tenants=12, days=3) as sandbox:
        path = sandbox.write_config(tmp_path / "tenants.yaml", certificate=certificate)
    assert refusals(path.read_text()) == []


@pytest.mark.parametrize("text", [NAMED, f"{CREDENTIAL}{TENANTS}    tags: {{a: b}}\n"])
def test_a_good_file_is_taken(text: str) -> None:
    assert refusals(text) == []
    assert refusals(FULL, "register.schema.json") == []


def cases(mistakes: Mapping[str, Any], before: str = "") -> list[Any]:
    named = {name: before + said[0] for name, said in mistakes.items() if name not in BEYOND}
    return [pytest.param(text, id=name) for name, text in named.items()]


@pytest.mark.parametrize("text", cases(MISTAKES) + cases(OF_ACCESS, NAMED))
def test_a_mistake_is_refused_by_the_schema_and_by_the_reading(tmp_path: Path, text: str) -> None:
    assert refusals(text)
    (tmp_path / "tenants.yaml").write_text(text)
    with pytest.raises(UsageError):
        load_config(tmp_path / "tenants.yaml", environ=ENV)


@pytest.mark.parametrize("text", cases(OF_REGISTER))
def test_a_mistake_in_the_register_is_refused(text: str) -> None:
    assert refusals(text, "register.schema.json")


def test_a_literal_secret_and_an_unknown_key_are_named() -> None:
    literal = CREDENTIAL.replace("{env: POSTURE_CLIENT_SECRET}", "s3cret")
    [said] = refusals(literal + TENANTS)
    assert said == "'s3cret' is not of type 'object'"
    [said] = refusals(f"clout: x\n{CREDENTIAL}{TENANTS}")
    assert "'clout' was unexpected" in said
    assert refusals(f"credential: {{kind: azure_cli, client_id: {APP}}}\n{TENANTS}")


def test_every_key_says_what_it_is() -> None:
    def groups(schema: Any) -> list[dict[str, Any]]:
        return [schema, *schema.get("$defs", {}).values()]

    for text in schema_files().values():
        for group in groups(json.loads(text)):
            assert group["description"]
            assert all(key["description"] for key in group["properties"].values())


def test_the_schemas_alone_are_written_beside_a_file_that_stays() -> None:
    Path("clients").mkdir()
    Path("clients/posture.yaml").write_text("mine")
    Path("clients/tenants.schema.json").write_text("of another version")
    ended = posture_here("init", "--schema", "--config", "clients/posture.yaml")
    assert ended.code == 0
    assert "# yaml-language-server: $schema=./register.schema.json" in ended.out
    assert Path("clients/posture.yaml").read_text() == "mine"
    for name, text in schema_files().items():
        assert Path("clients", name).read_text() == text
    assert str(ONE) not in ended.out
