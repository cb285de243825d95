"""What applications may do, from raw Graph records of one tenant and day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.captures import COMPLETE, Record

NOTHING = "00000000-0000-0000-0000-000000000000"
STRENGTH = ("principal", "all_principals", "application")
Row = dict[str, Any]


@dataclass
class Held:
    """One permission of one client, with every way in which it is held."""

    ways: set[str] = field(default_factory=set)
    consenters: set[str] = field(default_factory=set)
    is_graph: bool = False


def privilege_rows(
    tenant_id: str,
    day: date,
    *,
    graph: Record,
    assigned: Iterable[Record],
    grants: Iterable[Record] | None,
    service_principals: Iterable[Record],
    applications: Iterable[Record],
    asked: set[str],
    outcome: str,
    high: Mapping[str, bool],
) -> list[Row]:
    """The rows of fct_application_privilege_daily.

    `graph` is Microsoft Graph's own service principal with its appRoles; `asked` the ids that
    service_principals asked for, `outcome` how that feed ended; `high` says of each permission
    that is on the list, in lower case, whether it is high as a delegated one too. `grants` are None
    where they were withheld: nobody knows then what is held on behalf of users.
    """
    principals = {one["id"]: one for one in service_principals if one["id"] in asked}
    by_app = {str(one.get("appId")).lower(): one for one in applications}
    rows = []
    is_withheld = grants is None
    for (client, permission), held in _held(graph, assigned, grants or ()).items():
        is_app = "application" in held.ways
        listed = high.get(permission.lower()) if held.is_graph else None
        rows.append(
            {
                "tenant_id": tenant_id,
                "snapshot_date": day,
                "service_principal_id": client,
                "permission": permission,
                "is_application_permission": is_app,
                "is_delegated_permission": None if is_withheld else held.ways != {"application"},
                "delegated_status": "not_permitted" if is_withheld else "ok",
                "is_high_privilege": listed is not None and (is_app or listed),
                "consent_type": max(held.ways, key=STRENGTH.index),
                "user_consent_count": None if is_withheld else len(held.consenters),
            }
            | _credentials(
                tenant_id, day, principals.get(client), by_app, outcome, was_asked=client in asked
            )
        )
    return rows


def _held(
    graph: Record, assigned: Iterable[Record], grants: Iterable[Record]
) -> dict[tuple[str, str], Held]:
    names = {role["id"]: role.get("value") for role in graph.get("appRoles") or ()}
    found: dict[tuple[str, str], Held] = {}
    for one in assigned:
        role = one["appRoleId"]
        if role != NOTHING and one.get("principalType") not in ("User", "Group"):
            held = found.setdefault((one["principalId"], names.get(role) or role), Held())
            held.ways.add("application")
            held.is_graph = True
    for grant in grants:
        is_graph = grant["resourceId"] == graph["id"]
        for scope in (grant.get("scope") or "").split():
            name = scope if is_graph else f"{grant['resourceId']}/{scope}"
            held = found.setdefault((grant["clientId"], name), Held())
            held.is_graph |= is_graph
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
