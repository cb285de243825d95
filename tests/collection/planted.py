"""Names of people in every place where Graph can carry one, each told from all others."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.sandbox import Sandbox

Record = dict[str, Any]
Place = tuple[str, ...]
_MARK = re.compile(rb"canarina\d{6}x")
PERSON = ("displayName", "userPrincipalName", "mail", "givenName", "surname", "mobilePhone")
PRINCIPAL = {("principal",): (*PERSON, "jobTitle", "officeLocation", "description", "mailNickname")}
CREDENTIALS = {
    (): ("displayName",),
    ("passwordCredentials",): ("displayName", "customKeyIdentifier"),
    ("keyCredentials",): ("displayName", "customKeyIdentifier"),
}
RISK = ("userDisplayName", "userPrincipalName", "ipAddress", "additionalInfo")
CONDITIONS = {
    ("conditions", "applications", "applicationFilter"): ("rule",),
    ("conditions", "devices", "deviceFilter"): ("rule",),
    ("conditions", "clientApplications", "servicePrincipalFilter"): ("rule",),
    ("conditions", "clientApplications", "agentIdServicePrincipalFilter"): ("rule",),
}
POLICY = {
    (): ("displayName", "description"),
    **CONDITIONS,
    ("grantControls", "authenticationStrength"): ("displayName", "description"),
}
# What a URL contains -> where in its records -> the members that name somebody.
PLACES: dict[str, dict[Place, tuple[str, ...]]] = {
    "secureScoreControlProfiles": {
        ("controlStateUpdates",): ("assignedTo", "updatedBy", "comment"),
    },
    "v1.0/roleManagement/directory/roleDefinitions": {(): ("displayName", "description")},
    "roleAssignments?": PRINCIPAL,
    "roleAssignmentScheduleInstances": PRINCIPAL,
    "roleEligibilityScheduleInstances": PRINCIPAL,
    "group/assignmentScheduleInstances": PRINCIPAL,
    "group/eligibilityScheduleInstances": PRINCIPAL,
    # Mail and approvers are never written: test_role_rules.py.
    "roleManagementPolicyAssignments": {
        ("policy",): (),
        ("policy", "lastModifiedBy"): ("displayName",),
    },
    "/groups?": {(): ("displayName", "description", "membershipRule")},
    "/members?": {},
    "/transitiveMembers?": {},
    "/users?": {(): ("displayName", "userPrincipalName", "mail")},
    "userRegistrationDetails": {(): ("userDisplayName", "userPrincipalName")},
    "riskyUsers": {(): ("userDisplayName", "userPrincipalName")},
    "riskDetections": {(): RISK, ("location",): ("city",)},
    "servicePrincipals?$filter=id": CREDENTIALS,
    "/applications?": CREDENTIALS,
    "appRoleAssignedTo": {(): ("principalDisplayName", "resourceDisplayName")},
    "oauth2PermissionGrants": {},
    "v1.0/identity/conditionalAccess/policies": POLICY,
    "beta/identity/conditionalAccess/policies": POLICY,
    "conditionalAccess/plans": {
        (): ("displayName", "description"),
        ("sharedConditions",): (),
        **CONDITIONS,
        ("controls",): (),
    },
    "namedLocations": {(): ("displayName",)},
    "authenticationStrengthPolicies": {(): ("displayName", "description")},
    "beta/directory/recommendations?": {
        (): ("lastModifiedBy",),
        ("impactedResources",): (
            "displayName",
            "owner",
            "lastModifiedBy",
            "portalUrl",
            "apiUrl",
            "additionalDetails",
        ),
    },
    # Nothing here names anybody, but a member that Graph adds tomorrow could.
    "secureScores?": {("controlScores",): ()},
    "subscribedSkus": {("servicePlans",): ()},
    "organization?": {("verifiedDomains",): ()},
    "identitySecurityDefaultsEnforcementPolicy": {},
    "authorizationPolicy": {(): ("description",), ("defaultUserRolePermissions",): ()},
    "authenticationMethodsPolicy": {
        (): ("description",),
        ("authenticationMethodConfigurations",): (),
    },
    "/authentication/requirements": {},
    "tenantSecureScores": {},
    "auditLogs/directoryAudits": {
        # Free text, values and whom it was about are never written: test_audits.py.
        ("initiatedBy", "user"): ("displayName", "userPrincipalName"),
        ("initiatedBy", "app"): ("displayName", "servicePrincipalName"),
        ("targetResources",): (),
    },
    "beta/roleManagement/directory/roleDefinitions": {},
}
# Written by Microsoft and not by people: whoever planted a name there would hide a product's.
OWN = {
    "v1.0/roleManagement/directory/roleDefinitions": ("isBuiltIn", True),
    "authenticationStrengthPolicies": ("policyType", "builtIn"),
}
# Objects that a tenant need not have, so that a filter has something to be about.
FILTER = {"mode": "include", "rule": "device.displayName -eq 'x'"}
MADE: dict[Place, Record] = {
    ("conditions", "applications"): {"applicationFilter": dict(FILTER)},
    ("conditions",): {"devices": {"deviceFilter": dict(FILTER)}},
    ("conditions", "clientApplications"): {
        "servicePrincipalFilter": dict(FILTER),
        "agentIdServicePrincipalFilter": dict(FILTER),
    },
}


@dataclass
class Planted:
    """Marks by where they were planted: (part of the URL, place, member)."""

    marks: dict[tuple[str, Place, str], set[bytes]] = field(
        default_factory=lambda: defaultdict(set)
    )
    count: int = 0

    def name(self, url: str, place: Place, member: str) -> str:
        """A new name that a careless writer stumbles over, with a mark that is found in any."""
        self.count += 1
        mark = f"canarina{self.count:06d}x"
        self.marks[url, place, member].add(mark.encode())
        return f'=Zoë "{mark}" O\'Neil <b>\u202e'

    def found_in(self, text: bytes) -> set[tuple[str, Place, str]]:
        """The places of which at least one name is somewhere in these bytes."""
        found = set(_MARK.findall(text))
        return {spot for spot, marks in self.marks.items() if marks & found}


def plant(sandbox: Sandbox) -> Planted:
    """Put names everywhere from now on, and unknown members into every object there is."""
    planted = Planted()
    for url, places in PLACES.items():
        at = {(): (), **places}

        def edit(page: Record, url: str = url, at: dict[Place, Any] = at) -> Record:
            for record in page.get("value", [page]):
                if url.startswith("beta/identity"):
                    # As if v1.0 left all of these out: what it has is not written again.
                    record["id"] = record["id"][::-1]
                _plant_record(planted, url, record, at)
            return page

        sandbox.edits.add(path=url, function=edit)
    return planted


def _plant_record(planted: Planted, url: str, record: Record, at: dict[Place, Any]) -> None:
    if "conditions" in record:
        for place, made in MADE.items():
            for one in objects(record, place, make=True):
                one.update({name: dict(value) for name, value in made.items()})
    own = OWN.get(url)
    for place, members in at.items():
        for one in objects(record, place):
            is_own = own is not None and one.get(own[0]) == own[1]
            builtin = one.get("policyType") == "builtIn" and place
            for member in () if is_own or builtin else members:
                one[member] = planted.name(url, place, member)
            _plant_unknown(planted, url, place, one)


def _plant_unknown(planted: Planted, url: str, place: Place, one: Record) -> None:
    one["nickname"] = planted.name(url, place, "nickname")
    one["manager"] = {"name": planted.name(url, place, "manager")}
    one["aliases"] = [planted.name(url, place, "aliases")]
    one["note@odata.note"] = planted.name(url, place, "annotation")


def objects(value: Any, place: Place, *, make: bool = False) -> Iterator[Record]:
    """The objects at a path of members, through lists."""
    if isinstance(value, list):
        for one in value:
            yield from objects(one, place, make=make)
    elif isinstance(value, dict) and not place:
        yield value
    elif isinstance(value, dict):
        if make and value.get(place[0]) is None:
            value[place[0]] = {}
        yield from objects(value.get(place[0]), place[1:], make=make)
