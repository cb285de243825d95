"""The credential of a tenant, as azure-identity has it."""

import sys
from typing import Any

from pipeline.config.certificate import check_certificate
from pipeline.config.cloud import CUSTOM
from pipeline.config.fields import ConfigError
from pipeline.config.settings import Credential, Tenant
from pipeline.errors import UsageError
from pipeline.graph.connections import SignInTransport


def build_credential(tenant: Tenant, transport: SignInTransport) -> Any:
    """The azure-identity credential of a tenant. Raises UsageError for an unusable certificate."""
    from azure import identity  # 200 modules, and 150 ms that reading a configuration can spare

    credential, tenant_id = tenant.credential, tenant.tenant_id
    options: dict[str, Any] = {
        "authority": tenant.cloud.authority,
        "transport": transport,
        # Tries are counted and bounded here; azure-core would wait on its own as well.
        "retry_total": 0,
        "disable_instance_discovery": tenant.cloud.name == CUSTOM,
    }
    application = credential.client_id or ""
    optional: dict[str, Any] = {"client_id": application} if application else {}
    match credential.kind:
        case "client_secret":
            assert credential.client_secret is not None
            secret = credential.client_secret.reveal()
            return identity.ClientSecretCredential(tenant_id, application, secret, **options)
        case "certificate":
            assert credential.certificate is not None
            options["password"] = _password(credential)
            # Looked into again: the file may have changed since the configuration was read.
            try:
                check_certificate(credential.certificate, options["password"])
            except ConfigError as error:
                raise UsageError(f"certificate: {error.key}: {error}") from None
            path = str(credential.certificate)
            return identity.CertificateCredential(tenant_id, application, path, **options)
        case "managed_identity":
            return identity.ManagedIdentityCredential(transport=transport, **optional)
        case "workload_identity":
            if credential.token_file:
                options["token_file_path"] = str(credential.token_file)
            return identity.WorkloadIdentityCredential(tenant_id=tenant_id, **optional, **options)
        case "azure_cli":
            return identity.AzureCliCredential(tenant_id=tenant_id)
        case "device_code":
            options |= {"prompt_callback": _show_code, **optional}
            return identity.DeviceCodeCredential(tenant_id=tenant_id, **options)
        case _:
            return identity.DefaultAzureCredential(
                managed_identity_client_id=credential.client_id,
                workload_identity_tenant_id=tenant_id,
                additionally_allowed_tenants=["*"],
                **options,
            )


def _password(credential: Credential) -> str | None:
    secret = credential.certificate_password
    return secret.reveal() if secret else None


def _show_code(url: str, code: str, _expires: object) -> None:
    print(f"To sign in, open {url} and enter the code {code}", file=sys.stderr, flush=True)
