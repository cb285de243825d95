"""The form of an entry of the audit log: who, what, to whom."""

from typing import Any

from pipeline.sandbox.story.identity import derived_uuid

Record = dict[str, Any]


def entry(
    tenant_id: str,
    activity: str,
    category: str,
    service: str,
    moment: str,
    key: tuple[Any, ...],
    *,
    initiated: Record,
    targets: list[Record],
    kind: str,
    reason: str = "",
) -> Record:
    """One entry; the key tells it from all others of the tenant."""
    prefix = {"PIM": "PIM", "Conditional Access": "IPCGraph"}.get(service, "Directory")
    correlation = derived_uuid("audit", tenant_id, *key)
    return {
        "id": f"{prefix}_{correlation}_{len(activity) * 7919}",
        "category": category,
        "correlationId": correlation,
        "result": "success",
        "resultReason": reason,
        "activityDisplayName": activity,
        "activityDateTime": moment,
        "loggedByService": service,
        "operationType": kind,
        "initiatedBy": initiated,
        "targetResources": targets,
        "additionalDetails": [{"key": "User-Agent", "value": "Mozilla/5.0"}],
    }


def by_user(person: Record, *, is_named: bool = False) -> Record:
    user = {
        "id": person.get("id"),
        "displayName": person.get("displayName") if is_named else None,
        "userPrincipalName": person.get("userPrincipalName"),
        "ipAddress": "203.0.113.7",
        "userType": person.get("userType"),
        "homeTenantId": None,
        "homeTenantName": None,
    }
    return {"app": None, "user": user}


def by_app(name: str, principal_id: str) -> Record:
    app = {
        "appId": None,
        "displayName": name,
        "servicePrincipalId": principal_id,
        "servicePrincipalName": None,
    }
    return {"app": app, "user": None}


def target(
    identifier: str,
    kind: str,
    shown: str | None,
    *,
    modified: list[Record] | None = None,
    name: str | None = None,
) -> Record:
    return {
        "id": identifier,
        "displayName": shown,
        "type": kind,
        "userPrincipalName": name,
        "groupType": None,
        "modifiedProperties": modified or [],
    }
