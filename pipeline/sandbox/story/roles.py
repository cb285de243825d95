"""Role definitions: the built-in roles with their real template ids, and an invented custom one."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

from pipeline.sandbox.story.identity import Tenant, derived_uuid


@lru_cache(maxsize=1)
def _built_in() -> tuple[dict[str, Any], ...]:
    raw = orjson.loads(files("pipeline.sandbox").joinpath("data/roles.json").read_bytes())
    return tuple(_definition(**role) for role in raw)


def role_definitions(tenant: Tenant) -> list[dict[str, Any]]:
    """Every role of a tenant, Global Administrator first; `isPrivileged` is for beta only."""
    custom = [_custom(tenant)] if tenant.segment == "regulated" else []
    return [*_built_in(), *custom]


@lru_cache(maxsize=1)
def _ids() -> Mapping[str, str]:
    return {role["displayName"]: role["id"] for role in _built_in()}


def role_id(name: str) -> str:
    """The template id of a built-in role."""
    return _ids()[name]


def custom_role_id(tenant: Tenant) -> str:
    return derived_uuid("custom role", tenant.seed, tenant.index)


def _definition(template_id: str, display_name: str, is_privileged: bool) -> dict[str, Any]:
    action = f"microsoft.directory/{display_name.replace(' ', '').lower()}/standard/read"
    return {
        "id": template_id,
        "description": f"Built-in role: {display_name}.",
        "displayName": display_name,
        "isBuiltIn": True,
        "isEnabled": True,
        "isPrivileged": is_privileged,
        "resourceScopes": ["/"],
        "templateId": template_id,
        "version": "123"[len(display_name) % 3],
        "rolePermissions": [{"allowedResourceActions": [action], "condition": None}],
        "inheritsPermissionsFrom@odata.context": "",
        "inheritsPermissionsFrom": [{"id": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"}],
    }


def _custom(tenant: Tenant) -> dict[str, Any]:
    identifier = custom_role_id(tenant)
    return _definition(identifier, "Application Registration Reviewer", False) | {
        "description": None,
        "isBuiltIn": False,
        "templateId": identifier,
        "version": None,
        "inheritsPermissionsFrom": [],
    }
