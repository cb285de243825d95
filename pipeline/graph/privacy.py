"""Pseudonyms: what names a person is replaced before anything is written."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class _Rule:
    """Where people's data are in a record, what is replaced there, and what is left out.

    `place` is a path of members, through lists as through objects; `unless` spares an object with
    that value, because Microsoft wrote it.
    """

    replaced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    unless: tuple[str, str | bool] | None = None


_PRINCIPAL = _Rule(
    ("displayName", "userPrincipalName", "mail", "givenName", "surname", "mobilePhone"),
    ("jobTitle", "officeLocation", "description"),
    ("principal",),
)
_RISK = _Rule(("userDisplayName", "userPrincipalName"), ("ipAddress", "location", "additionalInfo"))
# A filter's rule and the name of a credential are free text, and can hold a name.
_FILTERS = (
    ("applications", "applicationFilter"),
    ("devices", "deviceFilter"),
    ("clientApplications", "servicePrincipalFilter"),
    ("clientApplications", "agentIdServicePrincipalFilter"),
)
_CUSTOM = ("policyType", "builtIn")


def _policy(conditions: str, *controls: str) -> tuple[_Rule, ...]:
    strength = (*controls, "grantControls", "authenticationStrength")
    return (
        _Rule(("displayName",), ("description",)),
        *(_Rule(dropped=("rule",), place=(conditions, *place)) for place in _FILTERS),
        _Rule(("displayName",), ("description",), strength, _CUSTOM),
    )


_POLICY = _policy("conditions")
_APPLICATION = (
    _Rule(("displayName",)),
    _Rule(dropped=("displayName", "customKeyIdentifier"), place=("passwordCredentials",)),
    _Rule(dropped=("displayName", "customKeyIdentifier"), place=("keyCredentials",)),
)
_IMPACTED = _Rule(
    ("displayName", "owner", "lastModifiedBy"),
    ("portalUrl", "apiUrl", "additionalDetails"),
    ("impactedResources",),
)
_PEOPLE: Mapping[str, tuple[_Rule, ...]] = {
    "secure_score_control_profiles": (
        _Rule(("assignedTo", "updatedBy"), ("comment",), ("controlStateUpdates",)),
    ),
    "role_definitions": (_Rule(("displayName",), ("description",), unless=("isBuiltIn", True)),),
    "role_assignments": (_PRINCIPAL,),
    "role_assignment_schedule_instances": (_PRINCIPAL,),
    "role_eligibility_schedule_instances": (_PRINCIPAL,),
    "group_assignment_schedule_instances": (_PRINCIPAL,),
    "group_eligibility_schedule_instances": (_PRINCIPAL,),
    "role_management_policies": (_Rule(("displayName",), place=("policy", "lastModifiedBy")),),
    "groups": (_Rule(("displayName",), ("description", "membershipRule")),),
    "users": (_Rule(("displayName", "userPrincipalName", "mail")),),
    "user_registration_details": (_Rule(("userDisplayName", "userPrincipalName")),),
    "risky_users": (_RISK,),
    "risk_detections": (_RISK,),
    "service_principals": _APPLICATION,
    "service_principals_applications": _APPLICATION,
    "application_permissions": (_Rule(("principalDisplayName", "resourceDisplayName")),),
    "conditional_access_policies": _POLICY,
    "conditional_access_policies_beta": _POLICY,
    "conditional_access_plans": _policy("sharedConditions"),
    "conditional_access_plans_rules": _policy("conditions", "controls"),
    "named_locations": (_Rule(("displayName",)),),
    # Microsoft's own text until somebody writes another one there.
    "authorization_policy": (_Rule(dropped=("description",)),),
    "authentication_methods_policy": (_Rule(dropped=("description",)),),
    "authentication_strengths": (_Rule(("displayName",), ("description",), unless=_CUSTOM),),
    "recommendations": (_Rule(("lastModifiedBy",)), _IMPACTED),
    "directory_audits": (
        _Rule(("displayName", "userPrincipalName"), place=("initiatedBy", "user")),
        _Rule(("displayName", "servicePrincipalName"), place=("initiatedBy", "app")),
    ),
}


class Pseudonyms:
    """Replaces names by a keyed HMAC-SHA256: the same name gives the same pseudonym anywhere.

    Upper and lower case count as the same name, because Graph mixes them for one person.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def of(self, name: str) -> str:
        """The pseudonym of a name, UPN, address or number: `pn_` and 32 hex digits."""
        digest = hmac.new(self._key, name.casefold().encode(), hashlib.sha256).hexdigest()
        return f"pn_{digest[:32]}"

    def apply(self, table: str, records: Iterable[Record]) -> None:
        """Replace and leave out what names a person, in place, in the records of a feed table."""
        rules = _PEOPLE.get(table, ())
        for record in records:
            for rule in rules:
                for one in _at(record, rule.place):
                    if rule.unless is None or one.get(rule.unless[0]) != rule.unless[1]:
                        self._hide(one, rule)

    def _hide(self, person: Record, rule: _Rule) -> None:
        for name in rule.replaced:
            value = person.get(name)
            if isinstance(value, str) and value:
                person[name] = self.of(value)
        for name in rule.dropped:
            person.pop(name, None)


def _at(value: Any, place: tuple[str, ...]) -> Iterator[Record]:
    """The objects at a path, through lists."""
    if isinstance(value, list):
        for one in value:
            yield from _at(one, place)
    elif isinstance(value, dict) and not place:
        yield value
    elif isinstance(value, dict):
        yield from _at(value.get(place[0]), place[1:])
