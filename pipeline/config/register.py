"""register.yaml beside tenants.yaml: who owns an action or an exception, and who is declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from pipeline.config.document import Document
from pipeline.config.fields import GUID, ConfigError, Group, Trimmed, day
from pipeline.config.principals import DeclaredPrincipal, PrincipalEntry
from pipeline.config.yaml_reader import read_yaml

FILE_NAME = "register.yaml"
_SAID = ("owner", "ticket", "reason", "review_by")
_NEAR = 3


@dataclass(frozen=True)
class RegisterEntry:
    """What the register says of one control of one tenant; `control_id` is as written."""

    tenant_id: str
    control_id: str
    owner: str | None = None
    ticket: str | None = None
    reason: str | None = None
    review_by: date | None = None


class ControlEntry(Group):
    """What is said of one control of one tenant."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [name]} for name in _SAID]})

    tenant: Trimmed = Field(description="a tenant id, or a name of tenants.yaml")
    control: Trimmed = Field(description="a control id, such as AdminMFAV2")
    owner: Trimmed | None = Field(None, description="the person who answers for it")
    ticket: Trimmed | None = Field(None, description="where the work is followed")
    reason: Trimmed | None = Field(None, description="why it is as it is")
    review_by: Annotated[date, BeforeValidator(day)] | None = Field(
        None, description="the day to look at it again, such as 2026-12-31"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set.intersection(_SAID):
            raise ConfigError(f"says nothing; give at least one of {', '.join(_SAID)}")
        return self


class RegisterFile(Group):
    """Who owns an action or an exception, and whom a tenant expects to be as they are."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["entries"]}, {"required": ["principals"]}]}
    )

    entries: tuple[ControlEntry, ...] = Field(
        (), description="the list of controls that have an owner"
    )
    principals: tuple[PrincipalEntry, ...] = Field(
        (), description="the list of principals that are declared, such as emergency accounts"
    )

    @model_validator(mode="after")
    def _lists_something(self) -> Self:
        if not self.model_fields_set:
            raise ConfigError("entries: is missing; list controls there, or people in principals")
        return self


@dataclass(frozen=True)
class Register:
    """All that the file says."""

    entries: tuple[RegisterEntry, ...] = ()
    principals: tuple[DeclaredPrincipal, ...] = ()


def load_register(config: Path, tenants: Mapping[str, str | None]) -> Register:
    """The register beside `config`; an empty one where there is no such file.

    `tenants` maps each configured tenant id to its name. Raises UsageError with one line
    `file:line: key: problem` for anything unknown, missing, repeated or of the wrong type.
    """
    path = config.parent / FILE_NAME
    if not path.exists():
        return Register()
    document = read_yaml(path, if_empty="list its entries or remove it")
    file = document.validated(RegisterFile, {})
    return Register(
        _controls(document, file.entries, tenants), _principals(document, file.principals, tenants)
    )


def _controls(
    document: Document, entries: Sequence[ControlEntry], tenants: Mapping[str, str | None]
) -> tuple[RegisterEntry, ...]:
    found: dict[tuple[str, str], RegisterEntry] = {}
    for index, entry in enumerate(entries):
        with document.at("entries", index, "tenant"):
            tenant_id = find_tenant(entry.tenant, tenants)
        key = (tenant_id, entry.control.lower())
        with document.at("entries", index):
            if key in found:
                first = document.where("entries", list(found).index(key))
                raise ConfigError(
                    f"control {entry.control} of this tenant is listed twice, first at {first}"
                )
        said = {name: getattr(entry, name) for name in _SAID}
        found[key] = RegisterEntry(tenant_id, entry.control, **said)
    return tuple(found.values())


def _principals(
    document: Document, entries: Sequence[PrincipalEntry], tenants: Mapping[str, str | None]
) -> tuple[DeclaredPrincipal, ...]:
    found: list[DeclaredPrincipal] = []
    for index, entry in enumerate(entries):
        with document.at("principals", index, "tenant"):
            tenant_id = find_tenant(entry.tenant, tenants)
        declared = DeclaredPrincipal(tenant_id=tenant_id, **entry.model_dump(exclude={"tenant"}))
        with document.at("principals", index):
            keys = [one.key for one in found]
            if declared.key in keys:
                first = document.where("principals", keys.index(declared.key))
                raise ConfigError(
                    f"{declared.principal or declared.group} of this tenant is declared twice, "
                    f"first at {first}"
                )
        found.append(declared)
    return tuple(found)


def find_tenant(wanted: str, tenants: Mapping[str, str | None]) -> str:
    """The id of the configured tenant with this id or name. Raises ConfigError."""
    wanted = wanted.strip()
    if GUID.fullmatch(wanted) and wanted.lower() in tenants:
        return wanted.lower()
    named = [tenant_id for tenant_id, name in tenants.items() if name == wanted]
    if len(named) == 1:
        return named[0]
    if named:
        raise ConfigError(f"{len(named)} tenants are named {wanted!r}; give the id instead")
    raise ConfigError(f"no tenant {wanted!r} in the configuration; {_hint(wanted, tenants)}")


def _hint(wanted: str, tenants: Mapping[str, str | None]) -> str:
    known = [*(name for name in tenants.values() if name), *tenants]
    near = get_close_matches(wanted, known, _NEAR, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else "give its id, or its name as it is there"
