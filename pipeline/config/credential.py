"""The part of tenants.yaml that says how to sign in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.secret import Secret, beside, read_secret
from pipeline.config.yaml_reader import Place

CREDENTIAL_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # kind: (required keys, optional keys)
    "client_secret": (("client_id", "client_secret"), ()),
    "certificate": (("client_id", "certificate"), ()),
    "managed_identity": ((), ("client_id",)),
    "workload_identity": ((), ("client_id", "token_file")),
    "azure_cli": ((), ()),
    "device_code": ((), ("client_id",)),
    "default": ((), ("client_id",)),
}
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Credential:
    """How to sign in: the kind and what it needs; secrets stay references."""

    kind: str
    client_id: str | None = None
    client_secret: Secret | None = None
    certificate: Path | None = None
    certificate_password: Secret | None = None
    token_file: Path | None = None


def read_credential(place: Place, env: Mapping[str, str]) -> Credential:
    """The credential written here; its secrets and files must be there. Else UsageError."""
    known = ("kind", *dict.fromkeys(k for r, o in CREDENTIAL_KEYS.values() for k in (*r, *o)))
    keys = place.group(known)
    if "kind" not in keys:
        place.fail(f"kind: is missing; use one of {', '.join(CREDENTIAL_KEYS)}")
    kind = keys["kind"].choice(tuple(CREDENTIAL_KEYS))
    required, optional = CREDENTIAL_KEYS[kind]
    for name in required:
        if name not in keys:
            place.fail(f"{name}: is missing; kind: {kind} needs it")
    for name, value in keys.items():
        if name not in ("kind", *required, *optional):
            value.fail(f"does not belong to kind: {kind}")
    certificate, password = None, None
    if "certificate" in keys:
        certificate, password = _certificate(keys["certificate"], env)
    secret = keys.get("client_secret")
    return Credential(
        kind=kind,
        client_id=read_guid(keys["client_id"]) if "client_id" in keys else None,
        client_secret=read_secret(secret, env) if secret else None,
        certificate=certificate,
        certificate_password=password,
        token_file=_readable(keys["token_file"]) if "token_file" in keys else None,
    )


def _certificate(place: Place, env: Mapping[str, str]) -> tuple[Path, Secret | None]:
    if not place.is_group:
        place.fail("a certificate is given only by reference: {file: path}")
    keys = place.group(("file", "password"))
    if "file" not in keys:
        place.fail("file: is missing; name the PEM or PFX file with certificate and key")
    password = read_secret(keys["password"], env) if "password" in keys else None
    return _readable(keys["file"]), password


def _readable(place: Place) -> Path:
    path = beside(place)
    try:
        path.open("rb").close()
    except OSError as error:
        place.fail(f"{path} cannot be read: {error.strerror}")
    return path


def read_guid(place: Place) -> str:
    """A GUID in lower case. UsageError for anything else."""
    value = place.text()
    if not GUID.fullmatch(value):
        # The value is not repeated: a secret pasted into the wrong key must not reach a log.
        place.fail("must be a GUID such as 11111111-1111-1111-1111-111111111111")
    return value.lower()
