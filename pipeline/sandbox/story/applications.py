"""Applications of a tenant: service principals, credentials, Graph permissions, user consent."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.sandbox.protocol.tokens import GRAPH_APP_ID
from pipeline.sandbox.story.identity import derived_uuid
from pipeline.sandbox.story.permissions import GRANTED, app_role_id, app_roles

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
_SHOWN_BEFORE = 30  # days that an ended credential stays before somebody tidies it away


@dataclass(frozen=True)
class Planned:
    """An application as data/applications.json plans it; days are of the story.

    `secrets` and `certificates` are (first day, days of life); `grants` are (consent, scopes,
    who); `gone` is the day on which the service principal is deleted; `foreign`: of another tenant.
    """

    key: str
    name: str
    shapes: tuple[str, ...]
    created: int
    permissions: tuple[str, ...] = ()
    grants: tuple[tuple[str, ...], ...] = ()
    secrets: tuple[tuple[int, int], ...] = ()
    certificates: tuple[tuple[int, int], ...] = ()
    type: str = "Application"
    foreign: bool = False
    enabled: bool = True
    gone: int | None = None

    def exists(self, day: int) -> bool:
        return self.created <= day and (self.gone is None or day < self.gone)


@lru_cache(maxsize=1)
def _planned() -> tuple[Planned, ...]:
    raw = orjson.loads(files("pipeline.sandbox").joinpath("data/applications.json").read_bytes())
    return tuple(Planned(**entry) for entry in raw)


class Applications:
    """What /servicePrincipals, /applications, appRoleAssignedTo and consent grants list."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant
        self._planned = [p for p in _planned() if story.tenant.segment in p.shapes]

    def _uuid(self, *parts: object) -> str:
        return derived_uuid(*parts, self._tenant.seed, self._tenant.index)

    def id_of(self, key: str) -> str:
        """The id of a planned service principal."""
        return self._uuid("app", key)

    @cached_property
    def graph_id(self) -> str:
        """The id of the service principal of Microsoft Graph."""
        return self._uuid("Microsoft Graph")

    @property
    def own_id(self) -> str:
        """The id of the service principal of the application that collects."""
        return self._uuid("Identity Posture")

    def service_principals(self, day: int) -> Sequence[dict[str, Any]]:
        """All of a day: Graph, the collecting application, the planned, those that hold roles."""
        day = max(0, day)
        holders = [
            self._holder(p)
            for p in self._story.directory.principals(day)
            if p["@odata.type"].endswith(".servicePrincipal")
        ]
        planned = [self._service_principal(p, day) for p in self._planned if p.exists(day)]
        return [self._graph, self._own, *planned, *holders]

    def find(self, identifier: str, day: int) -> dict[str, Any] | None:
        found = (sp for sp in self.service_principals(day) if sp["id"] == identifier.lower())
        return next(found, None)

    def applications(self, day: int) -> list[dict[str, Any]]:
        """Registrations of this tenant; their credentials live here."""
        return [
            {
                "id": self._uuid("registration", plan.key),
                "deletedDateTime": None,
                "appId": self._uuid("app id", plan.key),
                "createdDateTime": self._at(plan.created),
                "displayName": plan.name,
                "signInAudience": "AzureADMyOrg",
                "passwordCredentials": self._secrets(plan, day),
                "keyCredentials": self._certificates(plan, day),
            }
            for plan in self._planned
            if plan.exists(day) and not plan.foreign and plan.type == "Application"
        ]

    @cached_property
    def _graph(self) -> dict[str, Any]:
        record = self._record(self.graph_id, GRAPH_APP_ID, "Microsoft Graph", -2000)
        changes = {"appOwnerOrganizationId": _MICROSOFT, "signInAudience": "AzureADMultipleOrgs"}
        return record | changes | {"appRoles": app_roles()}

    @cached_property
    def _own(self) -> dict[str, Any]:
        owner = derived_uuid("publisher", self._tenant.seed)
        record = self._record(self.own_id, self._tenant.client_id, "Identity Posture", -10)
        changes = {"appOwnerOrganizationId": owner, "signInAudience": "AzureADMultipleOrgs"}
        return record | changes

    def _holder(self, principal: dict[str, Any]) -> dict[str, Any]:
        name = principal["displayName"]
        record = self._record(principal["id"], principal["appId"], name, -250)
        return record | {key: value for key, value in principal.items() if key != "@odata.type"}

    def _service_principal(self, plan: Planned, day: int) -> dict[str, Any]:
        app_id = self._uuid("app id", plan.key)
        managed = plan.type == "ManagedIdentity"
        owner = derived_uuid("publisher", plan.key) if plan.foreign else self._tenant.tenant_id
        return self._record(self.id_of(plan.key), app_id, plan.name, plan.created) | {
            "accountEnabled": plan.enabled,
            "appOwnerOrganizationId": None if managed or plan.type == "Legacy" else owner,
            "servicePrincipalType": plan.type,
            "signInAudience": "AzureADMultipleOrgs" if plan.foreign else "AzureADMyOrg",
            # A registration keeps its credentials; without one they are here.
            "passwordCredentials": self._secrets(plan, day) if plan.type == "Legacy" else [],
            "keyCredentials": self._certificates(plan, day) if managed else [],
        }

    def _record(self, identifier: str, app_id: str, name: str, created: int) -> dict[str, Any]:
        return {
            "id": identifier,
            "deletedDateTime": None,
            "accountEnabled": True,
            "appDisplayName": name,
            "appId": app_id,
            "appOwnerOrganizationId": self._tenant.tenant_id,
            "appRoleAssignmentRequired": False,
            "createdDateTime": self._at(created),
            "displayName": name,
            "servicePrincipalType": "Application",
            "signInAudience": "AzureADMyOrg",
            "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
            "appRoles": [],
            "passwordCredentials": [],
            "keyCredentials": [],
        }

    def _secrets(self, plan: Planned, day: int) -> list[dict[str, Any]]:
        return [
            {
                "customKeyIdentifier": None,
                "displayName": f"secret {number}" if number else None,
                "endDateTime": self._at(start + life),
                "hint": "aB~",
                "keyId": self._uuid("secret", plan.key, start),
                "secretText": None,
                "startDateTime": self._at(start),
            }
            for number, (start, life) in enumerate(plan.secrets)
            if start <= day < start + life + _SHOWN_BEFORE
        ]

    def _certificates(self, plan: Planned, day: int) -> list[dict[str, Any]]:
        return [
            {
                "customKeyIdentifier": self._opaque("thumbprint", plan.key, start)[:28],
                "displayName": f"CN={plan.key}",
                "endDateTime": self._at(start + life),
                "key": None,
                "keyId": self._uuid("certificate", plan.key, start),
                "startDateTime": self._at(start),
                "type": "AsymmetricX509Cert",
                "usage": "Verify",
            }
            for start, life in plan.certificates
            if start <= day < start + life + _SHOWN_BEFORE
        ]

    def _opaque(self, *parts: object) -> str:
        digest = sha256(self._uuid(*parts).encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _at(self, day: int) -> str:
        return f"{(self._story.born + timedelta(days=day)).isoformat()}T14:22:08Z"

    def permissions(self, day: int) -> list[dict[str, Any]]:
        """appRoleAssignedTo of Microsoft Graph: who holds which application permission."""
        found = [(self.own_id, "Identity Posture", name, -10) for name in GRANTED]
        for plan in self._planned:
            if plan.exists(day):
                given = (self.id_of(plan.key), plan.name)
                found += [(*given, name, plan.created) for name in plan.permissions]
        return [
            {
                "id": self._opaque("role", identifier, name),
                "deletedDateTime": None,
                "appRoleId": app_role_id(name),
                "createdDateTime": self._at(created),
                "principalDisplayName": holder,
                "principalId": identifier,
                "principalType": "ServicePrincipal",
                "resourceDisplayName": "Microsoft Graph",
                "resourceId": self.graph_id,
            }
            for identifier, holder, name, created in found
        ]

    def consents(self, day: int) -> list[dict[str, Any]]:
        """oauth2PermissionGrants of a day; `scope` may begin with a blank."""
        return [
            {
                "clientId": self.id_of(plan.key),
                "consentType": consent,
                "id": self._opaque("consent", plan.key, consent, number),
                "principalId": self._person(who[0]) if who else None,
                "resourceId": self.graph_id,
                "scope": scopes,
            }
            for plan in self._planned
            if plan.exists(day)
            for number, (consent, scopes, *who) in enumerate(plan.grants)
        ]

    def _person(self, text: str) -> str:
        kind, _, key = text.partition(":")
        return self._story.groups.membership(kind, key).id
