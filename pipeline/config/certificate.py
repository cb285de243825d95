"""A certificate with its key, looked into when the configuration is read: each mistake in words."""

import re
from pathlib import Path
from typing import Any

from pipeline.config.fields import ConfigError

_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_CERTIFICATE = re.compile(rb"-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----")
_ENCRYPTED = re.compile(rb"-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED", re.M)
_DER = b"\x30"
_WRONG = "is wrong: it does not open {path}"


def check_certificate(path: Path, password: str | None) -> None:
    """Raise ConfigError for a file that nobody can sign in with, at the key that is to change."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", key="file") from None
    secret = password.encode() if password else None
    if b"-----BEGIN" in content:
        key, certificates = _of_pem(path, content, secret)
    elif content.startswith(_DER):
        key, certificates = _of_pfx(path, content, secret)
    else:
        raise ConfigError(f"{path} is neither a PEM nor a PFX file", key="file")
    _check_pair(path, key, certificates)


def _of_pem(path: Path, content: bytes, secret: bytes | None) -> tuple[Any, list[Any]]:
    from cryptography import x509

    if not _KEY.search(content):
        raise ConfigError(f"{path} holds no private key; add it to the certificate", key="file")
    if not _CERTIFICATE.search(content):
        raise ConfigError(f"{path} holds no certificate; add it to the key", key="file")
    key = _key_of_pem(path, content, secret)
    try:
        return key, x509.load_pem_x509_certificates(content)
    except ValueError:
        raise ConfigError(f"the certificate in {path} is damaged", key="file") from None


def _key_of_pem(path: Path, content: bytes, secret: bytes | None) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    is_encrypted = _ENCRYPTED.search(content) is not None
    if is_encrypted and secret is None:
        problem = f"the key in {path} is encrypted; add password: {{env: NAME}} or {{file: path}}"
        raise ConfigError(problem, key="file")
    if secret is not None and not is_encrypted:
        raise ConfigError(f"the key in {path} is not encrypted; leave this out", key="password")
    try:
        return load_pem_private_key(content, secret)
    except UnsupportedAlgorithm:
        raise ConfigError(f"the key in {path} is of no kind known here", key="file") from None
    except (ValueError, TypeError):
        if is_encrypted:
            raise ConfigError(_WRONG.format(path=path), key="password") from None
        raise ConfigError(f"the private key in {path} is damaged", key="file") from None


def _of_pfx(path: Path, content: bytes, secret: bytes | None) -> tuple[Any, list[Any]]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        key, certificate, more = pkcs12.load_key_and_certificates(content, secret)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unopened(path, content, secret, str(error)) from None
    if key is None:
        raise ConfigError(f"{path} holds no private key; export it with its key", key="file")
    if certificate is None:
        raise ConfigError(f"{path} holds no certificate of its key", key="file")
    return key, [certificate, *more]


def _unopened(path: Path, content: bytes, secret: bytes | None, said: str) -> ConfigError:
    from cryptography import x509

    try:
        x509.load_der_x509_certificate(content)
    except ValueError:
        pass
    else:
        return ConfigError(
            f"{path} holds no private key; export it as PFX with its key", key="file"
        )
    if "password" not in said.lower():
        return ConfigError(f"{path} is neither a PEM nor a PFX file", key="file")
    if secret is None:
        problem = f"{path} is encrypted; add password: {{env: NAME}} or {{file: path}}"
        return ConfigError(problem, key="file")
    return ConfigError(_WRONG.format(path=path), key="password")


def _check_pair(path: Path, key: Any, certificates: list[Any]) -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(f"the key in {path} is no RSA key; Entra takes no other", key="file")
    public = key.public_key()
    matching = [one.public_key() == public for one in certificates]
    if not any(matching):
        problem = f"the key in {path} does not belong to the certificate beside it"
        raise ConfigError(problem, key="file")
    if not matching[0]:
        problem = f"the certificate of the key must be the first in {path}"
        raise ConfigError(problem, key="file")
