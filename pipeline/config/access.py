"""`access:` of tenants.yaml: who may see which tenants in the Power BI model of them all."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from pipeline.config.document import Document
from pipeline.config.fields import ConfigError, Group, Text, Trimmed, pattern
from pipeline.config.register import find_tenant

_ALL = "all"
_ADDRESS = re.compile(r"[^@\s]{1,113}@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class AccessGrant:
    """One person, by the lower-case name they sign in with, and the ids of their tenants.

    `has_all_tenants` says that the file lets them see `all`, and so what is said of all together.
    """

    user_principal_name: str
    tenant_ids: tuple[str, ...]
    has_all_tenants: bool = False


def _user(name: str) -> str:
    if not _ADDRESS.fullmatch(name):
        raise ConfigError("must be a name to sign in with, such as anna@provider.example")
    return name.lower()


def _none_if_all(value: object) -> object:
    if isinstance(value, str):
        if value.strip() != _ALL:
            raise ConfigError("must be all, or a list of tenant ids or names")
        return None
    return value


_LISTED_OR_ALL = {
    "anyOf": [{"const": _ALL}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}


class AccessEntry(Group):
    """One person and the tenants they may see."""

    user: Annotated[Trimmed, AfterValidator(_user), pattern(rf"^\s*{_ADDRESS.pattern}\s*$")] = (
        Field(description="the name a person signs in with, such as anna@provider.example")
    )
    tenants: Annotated[
        Annotated[tuple[Text, ...], Field(min_length=1)] | None,
        BeforeValidator(_none_if_all),
        WithJsonSchema(_LISTED_OR_ALL),
    ] = Field(description="a list of tenant ids or names, or the word all")


def resolve_access(
    document: Document, entries: Iterable[AccessEntry], tenants: Mapping[str, str | None]
) -> tuple[AccessGrant, ...]:
    """The people listed, each with the tenants they may see; `all` is every configured one.

    `tenants` maps each configured tenant id to its name. Raises UsageError with one line
    `file:line: key: problem` for an unknown tenant and for what is listed twice.
    """
    found: dict[str, AccessGrant] = {}
    for index, entry in enumerate(entries):
        with document.at("access", index):
            if entry.user in found:
                first = document.where("access", list(found).index(entry.user))
                raise ConfigError(f"user: {entry.user} is listed twice, first at {first}")
        ids = list(tenants) if entry.tenants is None else []
        for position, wanted in enumerate(entry.tenants or ()):
            with document.at("access", index, "tenants", position):
                ids.append(find_tenant(wanted, tenants))
                if ids[-1] in ids[:-1]:
                    raise ConfigError(f"tenant {ids[-1]} is listed twice for this user")
        found[entry.user] = AccessGrant(entry.user, tuple(sorted(ids)), entry.tenants is None)
    return tuple(found.values())
