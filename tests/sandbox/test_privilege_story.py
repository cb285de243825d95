"""The life of those with privilege: PIM is taken up, people register, some slip out."""

from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox.conftest import DAYS, FIRST, TODAY, GetClient, over_time, records


@pytest.fixture
def graph(sandbox: Sandbox, client: GetClient) -> httpx.Client:
    return client(sandbox.tenants[2])


def who(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(r["principalId"], r["roleDefinitionId"], r["directoryScopeId"]) for r in rows}


def test_standing_roles_turn_eligible_and_are_activated(
    sandbox: Sandbox, graph: httpx.Client
) -> None:
    standing, eligible, seen = [], [], Counter[str]()
    activated_on: list[set[tuple[str, str, str]]] = []
    for day in over_time(sandbox):
        active, may = records(graph, ask.ACTIVE), records(graph, ask.ELIGIBLE)
        direct = [row for row in active if row["memberType"] == "Direct"]
        assert who(direct) == who(records(graph, ask.ASSIGNMENTS))
        assigned = [row for row in direct if row["assignmentType"] == "Assigned"]
        activated = [row for row in direct if row["assignmentType"] == "Activated"]
        assert not who(assigned) & who(may)
        assert who(activated) <= who(may)
        for row in activated:
            assert row["startDateTime"][:10] == row["endDateTime"][:10] == day.isoformat()
        for row in (*assigned, *may):
            assert row["startDateTime"][:10] <= day.isoformat() <= (row["endDateTime"] or "9")
        seen["ends"] += sum(row["endDateTime"] is not None for row in assigned)
        seen["permanent"] += sum(row["endDateTime"] is None for row in assigned)
        seen["through group"] += sum(row["memberType"] == "Group" for row in active)
        seen["eligible through group"] += sum(row["memberType"] == "Group" for row in may)
        standing.append(len(assigned))
        eligible.append(len(may))
        activated_on.append(who(activated))
    assert eligible[0] == 0 < eligible[4] < eligible[-1]
    assert standing[0] > standing[4] > standing[-1] > 3
    assert len({frozenset(each) for each in activated_on}) > 4
    assert min(seen.values()) > 0


def test_groups_hold_roles_and_nest_through_pim(sandbox: Sandbox, graph: httpx.Client) -> None:
    seen = Counter[str]()
    for day in over_time(sandbox, DAYS[3:]):
        holders = {row["principalId"] for row in records(graph, ask.ASSIGNMENTS)}
        groups = records(graph, ask.GROUPS + ask.query(filter="isAssignableToRole eq true"))
        for group in groups:
            mine = ask.query(filter=f"groupId eq '{group['id']}'", expand="principal")
            active = records(graph, ask.GROUP_ACTIVE + mine)
            may = records(graph, ask.GROUP_ELIGIBLE + mine)
            members = {m["id"] for m in records(graph, f"{ask.GROUPS}/{group['id']}/members")}
            now = [row for row in active if row["assignmentType"] == "activated"]
            assert {r["principalId"] for r in active if r["accessId"] == "member"} <= members
            for row in now:
                assert row["endDateTime"][:10] == day.isoformat()
            seen["holds a role"] += group["id"] in holders
            seen["activated"] += len(now)
            seen["activated beneath a group"] += sum(row["memberType"] == "group" for row in now)
            seen["eligible owner"] += sum(row["accessId"] == "owner" for row in may)
            nested = [r for r in may if r["principal"]["@odata.type"].endswith(".group")]
            seen["nested group"] += len(nested)
            for row in nested:
                inside = records(graph, f"{ask.GROUPS}/{row['principalId']}/members")
                seen["nested deeper"] += any(m["@odata.type"].endswith(".group") for m in inside)
    assert min(seen.values()) > 0
    assert len(seen) == 6


@pytest.mark.parametrize("index", [1, 2])
def test_who_escapes_the_policies(sandbox: Sandbox, client: GetClient, index: int) -> None:
    """The emergency account is left out, and an administrator slips out through a nested group."""
    graph = client(sandbox.tenants[index])
    users = {u["id"]: u["displayName"] for u in records(graph, f"{ask.USERS}?$top=999")}
    held = {row["principalId"] for row in records(graph, ask.ASSIGNMENTS)}
    slipped: set[str] = set()
    for policy in records(graph, ask.POLICIES):
        left_out = policy["conditions"]["users"]
        for group in left_out["excludeGroups"]:
            path = f"{ask.GROUPS}/{group}"
            direct = {m["id"] for m in records(graph, f"{path}/members?$select=id")}
            whole = {m["id"] for m in records(graph, f"{path}/transitiveMembers?$select=id")}
            slipped |= whole - direct
        slipped |= {user for user in left_out["excludeUsers"] if user in users}
    assert slipped & users.keys()
    assert slipped
    names = {users[user] for user in slipped if user in users}
    emergency = {user for user, name in users.items() if name == "Emergency Access"}
    assert len(emergency) == 1
    assert emergency <= held
    assert names


def test_registration_progresses(sandbox: Sandbox, client: GetClient) -> None:
    for tenant in sandbox.tenants[1:3]:
        graph, shares = client(tenant), []
        for _ in over_time(sandbox, [FIRST, DAYS[6], TODAY]):
            rows = records(graph, ask.REGISTRATION)
            everyone = sum(row["isMfaRegistered"] for row in rows) / len(rows)
            admins = [row["isMfaRegistered"] for row in rows if row["isAdmin"]]
            shares.append((everyone, sum(admins) / len(admins)))
        assert shares[0][0] < shares[1][0] < shares[2][0] < 1
        assert shares[0][1] < shares[2][1] < 1


def test_administrators_of_every_kind(sandbox: Sandbox, client: GetClient) -> None:
    """Stale, never signed in, disabled, guest and synchronised ones among the holders of roles."""
    kinds = Counter[str]()
    for tenant in sandbox.tenants:
        graph = client(tenant)
        rows = records(graph, f"{ask.ASSIGNMENTS}?$expand=principal")
        people = [
            row["principal"]
            for row in rows
            if (row.get("principal") or {}).get("@odata.type", "").endswith(".user")
        ]
        kinds["guest"] += any(person["userType"] == "Guest" for person in people)
        kinds["disabled"] += any(not person["accountEnabled"] for person in people)
        if tenant.licence_tier == "free":
            continue
        ids = list(dict.fromkeys(person["id"] for person in people))
        for start in range(0, len(ids), 15):
            some = ask.query(
                filter=ask.among("id", ids[start : start + 15]),
                select="id,accountEnabled,signInActivity",
                top="999",
            )
            for user in records(graph, ask.USERS + some):
                last = user.get("signInActivity", {}).get("lastSuccessfulSignInDateTime")
                kinds["never"] += "signInActivity" not in user
                kinds["stale"] += last is not None and last < "2026-04-01"
                kinds["lately"] += last is not None and last > "2026-06-01"
    assert min(kinds.values()) > 0
    assert len(kinds) == 5


def test_sign_ins_never_go_back_in_time(sandbox: Sandbox, client: GetClient) -> None:
    graph, latest = client(sandbox.tenants[1]), dict[str, str]()
    for day in over_time(sandbox, [TODAY - timedelta(days=back) for back in (9, 6, 3, 2, 1, 0)]):
        for user in records(graph, f"{ask.USERS}?$select=id,signInActivity&$top=50"):
            moment = user.get("signInActivity", {}).get("lastSignInDateTime", "")
            assert latest.get(user["id"], "") <= moment < (day + timedelta(days=1)).isoformat()
            latest[user["id"]] = moment


def test_a_providers_groups_hold_roles_and_are_found_nowhere_else(
    sandbox: Sandbox, client: GetClient
) -> None:
    """One tenant in many is looked after; what its provider adds during the story is new then."""
    found: dict[int, list[set[tuple[str, str]]]] = {}
    for index in (0, 1, 2):
        graph, tenant = client(sandbox.tenants[index]), sandbox.tenants[index].tenant_id
        for _ in over_time(sandbox, [FIRST, TODAY, TODAY + timedelta(days=2)]):
            rows = records(graph, f"{ask.ASSIGNMENTS}?$expand=principal")
            foreign = [row for row in rows if row["principalOrganizationId"] != tenant]
            held = {(r["principal"]["displayName"], r["roleDefinitionId"]) for r in foreign}
            found.setdefault(index, []).append(held)
            for row in foreign:
                assert row["principal"] == {
                    "@odata.type": "#microsoft.graph.directoryObjectPartnerReference",
                    "id": row["principalId"],
                    "deletedDateTime": None,
                    "displayName": row["principal"]["displayName"],
                    "description": None,
                    "externalPartnerTenantId": row["principalOrganizationId"],
                    "objectType": "Group",
                }
                by_name = ask.query(filter=ask.among("id", [row["principalId"]]))
                assert records(graph, ask.GROUPS + by_name) == []
                for relation in ("members", "transitiveMembers"):
                    answer = graph.get(f"{ask.GROUPS}/{row['principalId']}/{relation}")
                    assert answer.status_code == 404
                    assert answer.json()["error"]["code"] == "Request_ResourceNotFound"
    first, before, after = found.pop(1)
    assert {name for name, _ in first} == {"Tier 2 Engineers"}
    assert first == before < after
    assert [any(days) for days in found.values()] == [False, False]
