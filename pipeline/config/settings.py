"""tenants.yaml, with tenants.d/*.yaml and register.yaml beside it, as validated settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config.access import AccessGrant, resolve_access
from pipeline.config.bounds import Bounds
from pipeline.config.branding import Branding
from pipeline.config.cloud import CLOUDS, Cloud
from pipeline.config.credential import Credential
from pipeline.config.document import Document
from pipeline.config.fields import ConfigError
from pipeline.config.maintenance import Maintenance
from pipeline.config.register import Register, load_register
from pipeline.config.tenants_file import (
    ClientFile,
    Privacy,
    TenantEntry,
    TenantsFile,
)
from pipeline.config.yaml_reader import read_yaml
from pipeline.errors import UsageError

__all__ = ["Credential", "Privacy", "Settings", "Tenant", "load_config", "tenants_folder"]


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
class Settings:
    """The whole configuration; `path` is the main file."""

    path: Path
    tenants: tuple[Tenant, ...]
    privacy: Privacy = field(default_factory=Privacy)
    register: Register = field(default_factory=Register)
    access: tuple[AccessGrant, ...] = ()
    branding: Branding = field(default_factory=Branding)
    bounds: Bounds = field(default_factory=Bounds)
    maintenance: Maintenance = field(default_factory=Maintenance)


@dataclass(frozen=True)
class _Found:
    """The tenants of the files read so far, and where each is listed."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        document: Document,
        file: TenantsFile | ClientFile,
        cloud: Cloud = CLOUDS["global"],
        credential: Credential | None = None,
    ) -> tuple[Cloud, Credential | None]:
        """Add a file's tenants to those found; returns what it says for all of them.

        `cloud` and `credential` are what the file before it says.
        """
        with document.at():
            defaults = file.over(cloud), file.credential or credential
        for index, entry in enumerate(file.tenants):
            with document.at("tenants", index):
                self._add(entry, *defaults)
            self.places[entry.id] = document.where("tenants", index)
        return defaults

    def _add(self, entry: TenantEntry, cloud: Cloud, default: Credential | None) -> None:
        if entry.id in self.tenants:
            first = self.places[entry.id]
            raise ConfigError(f"id: tenant {entry.id} is listed twice, first at {first}")
        credential = entry.credential or default
        if credential is None:
            raise ConfigError("credential: is missing here and at the top of the file")
        self.tenants[entry.id] = Tenant(
            entry.id, entry.name, entry.segment, entry.tags, entry.over(cloud), credential
        )


def load_config(path: Path, *, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings written in a tenants.yaml, in tenants.d/*.yaml and register.yaml beside it.

    A file of tenants.d lists tenants as the main one does, may carry its own defaults for them
    and inherits the main file's. Raises UsageError with one line `file:line: key: problem` for
    anything unknown, missing, repeated or of the wrong type, for a literal secret, and for a
    secret that cannot be found.
    """
    env = os.environ if environ is None else environ
    document = read_yaml(path)
    main = document.validated(TenantsFile, env)
    found = _Found()
    defaults = found.add(document, main)
    for file in _client_files(path):
        client = read_yaml(file, if_empty="list its tenants or remove it")
        found.add(client, client.validated(ClientFile, env), *defaults)
    if not found.tenants:
        hint = f"list at least one tenant, here or in {tenants_folder(path).name}/*.yaml"
        if "tenants" in main.model_fields_set:
            document.refuse(ConfigError(f"is empty; {hint}"), "tenants")
        document.refuse(ConfigError(f"tenants: is missing; {hint}"))
    names = {one.tenant_id: one.name for one in found.tenants.values()}
    return Settings(
        path,
        tuple(found.tenants.values()),
        main.privacy,
        load_register(path, names),
        resolve_access(document, main.access, names),
        main.provider.branding(),
        main.limits,
        main.maintenance,
    )


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
