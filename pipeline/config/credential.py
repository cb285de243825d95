"""The part of tenants.yaml that says how to sign in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from pipeline.config.certificate import check_certificate
from pipeline.config.fields import ConfigError, Group, Guid, ReadableFile
from pipeline.config.secret import Secret

_KEYS_OF_KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # kind: (required keys, optional keys)
    "client_secret": (("client_id", "client_secret"), ()),
    "certificate": (("client_id", "certificate"), ()),
    "managed_identity": ((), ("client_id",)),
    "workload_identity": ((), ("client_id", "token_file")),
    "azure_cli": ((), ()),
    "device_code": ((), ("client_id",)),
    "default": ((), ("client_id",)),
}


class Certificate(Group):
    """A certificate by reference: {file: path}."""

    if_no_group: ClassVar = "a certificate is given only by reference: {file: path}"

    file: ReadableFile = Field(description="the PEM or PFX file with certificate and key")
    password: Secret | None = Field(None, description="what the file is encrypted with")

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        check_certificate(self.file, self.password.reveal() if self.password else None)
        return self


def _one_kind_each(schema: dict[str, Any]) -> None:
    schema["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {
                "required": list(required),
                "propertyNames": {"enum": ["kind", *required, *optional]},
            },
        }
        for kind, (required, optional) in _KEYS_OF_KINDS.items()
    ]


class Credential(Group):
    """How to sign in: the kind and what it needs; secrets stay references."""

    model_config = ConfigDict(json_schema_extra=_one_kind_each)

    kind: Literal[
        "client_secret",
        "certificate",
        "managed_identity",
        "workload_identity",
        "azure_cli",
        "device_code",
        "default",
    ] = Field(description=f"one of {', '.join(_KEYS_OF_KINDS)}")
    client_id: Guid | None = Field(None, description="the application (client) id, a GUID")
    client_secret: Secret | None = Field(None, description="the secret's value, by reference")
    certificate_file: Certificate | None = Field(
        None, alias="certificate", description="the certificate with its key, by reference"
    )
    token_file: ReadableFile | None = Field(None, description="the file with the federated token")

    @property
    def certificate(self) -> Path | None:
        return self.certificate_file.file if self.certificate_file else None

    @property
    def certificate_password(self) -> Secret | None:
        return self.certificate_file.password if self.certificate_file else None


def _of_its_kind(data: Any, read: ValidatorFunctionWrapHandler) -> Credential:
    credential: Credential = read(data)
    required, optional = _KEYS_OF_KINDS[credential.kind]
    for name in required:
        if name not in data:
            raise ConfigError(f"{name}: is missing; kind: {credential.kind} needs it")
    for name in data:
        if name not in ("kind", *required, *optional):
            raise ConfigError(f"does not belong to kind: {credential.kind}", key=name)
    return credential


WrittenCredential = Annotated[Credential, WrapValidator(_of_its_kind)]
