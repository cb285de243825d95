"""Each declared permission taken away in turn: what needs it says so, and nothing else changes."""

import pyarrow as pa
import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.sandbox.story.permissions import GRANTED

from .conftest import Lab
from .expected import PIM, RECOMMENDATIONS, RULES, SCORES

PER_USER = "per_user_mfa"
BY_ROLE_HOLDER = ("group_members", "users", PER_USER, "service_principals", *PIM[2:])
NEEDED_BY: dict[str, tuple[str, ...]] = {
    "SecurityEvents.Read.All": SCORES,
    "RoleManagement.Read.Directory": (
        "role_definitions",
        "role_assignments",
        *PIM[:2],
        RULES,
        *BY_ROLE_HOLDER,
    ),
    "Organization.Read.All": ("subscribed_skus", "organization"),
    "GroupMember.Read.All": ("groups", "group_members"),
    "User.Read.All": ("users", PER_USER),
    "AuditLog.Read.All": ("user_registration_details", "directory_audits"),
    "Application.Read.All": ("service_principals", "application_permissions"),
    "Policy.Read.All": (
        "conditional_access_policies",
        "conditional_access_plans",
        "named_locations",
        "authentication_strengths",
        "security_defaults",
        "authorization_policy",
        "authentication_methods_policy",
        PER_USER,
    ),
    "PrivilegedAssignmentSchedule.Read.AzureADGroup": ("group_assignment_schedule_instances",),
    "PrivilegedEligibilitySchedule.Read.AzureADGroup": ("group_eligibility_schedule_instances",),
    "IdentityRiskyUser.Read.All": ("risky_users",),
    "IdentityRiskEvent.Read.All": ("risk_detections",),
    "DirectoryRecommendations.Read.All": RECOMMENDATIONS,
}


def rows_of(lab: Lab, feed: str) -> dict[str, pa.Table]:
    return {
        name: lab.table(name).drop_columns(["collected_at", "run_id"])
        for name in FEEDS[feed].tables
    }


@pytest.fixture(scope="module")
def clean(regulated: Lab) -> Lab:
    """What the shared tenant's lake holds when every permission is there."""
    assert not regulated.surprises(regulated.collect().log)
    return regulated


def test_the_catalogue_declares_just_what_is_granted() -> None:
    declared = {request.permission for feed in FEEDS.values() for request in feed.requests}
    declared |= {feed.permission for feed in FEEDS.values()} | {f.also for f in FEEDS.values()}
    # Microsoft's table names the first for the grants; the sandbox honours the second as well.
    assert declared - {None, "Directory.Read.All"} == set(NEEDED_BY)
    assert set(GRANTED) - {"DelegatedPermissionGrant.Read.All"} == set(NEEDED_BY)
    for feed in FEEDS.values():
        assert feed.permission not in feed.accepts


@pytest.mark.parametrize("permission", NEEDED_BY)
def test_without_a_permission_exactly_what_needs_it_is_missing(
    fresh: Lab, clean: Lab, permission: str
) -> None:
    fresh.sandbox.deny(fresh.ids[0], permission)
    log = {row.feed: row for row in fresh.collect().log}
    refused = {feed: row for feed, row in log.items() if row.outcome != "ok"}
    assert set(refused) == set(NEEDED_BY[permission])
    for feed, row in refused.items():
        assert (row.outcome, row.rows) == ("not_permitted", 0)
        assert row.note is not None
        assert permission in row.note
        assert "grant" in row.note
        assert all(fresh.table(table).num_rows == 0 for table in FEEDS[feed].tables)
        is_asked = not any(need in refused for need in FEEDS[feed].needs)
        assert row.http_status == (403 if is_asked else None)
    for feed in set(FEEDS) - set(refused):
        follows = set(FEEDS[feed].after) & set(refused)
        note = log[feed].note or ""
        assert all(name in note for name in follows), "what may be incomplete is told"
        if not follows and (feed, permission) != ("users", "AuditLog.Read.All"):
            assert rows_of(fresh, feed) == rows_of(clean, feed)


def test_users_without_audit_log_are_read_without_sign_ins(fresh: Lab, clean: Lab) -> None:
    fresh.sandbox.deny(fresh.ids[0], "AuditLog.Read.All")
    [row] = [one for one in fresh.collect().log if one.feed == "users"]
    assert (row.outcome, row.error_code) == ("ok", "Authentication_MSGraphPermissionMissing")
    assert row.note is not None
    assert "without signInActivity" in row.note
    assert "AuditLog.Read.All" in row.note
    users = fresh.table("users").to_pylist()
    assert row.rows == len(users) > 5
    assert not any(user["sign_in_activity_last_sign_in_date_time"] for user in users)
    assert all(user["user_type"] for user in users)
    known = clean.table("users")["sign_in_activity_last_sign_in_date_time"]
    assert known.null_count < len(known)


def test_application_permissions_without_the_grants_lose_only_these(fresh: Lab, clean: Lab) -> None:
    fresh.sandbox.deny(fresh.ids[0], "DelegatedPermissionGrant.Read.All")
    [row] = [one for one in fresh.collect().log if one.feed == "application_permissions"]
    assert (row.outcome, row.http_status) == ("ok", 200)
    assert row.error_code == "Authorization_RequestDenied"
    assert row.note is not None
    assert "without v1.0 /oauth2PermissionGrants" in row.note
    assert "grant it the application permission Directory.Read.All" in row.note
    with_grants, without = rows_of(clean, row.feed), rows_of(fresh, row.feed)
    assert with_grants.pop("application_permissions_grants").num_rows
    assert without.pop("application_permissions_grants").num_rows == 0
    assert without == with_grants


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": 4000}, {"status": 404}])
def test_other_trouble_with_the_grants_ends_the_feed(fresh: Lab, fault: dict[str, int]) -> None:
    fresh.sandbox.faults.add(path="oauth2PermissionGrants", **fault)
    row = fresh.collect_one("application_permissions")
    assert row.outcome == ("throttled" if fault["status"] == 429 else "bad_response")
    assert fresh.table("application_permissions").num_rows == 0


def test_directory_read_all_opens_the_directory_and_nothing_more(fresh: Lab) -> None:
    for permission in GRANTED:
        fresh.sandbox.deny(fresh.ids[0], permission)
    fresh.sandbox.grant(fresh.ids[0], "Directory.Read.All")
    try:
        log = {row.feed: row for row in fresh.collect().log}
    finally:
        fresh.sandbox.deny(fresh.ids[0], "Directory.Read.All")
    opened = {feed for feed, row in log.items() if row.outcome in ("ok", "empty")}
    accepting = {f.name for f in FEEDS.values() if "Directory.Read.All" in f.accepts}
    assert (
        opened
        == accepting
        == {
            "role_definitions",
            "role_assignments",
            "subscribed_skus",
            "organization",
            "groups",
            "group_members",
            "users",
            "service_principals",
            "application_permissions",
        }
    )
    assert {log[feed].outcome for feed in set(FEEDS) - opened} == {"not_permitted"}
