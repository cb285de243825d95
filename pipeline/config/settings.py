"""tenants.yaml, with tenants.d/*.yaml and register.yaml beside it, as validated settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config.access import AccessGrant, read_access
from pipeline.config.branding import Branding, read_branding
from pipeline.config.cloud import CLOUD_KEYS, CLOUDS, Cloud, read_cloud
from pipeline.config.credential import Credential, read_credential, read_guid
from pipeline.config.register import RegisterEntry, read_register
from pipeline.config.secret import Secret, read_secret
from pipeline.config.yaml_reader import Place, read_yaml
from pipeline.errors import UsageError

__all__ = ["Credential", "Privacy", "Settings", "Tenant", "load_config", "tenants_folder"]

SEGMENTS = ("small_business", "mid_size", "regulated")
PRIVACY_MODES = ("clear", "pseudonym")
_DEFAULTS = (*CLOUD_KEYS, "credential")


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
    """The whole configuration; `path` is the main file."""

    path: Path
    tenants: tuple[Tenant, ...]
    privacy: Privacy = field(default_factory=Privacy)
    register: tuple[RegisterEntry, ...] = ()
    access: tuple[AccessGrant, ...] = ()
    branding: Branding = field(default_factory=Branding)


@dataclass(frozen=True)
class _Defaults:
    """What a file says for all its tenants."""

    cloud: Cloud = CLOUDS["global"]
    credential: Credential | None = None

    def replaced(
        self, place: Place, keys: Mapping[str, Place], env: Mapping[str, str]
    ) -> "_Defaults":
        """These defaults with what stands here instead."""
        cloud, credential = self.cloud, self.credential
        if any(name in keys for name in CLOUD_KEYS):
            cloud = read_cloud(place, keys, cloud)
        if "credential" in keys:
            credential = read_credential(keys["credential"], env)
        return _Defaults(cloud, credential)


def load_config(path: Path, *, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings written in a tenants.yaml, in tenants.d/*.yaml and register.yaml beside it.

    A file of tenants.d lists tenants as the main one does, may carry its own defaults for them
    and inherits the main file's. Raises UsageError with one line `file:line: key: problem` for
    anything unknown, missing, repeated or of the wrong type, for a literal secret, and for a
    secret that cannot be found.
    """
    env = os.environ if environ is None else environ
    root = read_yaml(path)
    keys = root.group((*_DEFAULTS, "tenants", "privacy", "access", "provider"))
    defaults = _Defaults().replaced(root, keys, env)
    tenants: dict[str, tuple[Tenant, Place]] = {}
    if "tenants" in keys:
        _add_tenants(tenants, keys["tenants"], defaults, env)
    for file in _client_files(path):
        _add_client_file(tenants, file, defaults, env)
    if not tenants:
        hint = f"list at least one tenant, here or in {tenants_folder(path).name}/*.yaml"
        if "tenants" in keys:
            keys["tenants"].fail(f"is empty; {hint}")
        root.fail(f"tenants: is missing; {hint}")
    privacy = _privacy(keys["privacy"], env) if "privacy" in keys else Privacy()
    names = {one.tenant_id: one.name for one, _ in tenants.values()}
    register = read_register(path, names)
    access = read_access(keys["access"], names) if "access" in keys else ()
    branding = read_branding(keys["provider"]) if "provider" in keys else Branding()
    listed = tuple(one for one, _ in tenants.values())
    return Settings(path, listed, privacy, register, access, branding)


def tenants_folder(path: Path) -> Path:
    """Where more tenants are listed, a file a client or group of them."""
    return path.parent / "tenants.d"


def _client_files(path: Path) -> list[Path]:
    """The YAML files of tenants.d by name; hidden ones are an editor's or a system's own."""
    folder = tenants_folder(path)
    try:
        names = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}") from None
    return [entry for entry in names if entry.suffix.lower() in (".yaml", ".yml")]


def _add_client_file(
    tenants: dict[str, tuple[Tenant, Place]],
    file: Path,
    defaults: _Defaults,
    env: Mapping[str, str],
) -> None:
    root = read_yaml(file, if_empty="list its tenants or remove it")
    keys = root.group((*_DEFAULTS, "tenants", "privacy"))
    if "privacy" in keys:
        keys["privacy"].fail("holds for all tenants and belongs into the main file")
    if "tenants" not in keys:
        root.fail("tenants: is missing; list at least one tenant")
    before = len(tenants)
    _add_tenants(tenants, keys["tenants"], defaults.replaced(root, keys, env), env)
    if len(tenants) == before:
        keys["tenants"].fail("is empty; list at least one tenant or remove the file")


def _add_tenants(
    tenants: dict[str, tuple[Tenant, Place]],
    listed: Place,
    defaults: _Defaults,
    env: Mapping[str, str],
) -> None:
    for place in listed.items():
        tenant = _tenant(place, defaults, env)
        if tenant.tenant_id in tenants:
            first = tenants[tenant.tenant_id][1].where
            place.fail(f"id: tenant {tenant.tenant_id} is listed twice, first at {first}")
        tenants[tenant.tenant_id] = (tenant, place)


def _tenant(place: Place, defaults: _Defaults, env: Mapping[str, str]) -> Tenant:
    keys = place.group(("id", "name", "segment", "tags", *_DEFAULTS))
    if "id" not in keys:
        place.fail("id: is missing; every tenant needs its tenant id (a GUID)")
    own = defaults.replaced(place, keys, env)
    if own.credential is None:
        place.fail("credential: is missing here and at the top of the file")
    tags = keys["tags"].group() if "tags" in keys else {}
    return Tenant(
        tenant_id=read_guid(keys["id"]),
        name=keys["name"].text() if "name" in keys else None,
        segment=keys["segment"].choice(SEGMENTS) if "segment" in keys else None,
        tags={name: value.text() for name, value in tags.items()},
        cloud=own.cloud,
        credential=own.credential,
    )


def _privacy(place: Place, env: Mapping[str, str]) -> Privacy:
    keys = place.group(("principal_names", "key"))
    mode = keys["principal_names"].choice(PRIVACY_MODES) if "principal_names" in keys else "clear"
    if mode == "clear":
        return Privacy()
    if "key" not in keys:
        place.fail("key: is missing; pseudonyms need a secret key: {env: NAME} or {file: path}")
    return Privacy(mode, read_secret(keys["key"], env))
