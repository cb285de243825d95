"""What tenants.yaml and the files of tenants.d may say."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from pipeline.config.access import AccessEntry
from pipeline.config.bounds import Bounds
from pipeline.config.branding import Provider
from pipeline.config.cloud import CloudKeys
from pipeline.config.credential import WrittenCredential
from pipeline.config.fields import ConfigError, Group, Guid, Text
from pipeline.config.maintenance import Maintenance
from pipeline.config.secret import Secret


def _if_pseudonym(
    value: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> Secret | None:
    key: Secret | None = None
    if info.data.get("principal_names") == "pseudonym":
        key = read(value)
    return key


class Privacy(Group):
    """How the names of people are written; the key is read only where they are replaced."""

    principal_names: Literal["clear", "pseudonym"] = Field(
        "clear", description="clear, or pseudonym: names are replaced before anything is written"
    )
    key: Annotated[Secret | None, WrapValidator(_if_pseudonym)] = Field(
        None, description="the secret that pseudonyms are made with"
    )

    @model_validator(mode="after")
    def _has_its_key(self) -> Self:
        if self.principal_names == "pseudonym" and self.key is None:
            raise ConfigError(
                "key: is missing; pseudonyms need a secret key: {env: NAME} or {file: path}"
            )
        return self


class _Defaults(CloudKeys):
    credential: WrittenCredential | None = Field(None, description="how to sign in")


class TenantEntry(_Defaults):
    """One tenant to read; what stands here replaces what the file says for all of them."""

    id: Guid = Field(description="the tenant id, a GUID")
    name: Text | None = Field(None, description="by default the organisation's own name")
    segment: Literal["small_business", "mid_size", "regulated"] | None = Field(
        None, description="small_business, mid_size or regulated"
    )
    tags: dict[str, Text] = Field({}, description="your own words to group tenants by")


class TenantsFile(_Defaults):
    """Which tenants to read, and how to sign in. Paths are relative to this file."""

    tenants: tuple[TenantEntry, ...] = Field((), description="the tenants to read")
    privacy: Privacy = Field(Privacy(), description="how the names of people are written")
    access: tuple[AccessEntry, ...] = Field(
        (), description="who may see which tenants in the Power BI model of them all"
    )
    limits: Bounds = Field(Bounds(), description="what a tenant may cost a run at most")
    maintenance: Maintenance = Field(Maintenance(), description="what a run does at its end")
    provider: Provider = Field(Provider(), description="whose name and logo the report carries")


class ClientFile(_Defaults):
    """A file of tenants.d; its defaults are for its own tenants."""

    elsewhere: ClassVar = dict.fromkeys(
        ("privacy", "limits", "maintenance"), "holds for all tenants and belongs into the main file"
    )

    tenants: tuple[TenantEntry, ...] = Field(min_length=1, description="the list of its tenants")
