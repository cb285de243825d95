"""Applications of a tenant: service principals, credentials, permissions, user consent."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.protocol.tokens import GRAPH_APP_ID
from pipeline.sandbox.story.application_credentials import certificates, opaque, secrets, stamp
from pipeline.sandbox.story.application_plans import Planned, planned_applications
from pipeline.sandbox.story.identity import derived_uuid
from pipeline.sandbox.story.permissions import (
    EXCHANGE,
    GRANTED,
    GRAPH,
    SHAREPOINT,
    app_role_id,
    app_roles,
)

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
_APIS = {
    GRAPH: GRAPH_APP_ID,
    EXCHANGE: "00000002-0000-0ff1-ce00-000000000000",
    SHAREPOINT: "00000003-0000-0ff1-ce00-000000000000",
}


class Applications:
    """What /servicePrincipals, /applications, appRoleAssignedTo and consent grants list."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant
        self._planned = [p for p in planned_applications() if story.tenant.segment in p.shapes]

    def id_of(self, key: str) -> str:
        """The id of a planned service principal."""
        return self._tenant.uuid("app", key)

    @cached_property
    def graph_id(self) -> str:
        """The id of the service principal of Microsoft Graph."""
        return self._tenant.uuid(GRAPH)

    @property
    def own_id(self) -> str:
        """The id of the service principal of the application that collects."""
        return self._tenant.uuid("Identity Posture")

    def service_principals(self, day: int) -> Sequence[dict[str, Any]]:
        """All of a day: APIs, the collecting application, the planned, those that hold roles."""
        day = max(0, day)
        holders = [
            self._holder(p)
            for p in self._story.directory.principals(day)
            if p["@odata.type"].endswith(".servicePrincipal")
        ]
        planned = [self._service_principal(p, day) for p in self._planned if p.exists(day)]
        return [*self._apis, self._own, *planned, *holders]

    def find(self, identifier: str, day: int) -> dict[str, Any] | None:
        found = (sp for sp in self.service_principals(day) if sp["id"] == identifier.lower())
        return next(found, None)

    def applications(self, day: int) -> list[dict[str, Any]]:
        """Registrations of this tenant; their credentials live here."""
        return [
            {
                "id": self._tenant.uuid("registration", plan.key),
                "deletedDateTime": None,
                "appId": self._tenant.uuid("app id", plan.key),
                "createdDateTime": stamp(self._story, plan.created),
                "displayName": plan.name,
                "signInAudience": "AzureADMyOrg",
                "passwordCredentials": secrets(self._story, plan, day),
                "keyCredentials": certificates(self._story, plan, day),
            }
            for plan in self._planned
            if plan.exists(day) and not plan.foreign and plan.type == "Application"
        ]

    @cached_property
    def _apis(self) -> list[dict[str, Any]]:
        changes = {"appOwnerOrganizationId": _MICROSOFT, "signInAudience": "AzureADMultipleOrgs"}
        return [
            self._record(self._tenant.uuid(name), app_id, name, -2000)
            | changes
            | {"appRoles": app_roles(name)}
            for name, app_id in _APIS.items()
        ]

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
        app_id = self._tenant.uuid("app id", plan.key)
        managed = plan.type == "ManagedIdentity"
        owner = derived_uuid("publisher", plan.key) if plan.foreign else self._tenant.tenant_id
        return self._record(self.id_of(plan.key), app_id, plan.name, plan.created) | {
            "accountEnabled": plan.enabled,
            "appOwnerOrganizationId": None if managed or plan.type == "Legacy" else owner,
            "servicePrincipalType": plan.type,
            "signInAudience": "AzureADMultipleOrgs" if plan.foreign else "AzureADMyOrg",
            # A registration keeps its credentials; without one they are here.
            "passwordCredentials": secrets(self._story, plan, day) if plan.type == "Legacy" else [],
            "keyCredentials": certificates(self._story, plan, day) if managed else [],
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
            "createdDateTime": stamp(self._story, created),
            "displayName": name,
            "servicePrincipalType": "Application",
            "signInAudience": "AzureADMyOrg",
            "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
            "appRoles": [],
            "passwordCredentials": [],
            "keyCredentials": [],
        }

    def permissions(self, day: int) -> list[dict[str, Any]]:
        """Who holds which application permission of which API."""
        found = [(self.own_id, "Identity Posture", GRAPH, name, -10) for name in GRANTED]
        for plan in self._planned:
            if plan.exists(day):
                given = (self.id_of(plan.key), plan.name)
                for text in plan.permissions:
                    # A plain name is Graph's.
                    api, _, name = text.rpartition("/")
                    found.append((*given, api or GRAPH, name, plan.created))
        return [
            {
                "id": opaque(self._tenant, "role", identifier, *_apart(api), name),
                "deletedDateTime": None,
                "appRoleId": app_role_id(name, api),
                "createdDateTime": stamp(self._story, created),
                "principalDisplayName": holder,
                "principalId": identifier,
                "principalType": "ServicePrincipal",
                "resourceDisplayName": api,
                "resourceId": self._tenant.uuid(api),
            }
            for identifier, holder, api, name, created in found
        ]

    def consents(self, day: int) -> list[dict[str, Any]]:
        """oauth2PermissionGrants of a day; `scope` may begin with a blank."""
        return [
            {
                "clientId": self.id_of(plan.key),
                "consentType": consent,
                "id": opaque(self._tenant, "consent", plan.key, consent, number),
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


def _apart(api: str) -> tuple[str, ...]:
    """What tells the assignments of an API from those of Graph."""
    return () if api == GRAPH else (api,)
