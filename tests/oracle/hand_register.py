"""What register.yaml declares in three awkward tenants, step by step, and what makes it true."""

from datetime import date
from typing import Any

from pipeline.sandbox import Sandbox
from pipeline.sandbox.story.people import user_id
from tests.oracle.hostile import Page

Entries = dict[str, list[dict[str, str]]]
PARTNER_GROUP = "ffffffff-0000-4000-8000-0000000000ee"
# What most policies of the third tenant leave out.
EXCLUDED_GROUP = "dcaa7965-7838-4f42-8aec-91c5edbeb48e"
SYNC_ROLE = "d29b2b05-8046-44ba-8758-1e26182fcf32"
SIGNED_IN = "2026-06-27T07:00:00Z"


def entries(sandbox: Sandbox, step: int, *, is_again: bool = False) -> Entries:
    """By tenant id. A second run of the same day takes one entry back and makes another anew."""
    tenants = sandbox.tenants[:3]
    first, second, third = (tenant.tenant_id for tenant in tenants)
    emergency = _emergency_ids(sandbox)
    found: Entries = {first: [{"principal": user_id(tenants[0], 1), "role": "emergency"}]}
    if step >= 2:
        found[second] = [{"principal": emergency[0].upper(), "role": "emergency"}]
    if step >= 3:
        found[second].append({"principal": _name(sandbox).upper(), "role": "emergency"})
    if step >= 1:
        found[third] = [
            {"group": EXCLUDED_GROUP, "role": "emergency"},
            {
                "principal": user_id(tenants[2], 5),
                "role": "service",
                "owner": "Ada",
                "review_by": "2026-01-15",
            },
        ]
    if step >= 4:
        found[third].append({"group": PARTNER_GROUP, "role": "partner"})
    if is_again:
        found[second] = found[second][:1]
        found[first] = [{"principal": user_id(tenants[0], 3), "role": "partner"}]
    return found


def _emergency_ids(sandbox: Sandbox) -> tuple[str, str]:
    return user_id(sandbox.tenants[1], 1), user_id(sandbox.tenants[1], 2)


def _name(sandbox: Sandbox) -> str:
    return f"emergency.two@{sandbox.tenants[1].domain.partition('.')[0]}.onmicrosoft.example"


def spared(sandbox: Sandbox, since: date) -> Any:
    """From a day on every policy leaves the two emergency accounts out by name."""
    ids = _emergency_ids(sandbox)

    def altered(page: Page, today: date) -> Page:
        if today < since:
            return page
        return page | {"value": [_without(policy, ids) for policy in page["value"]]}

    return altered


def _without(policy: Page, ids: tuple[str, ...]) -> Page:
    conditions = policy["conditions"]
    users = conditions["users"]
    excluded = [*users["excludeUsers"], *(one for one in ids if one not in users["excludeUsers"])]
    users = users | {"excludeUsers": excluded}
    return policy | {"conditions": {**conditions, "users": users}}


def as_microsoft_asks(sandbox: Sandbox, used: date) -> Any:
    """Two accounts on the initial domain, one of which somebody signs in with on a day."""
    ids = _emergency_ids(sandbox)
    domain = _name(sandbox).rpartition("@")[2]
    names = {ids[0]: f"emergency.one@{domain}", ids[1]: _name(sandbox)}

    def altered(page: Page, today: date) -> Page:
        people = []
        for user in page["value"]:
            if user["id"] in names:
                changes: Page = {"userPrincipalName": names[user["id"]]}
                changes |= {"accountEnabled": True, "onPremisesSyncEnabled": None}
                if "signInActivity" in user:
                    is_used = today >= used and user["id"] == ids[0]
                    last = SIGNED_IN if is_used else "2025-11-03T07:00:00Z"
                    changes["signInActivity"] = {"lastSuccessfulSignInDateTime": last}
                user = user | changes
            people.append(user)
        return page | {"value": people}

    return altered


def with_keys(sandbox: Sandbox) -> Any:
    """Both have a passkey registered."""
    ids = _emergency_ids(sandbox)

    def altered(page: Page, _: date) -> Page:
        keys = {"isMfaRegistered": True, "methodsRegistered": ["fido2SecurityKey"]}
        people = [one | (keys if one["id"] in ids else {}) for one in page["value"]]
        return page | {"value": people}

    return altered


def synchronising(page: Page, _: date) -> Page:
    """The second and the third holder are accounts of synchronisation too."""
    rows = page["value"]
    more = [row | {"id": f"sync-{row['id']}", "roleDefinitionId": SYNC_ROLE} for row in rows[1:3]]
    only = [row for row in rows if row not in rows[2:3]]
    return page | {"value": [*only, *more]} if "@odata.nextLink" not in page else page
