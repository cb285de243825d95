"""What the feeds of a tenant name for one another: who holds roles, which groups matter."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipeline.graph.blanket import asks_everybody

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_AT_RISK = ("atrisk", "confirmedcompromised")
_ASSIGNMENTS = (
    "role_assignments",
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
)
_GROUP_SCHEDULES = (
    "group_assignment_schedule_instances",
    "group_eligibility_schedule_instances",
)
USER, GROUP, SERVICE_PRINCIPAL = "user", "group", "servicePrincipal"
PARTNER, _REFERENCE = "partner", "directoryObjectPartnerReference"
# They stand among the service principals, where they are asked for.
_AGENTS = ("agentIdentity", "agentIdentityBlueprintPrincipal")


@dataclass
class Roster:
    """Ids by what they are to us; the type of a principal is '' while nobody told it.

    `tenant_id` is the tenant that is read: who belongs to another one is a partner, of whom Graph
    tells no more however it is asked. `holders` hold a role, directly or through a group;
    `named_groups` are in a policy, `roles` are those that somebody holds, `enabled` the users who
    may sign in. `is_blanket`: MFA is asked of everybody, whoever it is.
    """

    tenant_id: str
    holders: dict[str, str] = field(default_factory=dict)
    partners: set[str] = field(default_factory=set)
    role_groups: set[str] = field(default_factory=set)
    named_groups: set[str] = field(default_factory=set)
    found_groups: set[str] = field(default_factory=set)
    clients: set[str] = field(default_factory=set)
    at_risk: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    enabled: set[str] = field(default_factory=set)
    is_blanket: bool = False

    def learn(self, tables: Mapping[str, pa.Table]) -> None:
        """Take in the rows of one complete feed."""
        for name in _ASSIGNMENTS:
            if name in tables:
                self._learn_principals(tables, name)
                self.role_groups |= {one for one, kind in self.holders.items() if kind == GROUP}
                self.role_groups -= self.partners
        for name in _GROUP_SCHEDULES:
            if name in tables:
                self._learn_principals(tables, name)
        for row in _rows(tables, "group_members", "odata_type", "id"):
            self._hold(row["id"], _kind(row["odata_type"]))
        self._learn_groups(_ids(row["id"] for row in _rows(tables, "groups", "id")))
        for policies in ("conditional_access_policies", "conditional_access_policies_beta"):
            for row in _rows(tables, f"{policies}_conditions", "path", "value"):
                if row["path"] in ("users.includeGroups", "users.excludeGroups"):
                    self.named_groups |= _ids([row["value"]])
        self.is_blanket = self.is_blanket or asks_everybody(tables)
        for row in _rows(tables, "users", "id", "account_enabled"):
            if row["account_enabled"] is not False:
                self.enabled |= _ids([row["id"]])
        for row in _rows(tables, "risky_users", "id", "risk_state"):
            if (row["risk_state"] or "").lower() in _AT_RISK:
                self.at_risk |= _ids([row["id"]])
        for row in _rows(tables, "application_permissions", "principal_id", "principal_type"):
            if row["principal_type"] == "ServicePrincipal":
                self.clients |= _ids([row["principal_id"]])
        self.clients |= _ids(row["client_id"] for row in _grants(tables))

    def _learn_groups(self, found: set[str]) -> None:
        self.found_groups |= found
        for one in found & self.holders_of(""):
            self.holders[one] = GROUP

    def _learn_principals(self, tables: Mapping[str, pa.Table], name: str) -> None:
        homes = ("organization_id", "external_partner_tenant_id")
        shown = _rows(tables, f"{name}_principal", "id", "odata_type", *homes)
        wanted = ("principal_id", "principal_organization_id", "role_definition_id")
        named = _rows(tables, name, *wanted)
        self.roles |= _ids(row["role_definition_id"] for row in named)
        for row in shown:
            is_reference = _kind(row["odata_type"]) == _REFERENCE
            if is_reference or any(self._is_elsewhere(row[home]) for home in homes):
                self.partners |= _ids([row["id"]])
        for row in named:
            if self._is_elsewhere(row["principal_organization_id"]):
                self.partners |= _ids([row["principal_id"]])
        for row in shown:
            self._hold(row["id"], _kind(row["odata_type"]))
        for row in named:
            self._hold(row["principal_id"], "")
        # Another feed may have named one of them before, and as a group.
        self.holders.update(dict.fromkeys(self.partners & self.holders.keys(), PARTNER))

    def _is_elsewhere(self, tenant: str | None) -> bool:
        return (tenant or "").lower() not in ("", self.tenant_id.lower())

    def _hold(self, principal: str | None, kind: str) -> None:
        for one in _ids([principal]):
            known = PARTNER if one in self.partners else kind
            self.holders[one] = known or self.holders.get(one, "")

    def holders_of(self, *kinds: str) -> set[str]:
        """The holders of these types; `''` asks for those whose type is not known."""
        return {one for one, kind in self.holders.items() if kind in kinds}

    @property
    def people(self) -> set[str]:
        """The users who are kept as rows; those who may yet turn out to be one included."""
        return self.holders_of(USER, "") | self.at_risk


def _ids(values: Iterable[str | None]) -> set[str]:
    """The GUIDs among values: nothing else may reach a URL."""
    return {value.lower() for value in values if value is not None and is_id(value)}


def is_id(value: object) -> bool:
    """Whether a value is the id of a directory object."""
    return isinstance(value, str) and _GUID.fullmatch(value) is not None


def _kind(odata_type: str | None) -> str:
    kind = (odata_type or "").rpartition(".")[2]
    return SERVICE_PRINCIPAL if kind in _AGENTS else kind


def _rows(tables: Mapping[str, pa.Table], name: str, *columns: str) -> list[dict[str, Any]]:
    if name not in tables:
        return []
    # Not every list of assignments has each column, nor has what another version wrote today.
    known = [column for column in columns if column in tables[name].column_names]
    rows: list[dict[str, Any]] = tables[name].select(known).to_pylist()
    return [dict.fromkeys(columns) | row for row in rows]


def _grants(tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    rows = _rows(tables, "application_permissions_grants", "client_id", "consent_type")
    return [row for row in rows if row["consent_type"] == "AllPrincipals"]
