"""Everything raw that is known of one tenant on one day, and what it says of each principal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tests.oracle.captures import COMPLETE, Record
from tests.oracle.roles import Roles

ROLE_FEEDS = (
    "role_eligibility_schedule_instances",
    "role_assignment_schedule_instances",
    "role_assignments",
)
GROUP_FEEDS = ("group_eligibility_schedule_instances", "group_assignment_schedule_instances")
TYPED_FEEDS = {"groups": "group", "service_principals": "servicePrincipal", "users": "user"}
TYPES = {
    "user": "user",
    "group": "group",
    "servicePrincipal": "service_principal",
    # An agent acts as an application does; its user account is nobody who could be asked for MFA.
    "agentIdentity": "service_principal",
    "agentIdentityBlueprintPrincipal": "service_principal",
    "agentUser": "agent_user",
}
OTHER, PARTNER = "other", "partner"
REFERENCE = "#microsoft.graph.directoryObjectPartnerReference"
AT_RISK = ("atRisk", "confirmedCompromised")


@dataclass(frozen=True)
class TenantDay:
    """Records of the complete feeds as the wire sent them, by the names of the feeds.

    `members` has the direct members of each group that was asked for, `beneath` the transitive ones
    of the groups that policies name. Ids that serve as keys are in lower case. `roles` brings the
    definitions of this and of earlier days. `shows_sign_ins`: Graph gave signInActivity with users.
    `tenant_id` is the tenant that was read, to tell others from it. `declared` is what
    register.yaml said of principals then; `earlier_sign_ins` what captures of the weeks before
    noted of each user.
    """

    day: date
    outcomes: Mapping[str, str]
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    members: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    beneath: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    preview_policies: Sequence[Record] = ()
    roles: Roles = field(default_factory=lambda: Roles({}, {}, {}, {}, {}, ()))
    shows_sign_ins: bool = True
    tenant_id: str = ""
    declared: Sequence[Mapping[str, Any]] = ()
    initial_domain: str | None = None
    earlier_sign_ins: Mapping[str, Sequence[str | None]] = field(default_factory=dict)

    def outcome(self, feed: str) -> str:
        return self.outcomes.get(feed, "not_collected")

    def is_complete(self, *feeds: str) -> bool:
        return all(self.outcome(feed) in COMPLETE for feed in feeds)

    def of(self, feed: str) -> Sequence[Record]:
        return self.records.get(feed, ()) if self.is_complete(feed) else ()

    @cached_property
    def principals(self) -> Mapping[str, Record]:
        """All that any feed of the day tells of a principal; its own feed has the last word."""
        found: dict[str, dict[str, Any]] = {}

        def learn(reported: Record | None, **more: Any) -> None:
            if reported and reported.get("id"):
                known = {name: value for name, value in reported.items() if value is not None}
                found[reported["id"].lower()] = found.get(reported["id"].lower(), {}) | known | more

        for user in self.at_risk:
            # A user who was deleted stays at risk, and nobody else tells that it was one.
            learn({"id": user["id"], "@odata.type": "#microsoft.graph.user", **_named(user)})
        if self.is_complete("group_members"):
            for listed in (*self.beneath.values(), *self.members.values()):
                for record in listed:
                    learn(record)
            for group in {*self.beneath, *self.members}:
                learn({"id": group, "@odata.type": "#microsoft.graph.group"})
        for feed in (*GROUP_FEEDS, *ROLE_FEEDS):
            for record in self.of(feed):
                principal = record.get("principal")
                learn(principal and {**principal, "id": record["principalId"]})
        for feed, kind in TYPED_FEEDS.items():
            for record in self.of(feed):
                learn(record, **{"@odata.type": f"#microsoft.graph.{kind}"})
        return found

    @property
    def at_risk(self) -> list[Record]:
        return [user for user in self.of("risky_users") if user.get("riskState") in AT_RISK]

    @cached_property
    def partners(self) -> Mapping[str, str | None]:
        """Who belongs to another tenant, with that tenant's id where something tells it."""
        found: dict[str, str | None] = {}
        for feed in (*reversed(ROLE_FEEDS), *GROUP_FEEDS):
            for record in self.of(feed):
                shown = record.get("principal") or {}
                reported = (
                    record.get("principalOrganizationId"),
                    shown.get("organizationId"),
                    shown.get("externalPartnerTenantId"),
                )
                others = [one.lower() for one in reported if one]
                others = [one for one in others if one != self.tenant_id.lower()]
                if others or shown.get("@odata.type") == REFERENCE:
                    key = record["principalId"].lower()
                    found[key] = found.get(key) or (others[0] if others else None)
        return found

    def type_of(self, principal_id: str) -> str:
        """`unknown` where nothing resolved it, `other` for devices and contacts."""
        if principal_id in self.partners:
            return PARTNER
        principal = self.principals.get(principal_id, {})
        return _type_of(principal) if principal.get("@odata.type") else "unknown"

    def is_guest(self, principal_id: str) -> bool | None:
        kind = self.principals.get(principal_id, {}).get("userType")
        return None if kind is None else kind.lower() == "guest"

    def is_enabled(self, principal_id: str) -> bool | None:
        enabled: bool | None = self.principals.get(principal_id, {}).get("accountEnabled")
        return enabled

    def is_synced(self, principal_id: str) -> bool | None:
        """Of a user in the list of users null means never synchronised."""
        reported: bool | None = self.principals.get(principal_id, {}).get("onPremisesSyncEnabled")
        return False if reported is None and principal_id in self.listed_users else reported

    @cached_property
    def listed_users(self) -> frozenset[str]:
        return frozenset(user["id"].lower() for user in self.of("users"))

    def users_beneath(self, group_id: str) -> frozenset[str] | None:
        """The users in a group that a policy names, at any depth; None where nobody could read it.

        A group that no longer exists has none.
        """
        if self.is_complete("group_members") and group_id.lower() in self.beneath:
            listed = self.beneath[group_id.lower()]
            return frozenset(r["id"].lower() for r in listed if _type_of(r) == "user")
        return frozenset() if self.is_complete("groups", "group_members") else None


def _named(user: Record) -> dict[str, Any]:
    return {"displayName": user.get("userDisplayName")}


def _type_of(record: Record) -> str:
    return TYPES.get(str(record.get("@odata.type", "")).rsplit(".", 1)[-1], OTHER)
