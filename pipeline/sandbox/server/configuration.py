"""The tenants.yaml that reaches a sandbox, with what it refers to beside it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from pipeline.sandbox.protocol.login import Application
from pipeline.sandbox.story.identity import Tenant
from pipeline.sandbox.story.people import user_id


def write_config(
    path: Path,
    *,
    url: str,
    ca_bundle: Path,
    application: Application,
    tenants: Sequence[Tenant],
    certificate: bool = False,
) -> Path:
    """Write a tenants.yaml, ca.pem and the secret (or certificate) file; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ca_bundle, path.with_name("ca.pem"))
    credential: dict[str, object] = {"client_id": application.client_id}
    if certificate:
        secret, content = path.with_name("client-certificate.pem"), application.certificate
        credential |= {"kind": "certificate", "certificate": {"file": secret.name}}
    else:
        secret, content = path.with_name("client-secret.txt"), application.secret.encode()
        credential |= {"kind": "client_secret", "client_secret": {"file": secret.name}}
    secret.touch(mode=0o600)
    secret.write_bytes(content)
    config = {
        "cloud": "custom",
        "graph_url": url,
        "authority": url,
        "ca_bundle": "ca.pem",
        "credential": credential,
        "tenants": [_entry(tenant) for tenant in tenants],
    }
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(text, encoding="utf-8")
    return path


def write_register(path: Path, tenants: Sequence[Tenant]) -> Path:
    """Write a register.yaml by which the first regulated tenant declares its emergency accounts."""
    regulated = [tenant for tenant in tenants if tenant.segment == "regulated"][:1]
    declared = [
        {
            "tenant": tenant.tenant_id,
            "principal": user_id(tenant, number),
            "role": "emergency",
            "owner": "Security",
            "reason": "For the day on which nobody else gets in",
        }
        for tenant in regulated
        for number in (1, 2)
    ]
    path.write_text(yaml.safe_dump({"principals": declared}, sort_keys=False), encoding="utf-8")
    return path


def _entry(tenant: Tenant) -> dict[str, object]:
    """One tenant of the configuration; every tenth leaves its name to Graph."""
    named = {} if tenant.index % 10 == 9 else {"name": tenant.name}
    return {"id": tenant.tenant_id, **named, "segment": tenant.segment, "tags": tenant.tags}
