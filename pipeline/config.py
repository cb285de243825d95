"""tenants.yaml as typed, validated settings."""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.graph.clouds import CLOUD_NAMES, CLOUDS, CUSTOM, Cloud, origin
from pipeline.secrets import Secret, beside, read_secret
from pipeline.yaml_reader import Place, read_yaml

SEGMENTS = ("small_business", "mid_size", "regulated")
PRIVACY_MODES = ("clear", "pseudonym")
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
_LOCATION = ("cloud", "graph_url", "authority", "ca_bundle")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Credential:
    """How to sign in: the kind and what it needs; secrets stay references."""

    kind: str
    client_id: str | None = None
    client_secret: Secret | None = None
    certificate: Path | None = None
    certificate_password: Secret | None = None
    token_file: Path | None = None


@dataclass(frozen=True)
class Tenant:
    """One tenant to read; `tenant_id` is a lower-case GUID."""

    tenant_id: str
    name: str | None
    segment: str | None
    tags: Mapping[str, str]
    cloud: Cloud
    credential: Credential


@dataclass(frozen=True)
class Privacy:
    """`principal_names` is `clear` or `pseudonym`; only then is there a key."""

    principal_names: str = "clear"
    key: Secret | None = None


@dataclass(frozen=True)
class Settings:
    """The whole configuration."""

    path: Path
    tenants: tuple[Tenant, ...]
    privacy: Privacy = field(default_factory=Privacy)


def load_config(path: Path, *, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings written in a tenants.yaml.

    Raises UsageError with one line `file:line: key: problem` for anything unknown, missing,
    repeated or of the wrong type, for a literal secret, and for a secret that cannot be found.
    """
    env = os.environ if environ is None else environ
    root = read_yaml(path)
    keys = root.group((*_LOCATION, "credential", "tenants", "privacy"))
    cloud = _cloud(root, keys) if any(name in keys for name in _LOCATION) else CLOUDS["global"]
    credential = _credential(keys["credential"], env) if "credential" in keys else None
    if "tenants" not in keys:
        root.fail("tenants: is missing; list at least one tenant")
    tenants: dict[str, Tenant] = {}
    for place in keys["tenants"].items():
        tenant = _tenant(place, cloud, credential, env)
        if tenant.tenant_id in tenants:
            place.fail(f"id: tenant {tenant.tenant_id} is listed twice")
        tenants[tenant.tenant_id] = tenant
    if not tenants:
        keys["tenants"].fail("is empty; list at least one tenant")
    privacy = _privacy(keys["privacy"], env) if "privacy" in keys else Privacy()
    return Settings(path, tuple(tenants.values()), privacy)


def _tenant(
    place: Place, cloud: Cloud, credential: Credential | None, env: Mapping[str, str]
) -> Tenant:
    keys = place.group(("id", "name", "segment", "tags", "credential", *_LOCATION))
    if "id" not in keys:
        place.fail("id: is missing; every tenant needs its tenant id (a GUID)")
    if any(name in keys for name in _LOCATION):
        cloud = _cloud(place, keys, cloud)
    if "credential" in keys:
        credential = _credential(keys["credential"], env)
    if credential is None:
        place.fail("credential: is missing here and at the top of the file")
    tags = keys["tags"].group() if "tags" in keys else {}
    return Tenant(
        tenant_id=_guid(keys["id"]),
        name=keys["name"].text() if "name" in keys else None,
        segment=keys["segment"].choice(SEGMENTS) if "segment" in keys else None,
        tags={name: value.text() for name, value in tags.items()},
        cloud=cloud,
        credential=credential,
    )


def _cloud(place: Place, keys: Mapping[str, Place], default: Cloud | None = None) -> Cloud:
    """The cloud named here; what is left out of a custom one comes from the file's default."""
    inherited = default.name if default else "global"
    name = keys["cloud"].choice(CLOUD_NAMES) if "cloud" in keys else inherited
    bundle = _ca_bundle(keys["ca_bundle"]) if "ca_bundle" in keys else None
    base = default if default and default.name == name else CLOUDS.get(name)
    if bundle is None and base is not None:
        bundle = base.ca_bundle
    if name != CUSTOM:
        for key in ("graph_url", "authority"):
            if key in keys:
                keys[key].fail("is only for cloud: custom")
        return Cloud(name, CLOUDS[name].graph_url, CLOUDS[name].authority, bundle)
    urls: dict[str, str] = {}
    for key in ("graph_url", "authority"):
        if key in keys:
            urls[key] = _url(keys[key], loopback_http=key == "graph_url")
        elif base is not None:
            urls[key] = getattr(base, key)
        else:
            place.fail(f"{key}: is missing; cloud: custom needs graph_url and authority")
    return Cloud(name, urls["graph_url"], urls["authority"], bundle)


def _url(place: Place, *, loopback_http: bool) -> str:
    value = place.text().rstrip("/")
    try:
        origin(value)
    except ValueError:
        place.fail("must be a URL such as https://host:8443")
    parts = urlsplit(value)
    local = loopback_http and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if (parts.scheme != "https" and not local) or parts.query or parts.fragment:
        place.fail("must be an https URL without a query, such as https://host:8443")
    return value


def _ca_bundle(place: Place) -> Path:
    path = beside(place)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        place.fail(f"{path} holds no PEM certificate")
    except OSError as error:
        place.fail(f"{path} cannot be read: {error.strerror}")
    return path


def _credential(place: Place, env: Mapping[str, str]) -> Credential:
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
        client_id=_guid(keys["client_id"]) if "client_id" in keys else None,
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


def _privacy(place: Place, env: Mapping[str, str]) -> Privacy:
    keys = place.group(("principal_names", "key"))
    mode = keys["principal_names"].choice(PRIVACY_MODES) if "principal_names" in keys else "clear"
    if mode == "clear":
        return Privacy()
    if "key" not in keys:
        place.fail("key: is missing; pseudonyms need a secret key: {env: NAME} or {file: path}")
    return Privacy(mode, read_secret(keys["key"], env))


def _guid(place: Place) -> str:
    value = place.text()
    if not _GUID.fullmatch(value):
        # The value is not repeated: a secret pasted into the wrong key must not reach a log.
        place.fail("must be a GUID such as 11111111-1111-1111-1111-111111111111")
    return value.lower()
