"""Twenty ways in which one tenant can fail, each with what the log must say of it."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from pipeline.sandbox import Sandbox
from pipeline.sandbox.protocol.refusals import pim_not_permitted

Page = dict[str, Any]
OTHER = "99999999-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Breakage:
    """What is done to a tenant, and how one feed of it must end; `spoils` nothing means all."""

    name: str
    do: Callable[[Sandbox, str], object]
    feed: str
    outcome: str
    words: str
    spoils: tuple[str, ...] = ()


def fault(**fields: Any) -> Callable[[Sandbox, str], object]:
    return lambda sandbox, tenant: sandbox.faults.add(tenant_id=tenant, **fields)


def edit(path: str, function: Callable[[Page], Page]) -> Callable[[Sandbox, str], object]:
    return lambda sandbox, tenant: sandbox.edits.add(tenant_id=tenant, path=path, function=function)


def refused(code: int) -> Callable[[Sandbox, str], object]:
    return lambda sandbox, tenant: sandbox.refuse_sign_in(tenant, code)


def token_of_another_tenant(sandbox: Sandbox, tenant: str) -> None:
    claims = {"tid": OTHER, "exp": int(time.time()) + 3600}
    parts = [base64.urlsafe_b64encode(orjson.dumps(one)).rstrip(b"=") for one in ({}, claims)]
    token = b".".join([*parts, b"signature"]).decode()
    body = orjson.dumps({"token_type": "Bearer", "expires_in": 3599, "access_token": token})
    sandbox.faults.add(tenant_id=tenant, path="/token", status=200, body=body)


def first_record(**members: Any) -> Callable[[Page], Page]:
    def change(page: Page) -> Page:
        page["value"][0] |= members
        return page

    return change


def endless(sandbox: Sandbox, tenant: str) -> None:
    count = iter(range(10**6))

    def again(page: Page) -> Page:
        link = f"{sandbox.url}/beta/directory/recommendations/tenantSecureScores?n={next(count)}"
        return page | {"@odata.nextLink": link}

    sandbox.edits.add(tenant_id=tenant, path="tenantSecureScores", function=again)


def elsewhere(page: Page) -> Page:
    return page | {"@odata.nextLink": "https://example.com/v1.0/groups?$skiptoken=x"}


POLICY = "conditional_access_policies"
PROFILES = "secure_score_control_profiles"
ELIGIBLE = "role_eligibility_schedule_instances"
GROUPS = ("groups", "group_members")
HOLDERS = (
    "role_assignments",
    "per_user_mfa",
    "group_members",
    "users",
    "service_principals",
    "group_assignment_schedule_instances",
    "group_eligibility_schedule_instances",
    "role_management_policies",
)
BREAKAGES = (
    Breakage("not consented", refused(700016), "users", "auth_failed", "admin consent"),
    Breakage("blocked", refused(53003), "organization", "auth_failed", "Conditional Access"),
    Breakage("disabled", refused(7000112), "groups", "auth_failed", "enable it"),
    Breakage(
        "wrong token", token_of_another_tenant, "users", "auth_failed", "token of another tenant"
    ),
    Breakage(
        "no permission",
        lambda sandbox, tenant: sandbox.deny(tenant, "GroupMember.Read.All"),
        "group_members",
        "not_permitted",
        "GroupMember.Read.All",
        GROUPS,
    ),
    Breakage("429 storm", fault(status=429), "organization", "throttled", "run again later"),
    Breakage("503", fault(path="/v1.0/", status=503), "groups", "unavailable", "run again later"),
    Breakage(
        "401", fault(path="/v1.0/", status=401), "organization", "auth_failed", "refused the token"
    ),
    Breakage(
        "HTML 403",
        fault(path="v1.0/identity/conditionalAccess/policies", html=True),
        POLICY,
        "bad_response",
        "HTTP 403",
        (POLICY,),
    ),
    Breakage(
        "truncated",
        fault(path="v1.0/roleManagement/directory/roleDefinitions", truncate=True),
        "role_definitions",
        "bad_response",
        "not complete JSON",
        ("role_definitions",),
    ),
    Breakage(
        "foreign link",
        edit("/groups?", elsewhere),
        "groups",
        "bad_response",
        "another host",
        GROUPS,
    ),
    Breakage(
        "wrong records",
        edit("secureScores?", first_record(azureTenantId=OTHER)),
        "secure_scores",
        "bad_response",
        "another tenant",
        ("secure_scores",),
    ),
    Breakage(
        "wrong organization",
        edit("/organization?", first_record(id=OTHER)),
        "organization",
        "bad_response",
        "another tenant",
        ("organization",),
    ),
    Breakage(
        "type change",
        edit("secureScoreControlProfiles", first_record(maxScore=[])),
        PROFILES,
        "bad_response",
        "secure_score_control_profiles.maxScore: expected a number, got a list",
        (PROFILES,),
    ),
    Breakage(
        "never-ending",
        endless,
        "recommendation_tenant_scores",
        "bad_response",
        "a page came twice",
        ("recommendation_tenant_scores",),
    ),
    Breakage(
        "repeated link",
        fault(path="roleAssignments?", repeat_next_link=True),
        "role_assignments",
        "bad_response",
        "never ends",
        HOLDERS,
    ),
    Breakage(
        "error with 200",
        fault(path="riskyUsers", status=200, body=b'{"error":{"code":"Odd"}}'),
        "risky_users",
        "bad_response",
        "error with status 200",
        ("risky_users",),
    ),
    Breakage(
        "dropped",
        fault(path="namedLocations", drop=True),
        "named_locations",
        "unavailable",
        "could not be reached",
        ("named_locations",),
    ),
    Breakage(
        "PIM scope",
        fault(
            path="roleEligibilityScheduleInstances",
            refusal=pim_not_permitted(["RoleEligibilitySchedule.Read.Directory"]),
        ),
        ELIGIBLE,
        "not_permitted",
        "PermissionScopeNotGranted",
        (ELIGIBLE,),
    ),
    Breakage(
        "long wait",
        fault(path="subscribedSkus", status=429, retry_after=3600),
        "subscribed_skus",
        "throttled",
        "throttled this application",
        ("subscribed_skus",),
    ),
)
