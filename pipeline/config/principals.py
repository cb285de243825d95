"""`principals:` of register.yaml: who in a tenant is expected to be as they are, and why."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from pipeline.config.fields import GUID, ConfigError, Group, Trimmed, day, pattern

Role = Literal["emergency", "sync", "service", "partner"]
_SIGN_IN_NAME = re.compile(r"[^@\s]+@[^@\s]+")
_PRINCIPAL = re.compile(f"({GUID.pattern})|({_SIGN_IN_NAME.pattern})")


@dataclass(frozen=True)
class DeclaredPrincipal:
    """One principal, or all that are in one group; ids and sign-in names in lower case."""

    tenant_id: str
    role: Role
    principal: str | None = None
    group: str | None = None
    owner: str | None = None
    reason: str | None = None
    review_by: date | None = None

    @property
    def key(self) -> tuple[str, str | None, str | None]:
        return self.tenant_id, self.principal, self.group


def _principal(value: str) -> str:
    if not _PRINCIPAL.fullmatch(value):
        raise ConfigError("must be an object id or a sign-in name such as admin@contoso.com")
    return value.lower()


def _group(value: str) -> str:
    if not GUID.fullmatch(value):
        raise ConfigError("must be the object id of the group")
    return value.lower()


class PrincipalEntry(Group):
    """One principal or group of one tenant, declared for what it is."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["principal"]}, {"required": ["group"]}]}
    )

    tenant: Trimmed = Field(description="a tenant id, or a name of tenants.yaml")
    principal: (
        Annotated[Trimmed, AfterValidator(_principal), pattern(rf"^\s*({_PRINCIPAL.pattern})\s*$")]
        | None
    ) = Field(None, description="the object id of a principal, or the name a user signs in with")
    group: (
        Annotated[Trimmed, AfterValidator(_group), pattern(rf"^\s*{GUID.pattern}\s*$")] | None
    ) = Field(None, description="the object id of a group, whose members are all declared by it")
    role: Role = Field(description="what it is for: emergency, sync, service or partner")
    owner: Trimmed | None = Field(None, description="the person who answers for it")
    reason: Trimmed | None = Field(None, description="why it is as it is")
    review_by: Annotated[date, BeforeValidator(day)] | None = Field(
        None, description="the day to look at it again, such as 2026-12-31"
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.principal is None) == (self.group is None):
            raise ConfigError("give either principal or group")
        return self
