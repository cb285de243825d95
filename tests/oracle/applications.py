"""What applications may do, from raw Graph records of one tenant and day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.captures import COMPLETE, Record

NOTHING = "00000000-0000-0000-0000-000000000000"
STRENGTH = ("principal", "all_principals", "application")
Row = dict[str, Any]


GRAPH = "00000003-0000-0000-c000-000000000000"


@dataclass(frozen=True)
class Judged:
    """What is known of a permission: high held by the application, by a user too, and Microsoft's
    level of it."""

    is_high: bool
    is_high_as_delegated: bool
    level: int | None


@dataclass
class Held:
    """One permission of one client, with every way in which it is held."""

    ways: set[str] = field(default_factory=set)
    consenters: set[str] = field(default_factory=set)
    name: str = ""
    api: Record = field(default_factory=dict)


def privilege_rows(
    tenant_id: str,
    day: date,
    *,
    apis: Iterable[Record],
    assigned: Iterable[Record],
    grants: Iterable[Record] | None,
    service_principals: Iterable[Record],
    applications: Iterable[Record],
    asked: set[str],
    outcome: str,
    judged: Mapping[tuple[str, str], Judged],
) -> list[Row]:
    """The rows of fct_application_privilege_daily.

    `apis` are the service principals of the three APIs with their appRoles; `asked` the ids that
    service_principals asked for, `outcome` how that feed ended; `judged` has what is known of a
    permission by the API's application id and the name in lower case. `grants` are None where they
    were withheld: nobody knows then what is held on behalf of users.
    """
    principals = {one["id"]: one for one in service_principals if one["id"] in asked}
    by_app = {str(one.get("appId")).lower(): one for one in applications}
    rows = []
    is_withheld = grants is None
    for (client, permission), held in _held(list(apis), assigned, grants or ()).items():
        is_app = "application" in held.ways
        known = judged.get((held.api.get("appId", ""), held.name.lower()))
        rows.append(
            {
                "tenant_id": tenant_id,
                "snapshot_date": day,
                "service_principal_id": client,
                "permission": permission,
                "is_application_permission": is_app,
                "is_delegated_permission": None if is_withheld else held.ways != {"application"},
                "delegated_status": "not_permitted" if is_withheld else "ok",
                "permission_name": held.name,
                "resource_name": held.api.get("displayName"),
                "is_high_privilege": known is not None
                and known.is_high
                and (is_app or known.is_high_as_delegated),
                "privilege_level": known.level if known and is_app else None,
                "consent_type": max(held.ways, key=STRENGTH.index),
                "user_consent_count": None if is_withheld else len(held.consenters),
            }
            | _credentials(
                tenant_id, day, principals.get(client), by_app, outcome, was_asked=client in asked
            )
        )
    return rows


def _held(
    apis: Sequence[Record], assigned: Iterable[Record], grants: Iterable[Record]
) -> dict[tuple[str, str], Held]:
    known = {api["id"]: api for api in apis}
    # An id means something in its own API alone.
    names = {
        (api["id"], role["id"]): role.get("value")
        for api in apis
        for role in api.get("appRoles") or ()
    }
    found: dict[tuple[str, str], Held] = {}

    def take(client: str, resource: str, name: str) -> Held:
        api = known.get(resource, {})
        # Names of Graph's stand alone; another API's stand behind its id.
        shown = name if api.get("appId") == GRAPH else f"{resource}/{name}"
        held = found.setdefault((client, shown), Held())
        held.name, held.api = name, api
        return held

    for one in assigned:
        role = one["appRoleId"]
        if role != NOTHING and one.get("principalType") not in ("User", "Group"):
            name = names.get((one["resourceId"], role)) or role
            take(one["principalId"], one["resourceId"], name).ways.add("application")
    for grant in grants:
        for scope in (grant.get("scope") or "").split():
            held = take(grant["clientId"], grant["resourceId"], scope)
            if grant.get("consentType") == "AllPrincipals":
                held.ways.add("all_principals")
            else:
                held.ways.add("principal")
                held.consenters.add(grant["principalId"])
    return found


def _credentials(
    tenant_id: str,
    day: date,
    principal: Record | None,
    by_app: Mapping[str, Record],
    outcome: str,
    *,
    was_asked: bool,
) -> Row:
    unknown: Row = {
        "is_own_application": None,
        "is_enabled": None,
        "credential_count": None,
        "credential_expires_at": None,
        "has_expired_credential": None,
    }
    if outcome not in COMPLETE:
        return unknown | {"credential_status": outcome}
    if principal is None:
        return unknown | {"credential_status": "not_found" if was_asked else "not_asked"}
    owner = principal.get("appOwnerOrganizationId")
    is_own = None if owner is None else owner.lower() == tenant_id.lower()
    application = by_app.get(str(principal.get("appId")).lower(), {})
    ends = [
        credential.get("endDateTime")
        for record in (principal, application)
        for member in ("passwordCredentials", "keyCredentials")
        for credential in record.get(member) or ()
    ]
    moments = [_moment(end) for end in ends if end is not None]
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time())
    status = "foreign" if is_own is False else "ok" if ends else "none"
    return {
        "is_own_application": is_own,
        "is_enabled": principal.get("accountEnabled"),
        "credential_status": status,
        "credential_count": len(ends),
        "credential_expires_at": max(moments, default=None) if len(moments) == len(ends) else None,
        "has_expired_credential": any(moment < midnight for moment in moments),
    }


def _moment(text: str) -> datetime:
    """Graph writes up to seven digits of a second; six are kept."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(fraction + '000000')[:6]}")
