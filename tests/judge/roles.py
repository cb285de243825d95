"""Directory roles: who holds what on a captured day, and what the role is worth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.judge.captures import Life, Record
from tests.judge.documented_roles import PRIVILEGED_ROLES
from tests.judge.values import lower

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
Row = dict[str, Any]


@dataclass(frozen=True)
class Roles:
    """The role feeds of one tenant by day."""

    definitions: Mapping[date, tuple[Record, ...]]
    privileged: Mapping[date, tuple[Record, ...]]
    assignments: Mapping[date, tuple[Record, ...]]

    def definition(self, role_id: str, day: date) -> Record | None:
        """The definition captured on or last before the day."""
        for captured in sorted((d for d in self.definitions if d <= day), reverse=True):
            for role in self.definitions[captured]:
                if lower(role["id"]) == lower(role_id):
                    return role
        return None

    def template_id(self, role_id: str, day: date) -> str:
        role = self.definition(role_id, day) or {}
        return str(lower(role.get("templateId") or role_id))

    def is_privileged(self, role_id: str, day: date) -> bool:
        """Graph's value that day, else its last one, else the documented list (built-in roles)."""
        for captured in sorted((d for d in self.privileged if d <= day), reverse=True):
            for role in self.privileged[captured]:
                if lower(role["id"]) == lower(role_id) and role.get("isPrivileged") is not None:
                    return bool(role["isPrivileged"])
        return self.template_id(role_id, day) in PRIVILEGED_ROLES


def tenant_roles(life: Life, tenant_id: str) -> Roles:
    return Roles(
        life.snapshots(tenant_id, "role_definitions"),
        life.snapshots(tenant_id, "role_definitions_beta"),
        life.snapshots(tenant_id, "role_assignments"),
    )


def principal_type(principal: Record | None) -> str:
    """`user`, `group` or `service_principal`; `unknown` where Graph could not resolve it."""
    kind = (principal or {}).get("@odata.type", "").rsplit(".", 1)[-1]
    return {"user": "user", "group": "group", "servicePrincipal": "service_principal"}.get(
        kind, "unknown"
    )


def assignment_rows(tenant_id: str, roles: Roles) -> Iterator[Row]:
    """One row per day, principal, role and scope; PIM is not collected, so the kind stays open."""
    for day, assignments in roles.assignments.items():
        kept: dict[tuple[str, str, str], Row] = {}
        for assignment in assignments:
            role_id = assignment["roleDefinitionId"]
            principal_id = str(lower(assignment["principalId"]))
            template = roles.template_id(role_id, day)
            scope = assignment.get("directoryScopeId") or assignment.get("appScopeId") or ""
            principal = assignment.get("principal")
            row = {
                "tenant_id": tenant_id,
                "snapshot_date": day,
                "principal_id": principal_id,
                "role_template_id": template,
                "directory_scope": scope,
                "assignment_kind": "active_unknown",
                "path": "direct",
                "via_group_id": "",
                "is_privileged": roles.is_privileged(role_id, day),
                "principal_type": principal_type(principal),
                "is_guest": _is_guest(principal),
            }
            kept.setdefault((principal_id, template, scope), row)
        yield from kept.values()


def _is_guest(principal: Record | None) -> bool | None:
    kind = (principal or {}).get("userType")
    return None if kind is None else kind.lower() == "guest"


def principal_rows(tenant_id: str, roles: Roles) -> Iterator[Row]:
    """One row per principal ever seen, with the values of the newest capture that resolved it."""
    newest: dict[str, Record | None] = {}
    for assignments in roles.assignments.values():
        for assignment in assignments:
            key = str(lower(assignment["principalId"]))
            principal = assignment.get("principal")
            newest[key] = principal or newest.get(key)
    for key, principal in sorted(newest.items()):
        known = principal or {}
        yield {
            "tenant_id": tenant_id,
            "principal_id": key,
            "principal_type": principal_type(principal),
            "principal_name": known.get("displayName"),
            "is_guest": _is_guest(principal),
            "is_enabled": known.get("accountEnabled"),
            "is_synced": known.get("onPremisesSyncEnabled"),
        }


def role_rows(all_roles: Mapping[str, Roles]) -> Iterator[Row]:
    """One row per role template of any tenant, with its newest captured values."""
    newest: dict[str, tuple[date, str, Row]] = {}
    for tenant_id, roles in all_roles.items():
        for day, definitions in roles.definitions.items():
            for role in definitions:
                template = roles.template_id(role["id"], day)
                row = {
                    "role_template_id": template,
                    "role_name": role.get("displayName"),
                    "is_privileged": roles.is_privileged(role["id"], day),
                    "is_built_in": role.get("isBuiltIn"),
                }
                key = (day, tenant_id)
                if template not in newest or key >= newest[template][:2]:
                    newest[template] = (*key, row)
    for _, (_, _, row) in sorted(newest.items()):
        yield row
