"""Who is kept as a row and who is only counted, worked out from what Graph sent."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pytest

from pipeline.graph.readers.method_classes import METHOD_CLASSES, strongest_class
from pipeline.graph.roster import Roster

from .conftest import Lab, NewLab
from .estate_view import Estate
from .wire import recorded


@pytest.fixture
def estate(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    wire = recorded(monkeypatch)
    with new_lab(tenants=1, days=60, shapes=["regulated"], users=1_200) as lab:
        assert not lab.surprises(lab.collect().log)
        yield Estate(lab, wire)


def test_users_are_asked_for_by_name_and_nobody_else_is(estate: Estate) -> None:
    asked: set[str] = set()
    for call in estate.lab.graph_calls():
        if call.path.startswith("/v1.0/users?"):
            [listed] = [part for part in unquote(call.path).split("&") if "id in (" in part]
            ids = [one.strip("'") for one in listed.partition("(")[2].rstrip(")").split(",")]
            assert len(ids) <= 15
            assert not asked & set(ids), "nobody is asked for twice"
            asked |= set(ids)
    assert asked == estate.people
    assert {one["id"] for one in estate.written("users")} <= asked
    assert estate.written("users") == estate.sent("users")
    risky = {one["id"] for one in estate.sent("risky_users")}
    assert asked & risky - estate.holders("user"), "someone is here for a risk alone"
    assert risky - asked, "someone who is safe again is not"


def test_registration_keeps_who_is_kept_and_counts_everyone(estate: Estate) -> None:
    sent, people = estate.sent("user_registration_details"), estate.people
    kept = [one for one in sent if one["isAdmin"] or one["id"] in people]
    assert estate.written("user_registration_details") == kept
    assert 10 < len(kept) < len(sent) / 5
    expected = Counter(
        (
            one["userType"],
            one["isAdmin"],
            one["isMfaRegistered"],
            one["isMfaCapable"],
            strongest_class(one["methodsRegistered"]),
        )
        for one in sent
    )
    counts = {
        (
            row["user_type"],
            row["is_admin"],
            row["is_mfa_registered"],
            row["is_mfa_capable"],
            row["strongest_method_class"],
        ): row["count"]
        for row in estate.tables["user_registration_counts"].to_pylist()
    }
    assert counts == expected
    assert sum(counts.values()) == len(sent)


def test_transitive_members_are_kept_where_the_member_is_kept(estate: Estate) -> None:
    sent = estate.sent("group_members_transitive")
    groups = estate.holders("group")
    kept = [one for one in sent if one["id"] in estate.people | groups]
    assert estate.written("group_members_transitive") == kept
    assert 0 < len(kept) < len(sent)
    parents = set(estate.tables["group_members_transitive"]["group_id"].to_pylist())
    assert parents <= {one["id"] for one in estate.sent("groups")}


def test_members_of_groups_in_policies_are_counted_by_type(estate: Estate) -> None:
    pages = estate.wire.pages[estate.tenant, "group_members_transitive"]
    assert pages
    rows = estate.tables["group_member_counts"].to_pylist()
    sent = Counter(one["@odata.type"] for one in estate.sent("group_members_transitive"))
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row["odata_type"]] += row["count"]
    assert +counted == sent
    assert {row["group_id"] for row in rows} == estate.named_groups & {
        one["id"] for one in estate.sent("groups")
    }
    assert all((row["count"] == 0) == (row["odata_type"] is None) for row in rows)


def test_members_are_those_of_groups_that_hold_roles(estate: Estate) -> None:
    assert estate.written("group_members") == estate.sent("group_members")
    rows = estate.tables["group_members"].to_pylist()
    asked = {
        call.path.split("/")[3]
        for call in estate.lab.graph_calls()
        if call.path.partition("?")[0].endswith("/members")
    }
    assert asked == estate.holders("group")
    assert {row["group_id"] for row in rows} <= asked


def test_grants_of_single_users_are_counted(estate: Estate) -> None:
    sent = estate.sent("application_permissions_grants")
    kept = [
        one
        for one in sent
        if one["consentType"] == "AllPrincipals" or one["principalId"] in estate.people
    ]
    assert estate.written("application_permissions_grants") == kept
    counted = Counter(
        (one["clientId"], one["resourceId"], one["scope"]) for one in sent if one not in kept
    )
    rows = estate.tables["application_permissions_user_grants"].to_pylist()
    assert {(r["client_id"], r["resource_id"], r["scope"]): r["count"] for r in rows} == counted
    assert counted
    assert estate.written("application_permissions") == estate.sent("application_permissions")


def test_impacted_people_are_counted_and_other_resources_kept(estate: Estate) -> None:
    sent = {one["id"]: one for one in estate.sent("recommendations")}
    more = estate.wire.pages[estate.tenant, "recommendations_impacted_resources"]
    for page in more:
        first = page["value"][0]["recommendationId"]
        sent[first]["impactedResources"] += page["value"]
    assert more, "one list is longer than what comes with its recommendation"
    totals: Counter[tuple[str, str, str]] = Counter()
    for record in sent.values():
        record.pop("impactedResources@odata.nextLink", None)
        for one in record["impactedResources"]:
            totals[record["id"], one["resourceType"], one["status"]] += 1
        record["impactedResources"] = [
            one
            for one in record["impactedResources"]
            if one["resourceType"] != "user" or one["subjectId"] in estate.people
        ]
    assert estate.written("recommendations") == list(sent.values())
    rows = estate.tables["recommendation_impacted_counts"].to_pylist()
    counts = {(r["recommendation_id"], r["resource_type"], r["status"]): r["count"] for r in rows}
    assert counts == totals
    kept = len(estate.tables["recommendations_impacted_resources"])
    assert kept < sum(counts.values())


def test_every_service_principal_with_a_role_or_a_permission_is_read(estate: Estate) -> None:
    wanted = estate.clients | estate.holders("servicePrincipal")
    found = {one["id"] for one in estate.sent("service_principals")}
    assert found <= wanted | estate.unknown
    assert found >= wanted
    own = {
        one["appId"]
        for one in estate.sent("service_principals")
        if one["appOwnerOrganizationId"] == estate.tenant
    }
    registered = {one["appId"] for one in estate.sent("service_principals_applications")}
    assert registered <= own
    assert registered


def test_each_method_has_a_class_and_the_strongest_counts() -> None:
    assert strongest_class(["mobilePhone", "fido2SecurityKey"]) == "phishing_resistant"
    assert strongest_class(["MicrosoftAuthenticatorPush", "email"]) == "app"
    assert strongest_class(["email", "securityQuestion"]) == "none"
    assert strongest_class([]) == strongest_class(None) == "none"
    assert strongest_class(["carrierPigeon", "email"]) == "other"
    assert strongest_class(["carrierPigeon", "mobilePhone"]) == "phone"
    members = [one for methods in METHOD_CLASSES.values() for one in methods]
    assert len(members) == len(set(members))


def test_each_group_is_asked_for_once(estate: Estate) -> None:
    ids = [one["id"] for one in estate.sent("groups")]
    assert len(ids) == len(set(ids)) > 3
    assert estate.named_groups & set(ids)
    assert estate.principals("group") <= set(ids)


def test_a_group_that_was_read_and_is_empty_is_told_from_one_that_was_not(fresh: Lab) -> None:
    pages = []

    def empty_first(page: dict[str, Any]) -> dict[str, Any]:
        pages.append(page)
        return page | ({"value": []} if len(pages) == 1 else {})

    fresh.sandbox.edits.add(path="/transitiveMembers?", function=empty_first)
    assert not fresh.surprises(fresh.collect().log)
    rows = fresh.table("group_member_counts").to_pylist()
    calls = [one.path for one in fresh.graph_calls() if "/transitiveMembers?" in one.path]
    first, *others = [path.split("/")[3] for path in calls]
    assert [(r["odata_type"], r["count"]) for r in rows if r["group_id"] == first] == [(None, 0)]
    assert {row["group_id"] for row in rows} == {first, *others}


def test_a_role_group_inside_a_policys_group_is_kept_as_its_member(fresh: Lab) -> None:
    def nest(page: dict[str, Any]) -> dict[str, Any]:
        held = {one.path.split("/")[3] for one in fresh.graph_calls() if "/members?" in one.path}
        kind = "#microsoft.graph.group"
        page["value"] += [{"@odata.type": kind, "id": one} for one in sorted(held)]
        page["value"].append({"@odata.type": kind, "id": "00000000-0000-4000-8000-0000000000aa"})
        return page

    fresh.sandbox.edits.add(path="/transitiveMembers?", function=nest)
    assert not fresh.surprises(fresh.collect().log)
    rows = fresh.table("group_members_transitive").to_pylist()
    groups = {row["id"] for row in rows if row["odata_type"].endswith(".group")}
    held = {one.path.split("/")[3] for one in fresh.graph_calls() if "/members?" in one.path}
    assert groups == held != set()


HOME = "0f0f0f0f-0000-4000-8000-00000000000f"


@pytest.mark.parametrize("told_by", ["assignment", "principal", "reference"])
def test_a_partner_is_asked_for_nowhere_and_is_no_group_that_is_gone(
    fresh: Lab, told_by: str
) -> None:
    partner: list[str] = []

    def from_elsewhere(page: dict[str, Any]) -> dict[str, Any]:
        groups = [
            row
            for row in page["value"]
            if (row.get("principal") or {}).get("@odata.type", "").endswith(".group")
        ]
        partner[:] = partner or [groups[0]["principalId"]]
        for row in groups:
            if row["principalId"] != partner[0]:
                continue
            if told_by == "assignment":
                row["principalOrganizationId"] = HOME
            elif told_by == "principal":
                row["principal"]["organizationId"] = HOME
            else:
                kind = "#microsoft.graph.directoryObjectPartnerReference"
                row["principal"] = {"@odata.type": kind, "id": partner[0]}
        return page

    fresh.sandbox.edits.add(path="/roleAssignments?", function=from_elsewhere)
    log = {row.feed: row for row in fresh.collect().log}
    assert not fresh.surprises(log.values())
    asked = [one.path for one in fresh.graph_calls() if partner[0] in one.path.lower()]
    assert asked == []
    assert "no longer exists" not in (log["group_members"].note or "")
    named = fresh.table("role_assignments_principal").to_pylist()
    homes = {row["organization_id"] for row in named if row["id"] == partner[0]}
    assert homes == ({HOME} if told_by == "principal" else {None})


def test_whoever_is_named_first_without_a_tenant_turns_out_a_partner() -> None:
    roster = Roster("aa")
    pim, plain = "role_assignment_schedule_instances", "role_assignments"
    one = "0f0f0f0f-0000-4000-8000-0000000000ee"
    shown = pa.table({"id": [one], "odata_type": ["#microsoft.graph.group"]})
    roster.learn({pim: pa.table({"principal_id": [one]}), f"{pim}_principal": shown})
    assert roster.role_groups == {one}
    row = {"principal_id": [one], "principal_organization_id": ["BB"]}
    roster.learn({plain: pa.table(row), f"{plain}_principal": shown})
    assert (roster.role_groups, roster.partners) == (set(), {one})
    assert roster.holders == {one: "partner"}
    roster.learn({f"{pim}_principal": shown, pim: pa.table({"principal_id": [one]})})
    assert roster.holders == {one: "partner"}
