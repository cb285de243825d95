"""Conditional Access: policies that come, wait in report-only, are enabled, and grow old."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.people import user_id
from pipeline.sandbox.story.policy_plans import (
    APPLICATIONS,
    BETA_CONDITIONS,
    CONDITIONS,
    GRANT,
    SESSION,
    USERS,
    Planned,
    planned_policies,
)
from pipeline.sandbox.story.roles import role_id
from pipeline.sandbox.story.strengths import strengths_by_key

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story


@dataclass(frozen=True)
class Change:
    """A policy made or altered: on which day, when exactly, and which."""

    day: int
    moment: str
    policy_id: str
    name: str
    is_first: bool


def _sparing_emergencies(plan: Planned) -> Planned:
    """As Microsoft asks: every policy for people leaves out the emergency accounts."""
    left_out = plan.users.get("excludeGroups", [])
    if not plan.users or "emergency" in left_out:
        return plan
    return replace(plan, users={**plan.users, "excludeGroups": [*left_out, "emergency"]})


class Policies:
    """One tenant's Conditional Access, by day; a tenant without P1 has none."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant
        plans = [plan for plan in planned_policies() if story.tenant.segment in plan.shapes]
        if story.lifelike:
            plans = [replace(plan, **plan.lifelike) for plan in plans]
        if story.directory.are_emergencies_in_order:
            plans = [_sparing_emergencies(plan) for plan in plans]
        self._planned = plans

    def policies(self, day: int, *, version: str, origin: str) -> list[dict[str, Any]]:
        """The policies of a day; v1.0 leaves out what uses a preview."""
        found = []
        for plan in self._planned:
            history = [(self._on(plan, since), state) for since, state in plan.states]
            reached = [(since, state) for since, state in history if since <= day]
            if reached and (version == "beta" or not plan.beta_only):
                found.append(self._policy(plan, reached, version=version, origin=origin))
        return found

    def changes(self, upto: int) -> Iterator["Change"]:
        """Every time that somebody made or altered a policy until a day."""
        for plan in self._planned:
            identifier = self._tenant.uuid("policy", plan.key)
            for position, (since, _) in enumerate(plan.states):
                day = self._on(plan, since)
                if day <= upto:
                    moment = self._at(day, plan.name if position else plan.key)
                    yield Change(day, moment, identifier, plan.name, is_first=not position)

    def _on(self, plan: Planned, day: int) -> int:
        """The day of an event here: what happens within the story is not on one day everywhere."""
        if day < 0:
            return day
        return day + int(self._tenant.fraction("policy", plan.key, day) * 6)

    def _policy(
        self, plan: Planned, reached: list[tuple[int, str]], *, version: str, origin: str
    ) -> dict[str, Any]:
        identifier = self._tenant.uuid("policy", plan.key)
        created, changed = reached[0][0], reached[-1][0]
        beta = BETA_CONDITIONS if version == "beta" else {}
        conditions = CONDITIONS | beta | {"clientAppTypes": list(plan.client_app_types)}
        conditions |= {
            "applications": {**APPLICATIONS, **plan.apps},
            "users": USERS | {name: self._named(name, v) for name, v in plan.users.items()},
            **plan.conditions,
        }
        if conditions["locations"]:
            conditions["locations"] = {
                name: [self._location(each) for each in keys]
                for name, keys in conditions["locations"].items()
            }
        if not plan.users:
            conditions["users"]["includeUsers"] = ["None"]
        at = f"{origin}/{version}/$metadata#identity/conditionalAccess/policies('{identifier}')"
        return {
            "id": identifier,
            "templateId": plan.template,
            "displayName": plan.name,
            "description": plan.description,
            "createdDateTime": self._at(created, plan.key),
            "modifiedDateTime": self._at(changed, plan.name) if changed != created else None,
            "deletedDateTime": None,
            "state": reached[-1][1],
            "conditions": conditions,
            "grantControls": self._grant(plan, at),
            "sessionControls": None if plan.session is None else {**SESSION, **plan.session},
        }

    def _grant(self, plan: Planned, at: str) -> dict[str, Any] | None:
        if plan.grant is None:
            return None
        strength = plan.grant.get("authenticationStrength")
        found = next((s for k, s in strengths_by_key(self._tenant, at) if k == strength), None)
        return {
            **GRANT,
            **plan.grant,
            "termsOfUse": [
                self._tenant.uuid("terms", key) for key in plan.grant.get("termsOfUse", ())
            ],
            "authenticationStrength@odata.context": f"{at}/grantControls/authenticationStrength"
            "/$entity",
            "authenticationStrength": found,
        }

    def _named(self, member: str, value: Any) -> Any:
        """Ids for the keys of people, groups and roles; whatever Graph itself names stays."""
        if not isinstance(value, list):
            return value
        return [self._subject(member, key) for key in value]

    def _subject(self, member: str, key: str) -> str:
        if key.startswith("deleted:"):
            return self._tenant.uuid("deleted", key)
        if member.endswith("Roles"):
            return role_id(key)
        if member.endswith("Groups"):
            return self._story.groups.id_of(key)
        kind, _, number = key.partition(":")
        return user_id(self._tenant, int(number)) if kind == "holder" else key

    def _location(self, key: str) -> str:
        return key if key.startswith("All") else self._tenant.uuid("location", key)

    def locations(self) -> list[dict[str, Any]]:
        """Named locations: the offices' networks, and the countries of business."""
        if self._tenant.licence_tier == "free":
            return []
        block = int(self._tenant.fraction("network") * 200)
        networks = [
            ("iPv4CidrRange", f"203.0.113.{block}/32"),
            ("iPv4CidrRange", f"198.51.100.{block}/29"),
            ("iPv6CidrRange", f"2001:db8:{block:x}::/48"),
        ]
        return [
            {
                "@odata.type": "#microsoft.graph.ipNamedLocation",
                **self._location_head("offices", "Offices & VPN"),
                "isTrusted": True,
                "ipRanges": [
                    {"@odata.type": f"#microsoft.graph.{kind}", "cidrAddress": address}
                    for kind, address in networks
                ],
            },
            {
                "@odata.type": "#microsoft.graph.countryNamedLocation",
                **self._location_head("countries", "Countries of business"),
                "countriesAndRegions": sorted({self._tenant.country, "DE", "CH"}),
                "includeUnknownCountriesAndRegions": False,
                "countryLookupMethod": "clientIpAddress",
            },
        ]

    def _location_head(self, key: str, name: str) -> dict[str, Any]:
        return {
            "id": self._tenant.uuid("location", key),
            "displayName": name,
            "modifiedDateTime": self._at(-100, key),
            "createdDateTime": self._at(-450, key),
        }

    def strengths(self, *, version: str, origin: str) -> list[dict[str, Any]]:
        """Authentication strengths: three built-in ones, and one of the regulated tenants' own."""
        at = f"{origin}/{version}/$metadata#policies/authenticationStrengthPolicies"
        return [strength for _, strength in strengths_by_key(self._tenant, at)]

    def _at(self, day: int, key: str) -> str:
        moment = self._story.born + timedelta(days=day)
        fraction = int(self._tenant.fraction("at", key) * 8_999_999) + 1_000_000
        return f"{moment.isoformat()}T08:41:19.{fraction}Z"
