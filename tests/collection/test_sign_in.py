"""Signing in: each refusal told apart, tokens shared with nobody, one TLS context for all."""

import base64
import ssl
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from azure import identity

from pipeline.config.cloud import CLOUDS, Cloud
from pipeline.config.settings import Credential, Tenant, load_config
from pipeline.graph.connections import Connections
from pipeline.graph.credentials import build_credential

from .conftest import Lab, Wall

APP = "33333333-3333-3333-3333-333333333333"


def reconfigure(lab: Lab, old: str, new: str) -> None:
    path = lab.settings.path
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    lab.settings = load_config(path)


def outcomes(lab: Lab) -> dict[str, set[tuple[str, str | None, int]]]:
    found: dict[str, set[tuple[str, str | None, int]]] = {one: set() for one in lab.ids}
    for row in lab.collect().log:
        found[row.tenant_id].add((row.outcome, row.error_code, row.requests))
    return found


def secret_file(lab: Lab) -> Path:
    [path] = lab.settings.path.parent.glob("*secret*")
    return path


@pytest.mark.parametrize(("secret", "code"), [("wrong", "AADSTS7000215"), (None, "AADSTS7000222")])
def test_a_wrong_secret_is_told(lab: Lab, secret: str | None, code: str) -> None:
    secret_file(lab).write_text(secret or lab.sandbox.expired_secret)
    row = lab.collect_one("organization")
    assert (row.outcome, row.error_code, row.requests) == ("auth_failed", code, 0)
    assert row.note is not None
    assert "secret" in row.note
    assert not lab.graph_calls()


def test_one_tenant_that_refuses_the_application_is_alone(lab: Lab) -> None:
    lab.sandbox.refuse_sign_in(lab.ids[0], 700016)
    found = outcomes(lab)
    assert found[lab.ids[0]] == {("auth_failed", "AADSTS700016", 0)}
    assert not lab.surprises(lab.log_of(lab.ids[1]))
    tokens = [one for one in lab.sandbox.requests if one.path.endswith("/token")]
    assert len(tokens) == 2, "a refused sign-in is not tried for every feed"


@pytest.mark.parametrize(("code", "words"), [(7000112, "disabled"), (53003, "Conditional Access")])
def test_a_refused_application_is_told(lab: Lab, code: int, words: str) -> None:
    lab.sandbox.refuse_sign_in(lab.ids[0], code)
    row = lab.collect_one("organization")
    assert (row.outcome, row.error_code) == ("auth_failed", f"AADSTS{code}")
    assert row.note is not None
    assert words in row.note


def test_an_unknown_tenant_is_told(lab: Lab) -> None:
    reconfigure(lab, lab.ids[0], APP)
    [row] = lab.collect(tenants=[APP], feeds=["organization"]).log
    assert (row.outcome, row.error_code) == ("auth_failed", "AADSTS90002")
    assert row.note is not None
    assert "the tenant does not exist in this cloud; check its id" in row.note


@pytest.mark.parametrize(
    ("fault", "outcome", "words"),
    [
        ({"status": 429}, "throttled", "throttled"),
        ({"status": 503}, "unavailable", "HTTP 503"),
        ({"drop": True}, "unavailable", "could not be reached"),
    ],
)
def test_an_authority_in_trouble_is_not_a_wrong_credential(
    lab: Lab, fault: dict[str, Any], outcome: str, words: str
) -> None:
    lab.sandbox.faults.add(path="/token", **fault)
    row = lab.collect_one("organization")
    assert (row.outcome, row.requests) == (outcome, 0)
    assert row.note is not None
    assert words in row.note


@pytest.mark.parametrize(
    "fault", [{"status": 429, "retry_after": 0.2}, {"status": 503}, {"drop": True}], ids=str
)
def test_a_passing_fault_of_the_authority_is_survived(lab: Lab, fault: dict[str, Any]) -> None:
    lab.sandbox.faults.add(path="/token", times=2, **fault)
    assert lab.collect_one("organization").outcome == "ok"


def test_the_token_of_another_tenant_is_not_used(lab: Lab) -> None:
    claims = {"tid": lab.ids[1], "exp": int(time.time()) + 3600}
    parts = [base64.urlsafe_b64encode(orjson.dumps(one)).rstrip(b"=") for one in ({}, claims)]
    token = b".".join([*parts, b"signature"]).decode()
    body = {"token_type": "Bearer", "expires_in": 3599, "access_token": token}
    lab.sandbox.faults.add(
        path=f"{lab.ids[0]}/oauth2/v2.0/token", status=200, body=orjson.dumps(body)
    )
    found = outcomes(lab)
    assert found[lab.ids[0]] == {("auth_failed", "wrong_tenant", 0)}
    assert not lab.surprises(lab.log_of(lab.ids[1]))
    assert {one.tenant_id for one in lab.graph_calls()} == {lab.ids[1]}


@pytest.mark.parametrize(
    ("age", "sign_ins"), [(3_200, 1), (3_320, 2), (3_590, 2)], ids=["young", "near its end", "old"]
)
def test_a_token_that_ends_soon_is_renewed(lab: Lab, wall: Wall, age: int, sign_ins: int) -> None:
    def grow_old(page: dict[str, Any]) -> dict[str, Any]:
        wall.advance(age)
        return page

    lab.sandbox.edits.add(path="subscribedSkus", function=grow_old)
    log = lab.collect(tenants=[lab.ids[0]], feeds=["organization", "subscribed_skus"]).log
    assert sum(row.retries for row in log) == 0
    tokens = [one for one in lab.sandbox.requests if one.path.endswith("/token")]
    assert len(tokens) == sign_ins


def test_an_untrusted_certificate_is_told_at_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconfigure(lab, "ca_bundle: ca.pem\n", "")
    tries: list[float] = []
    original = Connections.sign_in

    def count(self: Connections, seconds: float) -> Any:
        tries.append(seconds)
        return original(self, seconds)

    monkeypatch.setattr(Connections, "sign_in", count)
    row = lab.collect_one("organization")
    assert (row.outcome, row.requests) == ("unavailable", 0)
    assert row.note is not None
    assert "ca_bundle" in row.note
    assert len(tries) == 1


def test_a_certificate_signs_in(lab: Lab) -> None:
    lab.settings = load_config(lab.sandbox.write_config(lab.settings.path, certificate=True))
    assert {tenant.credential.kind for tenant in lab.settings.tenants} == {"certificate"}
    assert not lab.surprises(lab.collect().log)


def test_a_certificate_with_a_password_signs_in(lab: Lab) -> None:
    from cryptography.hazmat.primitives import serialization as form

    pem = lab.sandbox.client_certificate
    key = form.load_pem_private_key(pem, None)
    locked = key.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"opensesame")
    )
    path = lab.sandbox.write_config(lab.settings.path, certificate=True)
    [settings_file] = {tenant.credential.certificate for tenant in load_config(path).tenants}
    assert settings_file is not None
    settings_file.write_bytes(locked + pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    (path.parent / "password.txt").write_text("opensesame\n")
    text = path.read_text()
    name = settings_file.name
    assert f"file: {name}" in text
    indent = next(line for line in text.splitlines() if f"file: {name}" in line)
    indent = indent[: len(indent) - len(indent.lstrip())]
    extra = f"file: {name}\n{indent}password: {{file: password.txt}}"
    path.write_text(text.replace(f"file: {name}", extra))
    lab.settings = load_config(path)
    assert lab.collect_one("organization").outcome == "ok"
    (path.parent / "password.txt").write_text("wrong")
    row = lab.collect_one("subscribed_skus")
    assert (row.outcome, row.requests) == ("auth_failed", 0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("managed_identity", identity.ManagedIdentityCredential),
        ("workload_identity", identity.WorkloadIdentityCredential),
        ("azure_cli", identity.AzureCliCredential),
        ("device_code", identity.DeviceCodeCredential),
        ("default", identity.DefaultAzureCredential),
    ],
)
def test_each_kind_builds_its_credential(tmp_path: Path, kind: str, expected: type) -> None:
    token = tmp_path / "token"
    token.write_text("jwt")
    file = token if kind == "workload_identity" else None
    credential = Credential(kind=kind, client_id=APP, token_file=file)
    tenant = Tenant(APP, None, None, {}, CLOUDS["usgov"], credential)
    transport = Connections(None).sign_in(1.0)
    assert isinstance(build_credential(tenant, transport), expected)


def test_all_tenants_share_one_tls_context(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    original = ssl.SSLContext.__new__

    def count(cls: type, *args: Any, **kwargs: Any) -> Any:
        made.append(1)
        return original(cls, *args, **kwargs)

    monkeypatch.setattr(ssl.SSLContext, "__new__", count)
    lab.collect()
    assert len(made) == 1


def test_the_scope_follows_the_graph_root() -> None:
    assert Cloud("custom", "https://host:8443", "https://login").scope == (
        "https://host:8443/.default"
    )
