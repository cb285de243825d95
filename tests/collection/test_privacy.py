"""Secrets are never printed, logged or written; pseudonyms are the same everywhere."""

import gzip
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pyarrow.parquet as pq
import pytest

from pipeline.config.settings import load_config
from pipeline.graph.privacy import Pseudonyms

from .conftest import Lab


def pseudonymise(lab: Lab) -> None:
    path = lab.settings.path
    path.with_name("key.txt").write_text("k3y-canary-of-the-pseudonyms")
    privacy = "privacy:\n  principal_names: pseudonym\n  key: {file: key.txt}\n"
    path.write_text(path.read_text() + privacy)
    lab.settings = load_config(path)


def written_text(root: Path) -> str:
    """Every text value in every lake file, and every file name."""
    parts = []
    for path in sorted(root.rglob("*")):
        parts.append(str(path.relative_to(root)))
        if path.suffix == ".parquet":
            parts.append(orjson.dumps(pq.read_table(path).to_pylist(), default=str).decode())
    return "\n".join(parts)


def test_the_same_person_has_the_same_pseudonym_everywhere() -> None:
    first, second = Pseudonyms("one"), Pseudonyms("two")
    assert first.of("Ada@Contoso.example") == first.of("ada@contoso.EXAMPLE")
    assert first.of("ada") != second.of("ada")
    records = [{"principal": {"displayName": "Ada", "mail": None, "surname": ""}}, {}]
    first.apply("role_assignments", records)
    assert records[0]["principal"] == {
        "displayName": first.of("Ada"),
        "mail": None,
        "surname": "",
    }


def forms(secret: str) -> list[bytes]:
    """The ways a secret shows up in a file."""
    import base64

    plain = secret.encode()
    return [plain, quote(secret, safe="").encode(), base64.b64encode(plain)]


@pytest.mark.parametrize("fault", [None, {"status": 401}, {"drop": True}, {"path": "/token"}])
def test_no_secret_is_printed_logged_or_written(
    lab: Lab,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any] | None,
) -> None:
    secret = lab.settings.tenants[0].credential.client_secret
    assert secret is not None
    tokens = steal_tokens(monkeypatch)
    pseudonymise(lab)
    if fault is not None:
        lab.sandbox.faults.add(**{"path": "organization", "status": 503, **fault})
    # The tests are the only place where the root logger may be at DEBUG with these libraries.
    with caplog.at_level(logging.DEBUG):
        lab.collect()
    output = "".join(capfd.readouterr()) + caplog.text
    files = b"".join(path.read_bytes() for path in lab.home.root.rglob("*") if path.is_file())
    haystack = output.encode() + files + written_text(lab.home.root).encode()
    canaries = [secret.reveal(), "k3y-canary-of-the-pseudonyms", *tokens]
    assert len(canaries) >= 3 or fault == {"path": "/token"}
    for canary in canaries:
        for form in forms(canary):
            assert form not in haystack
    assert gzip.compress(canaries[0].encode(), mtime=0)[10:-8] not in haystack


def steal_tokens(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The tokens that a run uses."""
    from pipeline.graph.sign_in import TenantTokens

    tokens: set[str] = set()
    original = TenantTokens.get_token

    async def spy(self: TenantTokens, *scopes: str, **options: Any) -> Any:
        token = await original(self, *scopes, **options)
        tokens.add(token.token)
        return token

    monkeypatch.setattr(TenantTokens, "get_token", spy)
    return tokens
