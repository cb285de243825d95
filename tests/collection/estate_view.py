"""One P2 tenant as it was sent and as it was written, and who in it matters to which feed."""

from typing import Any

import pyarrow as pa

from pipeline.lake.parts import SCHEMAS, rebuild

from .conftest import Lab
from .wire import Wire

ROLES = (
    "role_assignments",
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
)
PIM_GROUPS = ("group_assignment_schedule_instances", "group_eligibility_schedule_instances")
POLICIES = ("conditional_access_policies", "conditional_access_policies_beta")
AT_RISK = {"atRisk", "confirmedCompromised"}


class Estate:
    """What a run was sent of one tenant: everything here comes from the bodies alone."""

    def __init__(self, lab: Lab, wire: Wire, tenant: str | None = None) -> None:
        self.lab, self.wire, self.tenant = lab, wire, tenant or lab.ids[0]
        self.tables: dict[str, pa.Table] = {name: lab.table(name) for name in SCHEMAS}

    def sent(self, table: str) -> list[dict[str, Any]]:
        return self.wire.records(self.tenant, table)

    def written(self, table: str) -> list[dict[str, Any]]:
        return rebuild(table, self.tables)

    def principals(self, kind: str, tables: tuple[str, ...] = (*ROLES, *PIM_GROUPS)) -> set[str]:
        """Ids of the principals of a type (user, group…) in these feeds; '' where none is told."""
        found = set()
        for table in tables:
            for record in self.sent(table):
                principal = record.get("principal") or {"@odata.type": "#."}
                if principal["@odata.type"].rpartition(".")[2] == kind:
                    found.add(record["principalId"])
        return found

    def members(self, kind: str) -> set[str]:
        """Ids of the direct members of a type of groups that hold roles."""
        return {
            member["id"]
            for member in self.sent("group_members")
            if member["@odata.type"].rpartition(".")[2] == kind
        }

    def holders(self, kind: str) -> set[str]:
        """Whoever holds a role, directly or through a group."""
        return self.principals(kind) | self.members(kind)

    @property
    def unknown(self) -> set[str]:
        """Principals of which nothing tells what they are."""
        known = (self.holders(kind) for kind in ("user", "group", "servicePrincipal"))
        return self.principals("").difference(*known)

    @property
    def people(self) -> set[str]:
        risky = {one["id"] for one in self.sent("risky_users") if one["riskState"] in AT_RISK}
        return self.holders("user") | self.unknown | risky

    @property
    def enabled_holders(self) -> set[str]:
        """The users who hold a role, directly or through a group, and may sign in."""
        enabled = {one["id"] for one in self.sent("users") if one["accountEnabled"]}
        return (self.holders("user") | self.unknown) & enabled

    @property
    def named_groups(self) -> set[str]:
        """The groups that Conditional Access policies name."""
        found: set[str] = set()
        for table in POLICIES:
            for policy in self.sent(table):
                users = policy["conditions"]["users"]
                found.update(users["includeGroups"], users["excludeGroups"])
        return found

    @property
    def clients(self) -> set[str]:
        """Service principals that hold a permission of Graph, or a grant for all users."""
        held = {one["principalId"] for one in self.sent("application_permissions")}
        grants = self.sent("application_permissions_grants")
        return held | {g["clientId"] for g in grants if g["consentType"] == "AllPrincipals"}
