"""A certificate that nobody can sign in with is told when the configuration is read."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from pipeline.config.settings import load_config
from pipeline.errors import UsageError
from pipeline.sandbox.protocol.certificates import client_certificate

from .conftest import Lab
from .test_config import APP, ONE

PASSWORD = "open sesame é"
OTHER = "22222222-2222-2222-2222-222222222222"
ENVIRON = {"RIGHT": PASSWORD, "WRONG": "shut", "POSTURE_CLIENT_SECRET": "s"}


class Made:
    """A key with its certificate, and another pair, in every form that a file may have."""

    def __init__(self) -> None:
        self.pem, self.other = client_certificate("app"), client_certificate("other")
        self.cut = self.pem.index(b"-----BEGIN CERTIFICATE")
        self.key_alone, self.certificate_alone = self.pem[: self.cut], self.pem[self.cut :]
        self.key = form.load_pem_private_key(self.pem, None)
        self.certificate = x509.load_pem_x509_certificate(self.pem)
        self.other_certificate = self.other[self.other.index(b"-----BEGIN CERTIFICATE") :]

    def locked(self, kind: form.PrivateFormat = form.PrivateFormat.PKCS8) -> bytes:
        lock = form.BestAvailableEncryption(PASSWORD.encode())
        return self.key.private_bytes(form.Encoding.PEM, kind, lock)

    def pfx(self, *, password: str | None = PASSWORD, key: bool = True) -> bytes:
        lock = form.BestAvailableEncryption(password.encode()) if password else form.NoEncryption()
        return pkcs12.serialize_key_and_certificates(
            b"app",
            self.key if key else None,  # type: ignore[arg-type]
            self.certificate,
            None,
            lock,
        )


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


Content = Callable[[Made], bytes]
OPENSSL = form.PrivateFormat.TraditionalOpenSSL
GOOD: Mapping[str, tuple[Content, str | None]] = {
    "PEM": (lambda one: one.pem, None),
    "PEM, certificate first": (lambda one: one.certificate_alone + one.key_alone, None),
    "PEM, encrypted": (lambda one: one.locked() + one.certificate_alone, "RIGHT"),
    "PEM, encrypted the old way": (
        lambda one: one.locked(OPENSSL) + one.certificate_alone,
        "RIGHT",
    ),
    "PEM with its chain": (lambda one: one.pem + one.other_certificate, None),
    "PFX": (lambda one: one.pfx(), "RIGHT"),
    "PFX without password": (lambda one: one.pfx(password=None), None),
}
MISTAKES: Mapping[str, tuple[Content, str | None, str]] = {
    # what is wrong: (content, variable of the password, what is said of which key)
    "encrypted without password": (
        lambda one: one.locked() + one.certificate_alone,
        None,
        "file: the key in {path} is encrypted; add password: {{env: NAME}} or {{file: path}}",
    ),
    "encrypted the old way without password": (
        lambda one: one.locked(OPENSSL) + one.certificate_alone,
        None,
        "file: the key in {path} is encrypted; add password: {{env: NAME}} or {{file: path}}",
    ),
    "wrong password": (
        lambda one: one.locked() + one.certificate_alone,
        "WRONG",
        "password: is wrong: it does not open {path}",
    ),
    "wrong password, the old way": (
        lambda one: one.locked(OPENSSL) + one.certificate_alone,
        "WRONG",
        "password: is wrong: it does not open {path}",
    ),
    "password for nothing": (
        lambda one: one.pem,
        "RIGHT",
        "password: the key in {path} is not encrypted; leave this out",
    ),
    "certificate alone": (
        lambda one: one.certificate_alone,
        None,
        "file: {path} holds no private key; add it to the certificate",
    ),
    "key alone": (
        lambda one: one.key_alone,
        None,
        "file: {path} holds no certificate; add it to the key",
    ),
    "encrypted key alone": (
        lambda one: one.locked(),
        "RIGHT",
        "file: {path} holds no certificate; add it to the key",
    ),
    "key of another": (
        lambda one: one.key_alone + one.other_certificate,
        None,
        "file: the key in {path} does not belong to the certificate beside it",
    ),
    "chain before the certificate": (
        lambda one: one.other_certificate + one.pem,
        None,
        "file: the certificate of the key must be the first in {path}",
    ),
    "elliptic key": (
        lambda one: (
            ec.generate_private_key(ec.SECP256R1()).private_bytes(
                form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
            )
            + one.certificate_alone
        ),
        None,
        "file: the key in {path} is no RSA key; Entra takes no other",
    ),
    "damaged key": (
        lambda one: one.pem.replace(one.pem[100:200], b"A" * 100),
        None,
        "file: the private key in {path} is damaged",
    ),
    "damaged certificate": (
        lambda one: one.key_alone + one.certificate_alone.replace(b"MII", b"AAA", 1),
        None,
        "file: the certificate in {path} is damaged",
    ),
    "text": (lambda one: b"hello", None, "file: {path} is neither a PEM nor a PFX file"),
    "empty": (lambda one: b"", None, "file: {path} is neither a PEM nor a PFX file"),
    "cut PFX": (
        lambda one: one.pfx()[:99],
        "RIGHT",
        "file: {path} is neither a PEM nor a PFX file",
    ),
    "PFX without password": (
        lambda one: one.pfx(),
        None,
        "file: {path} is encrypted; add password: {{env: NAME}} or {{file: path}}",
    ),
    "PFX with a wrong password": (
        lambda one: one.pfx(),
        "WRONG",
        "password: is wrong: it does not open {path}",
    ),
    "PFX without a key": (
        lambda one: one.pfx(key=False),
        "RIGHT",
        "file: {path} holds no private key; export it with its key",
    ),
    "DER certificate": (
        lambda one: one.certificate.public_bytes(form.Encoding.DER),
        None,
        "file: {path} holds no private key; export it as PFX with its key",
    ),
}


def configured(folder: Path, content: bytes | None, password: str | None) -> Path:
    """Two tenants: the first signs in with this certificate, nothing is wrong with the other."""
    if content is not None:
        (folder / "app.pem").write_bytes(content)
    reference = f"\n        password: {{env: {password}}}" if password else ""
    path = folder / "tenants.yaml"
    path.write_text(f"""\
credential: {{kind: client_secret, client_id: {APP}, client_secret: {{env: POSTURE_CLIENT_SECRET}}}}
tenants:
  - id: {ONE}
    credential:
      kind: certificate
      client_id: {APP}
      certificate:
        file: app.pem{reference}
  - id: {OTHER}
""")
    return path


@pytest.mark.parametrize("name", GOOD)
def test_a_certificate_in_any_usual_form_is_read(made: Made, tmp_path: Path, name: str) -> None:
    content, password = GOOD[name]
    path = configured(tmp_path, content(made), password)
    first, second = load_config(path, environ=ENVIRON).tenants
    assert first.credential.certificate == tmp_path / "app.pem"
    assert second.credential.kind == "client_secret"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_certificate_that_cannot_be_used_is_told_with_its_line(
    made: Made, tmp_path: Path, name: str
) -> None:
    content, password, said = MISTAKES[name]
    path = configured(tmp_path, content(made), password)
    with pytest.raises(UsageError) as refused:
        load_config(path, environ=ENVIRON)
    key, _, problem = said.partition(": ")
    line = 8 if key == "file" else 9
    problem = problem.format(path=tmp_path / "app.pem")
    assert (
        str(refused.value) == f"{path}:{line}: tenants[0].credential.certificate.{key}: {problem}"
    )
    assert PASSWORD not in str(refused.value)


def test_a_certificate_that_is_gone_is_told_with_its_line(tmp_path: Path) -> None:
    path = configured(tmp_path, None, None)
    with pytest.raises(UsageError, match=r"yaml:8: .*certificate\.file: .*app\.pem cannot be read"):
        load_config(path, environ=ENVIRON)


@pytest.mark.parametrize("name", ["certificate alone", "encrypted without password", "empty"])
def test_a_certificate_that_was_exchanged_since_is_told_by_its_tenant_alone(
    lab: Lab, made: Made, name: str
) -> None:
    lab.settings = load_config(lab.sandbox.write_config(lab.settings.path, certificate=True))
    [file] = {tenant.credential.certificate for tenant in lab.settings.tenants}
    assert file is not None
    content, _, said = MISTAKES[name]
    file.write_bytes(content(made))
    row = lab.collect_one("organization")
    assert (row.outcome, row.requests) == ("auth_failed", 0)
    assert said.format(path=file) in str(row.note)
