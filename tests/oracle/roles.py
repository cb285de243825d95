"""The feeds of directory roles by day, and what a role is worth."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.captures import Life, Record
from tests.oracle.documented_roles import ADMINISTRATOR_ROLES, PRIVILEGED_ROLES
from tests.oracle.statuses import group_status
from tests.oracle.values import lower

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
UNLICENSED = "not_licensed"
Row = dict[str, Any]


@dataclass(frozen=True)
class Roles:
    """The role feeds of one tenant by day."""

    definitions: Mapping[date, tuple[Record, ...]]
    privileged: Mapping[date, tuple[Record, ...]]
    assignments: Mapping[date, tuple[Record, ...]]
    active: Mapping[date, tuple[Record, ...]]
    eligible: Mapping[date, tuple[Record, ...]]
    unlicensed: Collection[date]

    @property
    def days(self) -> list[date]:
        """Days on which some feed told who holds a role."""
        return sorted({*self.assignments, *self.active, *self.eligible})

    def reported(self, day: date) -> list[Record]:
        """Everything said that day of someone who holds or may take a role by himself."""
        instances = [*self.active.get(day, ()), *self.eligible.get(day, ())]
        return [*self.assignments.get(day, ()), *(i for i in instances if not is_by_group(i))]

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
    assignments = life.snapshots(tenant_id, "role_assignments")
    return Roles(
        life.snapshots(tenant_id, "role_definitions"),
        life.snapshots(tenant_id, "role_definitions_beta"),
        assignments,
        life.snapshots(tenant_id, "role_assignment_schedule_instances"),
        life.snapshots(tenant_id, "role_eligibility_schedule_instances"),
        {d for d in assignments if group_status(life, tenant_id, "pim_status", d) == UNLICENSED},
    )


def makes_administrator(assignment: Row) -> bool:
    """Whoever holds this is an administrator where MFA is judged; privilege is counted apart."""
    return assignment["is_privileged"] or assignment["role_template_id"] in ADMINISTRATOR_ROLES


def is_by_group(instance: Record) -> bool:
    """The instance only repeats what a group holds."""
    return lower(instance.get("memberType")) == "group"


def role_rows(all_roles: Mapping[str, Roles]) -> Iterator[Row]:
    """One row per role template of any tenant, with its newest captured values.

    A custom role that tenants call differently has no name.
    """
    newest: dict[str, tuple[date, str, Row]] = {}
    named: dict[str, dict[str, object]] = {}
    for tenant_id, roles in all_roles.items():
        for day, definitions in sorted(roles.definitions.items()):
            for role in definitions:
                template = roles.template_id(role["id"], day)
                named.setdefault(str(template), {})[tenant_id] = role.get("displayName")
                row = {
                    "role_template_id": template,
                    "role_name": role.get("displayName"),
                    "is_privileged": roles.is_privileged(role["id"], day),
                    "is_built_in": role.get("isBuiltIn"),
                }
                key = (day, tenant_id)
                if template not in newest or key >= newest[template][:2]:
                    newest[template] = (*key, row)
    for template, (_, _, row) in sorted(newest.items()):
        is_disputed = not row["is_built_in"] and len(set(named[str(template)].values())) > 1
        yield row | ({"role_name": None} if is_disputed else {})
