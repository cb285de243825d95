"""The identity feeds have the shapes of Graph, whatever the tenant, and hold what Graph's hold."""

from typing import Any

import httpx
import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox import identity_shapes as shapes
from tests.sandbox import policy_shapes, risk_shapes
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox.conftest import GetClient, records, refused
from tests.sandbox.shape import problems


@pytest.fixture
def graph(sandbox: Sandbox, client: GetClient) -> httpx.Client:
    """A regulated tenant with every licence."""
    return client(sandbox.tenants[2])


@pytest.mark.parametrize("path", ask.LISTS)
def test_lists_have_the_shape(sandbox: Sandbox, client: GetClient, path: str) -> None:
    answered = 0
    for tenant in sandbox.tenants:
        graph = client(tenant)
        if graph.get(path).status_code == 200:
            found = records(graph, path)
            answered += len(found)
            assert problems(found, [ask.LISTS[path]]) == []
            ids = [record["id"] for record in found if "id" in record]
            assert len(set(ids)) == len(ids)
    assert answered


@pytest.mark.parametrize("path", ask.SINGLETONS)
def test_settings_are_objects_of_their_own(sandbox: Sandbox, client: GetClient, path: str) -> None:
    for tenant in sandbox.tenants:
        assert problems(client(tenant).get(path).json(), ask.SINGLETONS[path]) == []


def test_authorization_policy_is_a_list_in_beta(graph: httpx.Client) -> None:
    page = graph.get(ask.AUTHORIZATION.replace("v1.0", "beta")).json()
    assert problems(page["value"], [policy_shapes.AUTHORIZATION]) == []
    assert len(page["value"]) == 1


def test_groups_and_their_members(sandbox: Sandbox, client: GetClient) -> None:
    kinds, nested = set(), 0
    for tenant in sandbox.tenants:
        graph = client(tenant)
        users = {user["id"] for user in records(graph, f"{ask.USERS}?$select=id&$top=999")}
        for group in records(graph, ask.GROUPS):
            path = f"{ask.GROUPS}/{group['id']}"
            direct = records(graph, f"{path}/members?$select=id&$top=999")
            whole = records(graph, f"{path}/transitiveMembers?$select=id&$top=999")
            assert problems(direct + whole, [shapes.MEMBER]) == []
            inside, everyone = ({m["id"] for m in part} for part in (direct, whole))
            assert inside <= everyone
            nested += everyone > inside
            kinds |= {member["@odata.type"].rpartition(".")[2] for member in whole}
            if group["isAssignableToRole"]:
                assert "group" not in {m["@odata.type"].rpartition(".")[2] for m in direct}
            people = {m["id"] for m in whole if m["@odata.type"].endswith(".user")}
            assert people <= users
            cast = records(graph, f"{path}/transitiveMembers/microsoft.graph.user?$select=id")
            assert {frozenset(m) for m in cast} <= {frozenset({"id"})}
            assert {m["id"] for m in cast} == people
    assert nested
    assert kinds == {"user", "group", "servicePrincipal", "device"}


def test_members_show_what_may_be_read(sandbox: Sandbox) -> None:
    from tests.sandbox.conftest import graph_client

    with Sandbox(tenants=1, days=3, shapes=("p2",), throttling=False) as own:
        with graph_client(own, own.tenants[0]) as graph:
            group = records(graph, ask.GROUPS)[0]["id"]
            full = records(graph, f"{ask.GROUPS}/{group}/members")
            user = next(m for m in full if m["@odata.type"].endswith(".user"))
            assert set(user) == {"@odata.type", *shapes.DEFAULT_USER}
        own.deny(own.tenants[0].tenant_id, "User.Read.All")
        with graph_client(own, own.tenants[0]) as graph:
            limited = records(graph, f"{ask.GROUPS}/{group}/members")
            users = [m for m in limited if m["@odata.type"].endswith(".user")]
            assert {frozenset(m) for m in users} == {frozenset({"@odata.type", "id"})}


def test_users_by_id(sandbox: Sandbox, client: GetClient) -> None:
    """Fifteen at a time, ordinary people too; those who are gone are left out."""
    for tenant in sandbox.tenants:
        graph = client(tenant)
        everyone = records(graph, f"{ask.USERS}?$top=999&$select=id,displayName,accountEnabled")
        known = {user["id"]: user for user in everyone}
        wanted = [*list(known)[:7], *list(known)[-7:], "00000000-0000-4000-8000-000000000000"]
        found = records(
            graph,
            ask.USERS
            + ask.query(
                filter=ask.among("id", wanted), select="id,displayName,accountEnabled", top="999"
            ),
        )
        assert found == [known[identifier] for identifier in dict.fromkeys(wanted[:-1])]


def test_per_user_mfa_of_one_user_says_the_state_and_nothing_else(
    sandbox: Sandbox, client: GetClient
) -> None:
    """Off for nearly everybody; asked of somebody who is not there, and of v1.0, it is unknown."""
    found: list[str] = []
    for tenant in sandbox.tenants:
        graph = client(tenant)
        for user in records(graph, f"{ask.USERS}?$top=60&$select=id")[:60]:
            answer = graph.get(ask.REQUIREMENTS.format(id=user["id"])).json()
            context = f"{sandbox.url}/beta/$metadata#users('{user['id']}')"
            assert answer.pop("@odata.context") == f"{context}/authentication/requirements"
            found += answer.values()
            assert set(answer) == {"perUserMfaState"}
    assert set(found) == {"disabled", "enabled", "enforced"}
    assert found.count("disabled") > 0.8 * len(found)
    nobody = ask.REQUIREMENTS.format(id="00000000-0000-4000-8000-000000000000")
    refused(graph.get(nobody), 404, "Request_ResourceNotFound")
    refused(graph.get(nobody.replace("beta", "v1.0")), 400, "BadRequest")


def test_plans_are_of_beta_and_in_the_default_story_nobody_has_one(graph: httpx.Client) -> None:
    assert records(graph, ask.PLANS) == []
    refused(graph.get(f"{ask.PLANS}/x/rules"), 404, "Request_ResourceNotFound")
    refused(graph.get(ask.PLANS.replace("beta", "v1.0")), 400, "BadRequest")


def test_service_principals_and_applications_match(graph: httpx.Client) -> None:
    principals = {sp["appId"]: sp for sp in records(graph, ask.SERVICE_PRINCIPALS)}
    registered = records(graph, ask.APPLICATIONS)
    assert {app["appId"] for app in registered} <= set(principals)
    named = ask.query(filter=ask.among("appId", [app["appId"] for app in registered]), top="999")
    assert records(graph, ask.APPLICATIONS + named) == registered
    assert {sp["servicePrincipalType"] for sp in principals.values()} == {
        "Application",
        "ManagedIdentity",
        "Legacy",
    }
    assert any(sp["appOwnerOrganizationId"] is None for sp in principals.values())


def test_other_apis_have_roles_of_their_own(graph: httpx.Client) -> None:
    apis = records(
        graph,
        ask.SERVICE_PRINCIPALS
        + ask.query(filter=ask.among("appId", ask.APIS), select="id,appId,appRoles"),
    )
    assert [one["appId"] for one in apis] == ask.APIS
    roles = {(one["appId"], role["value"]): role["id"] for one in apis for role in one["appRoles"]}
    assert len(set(roles.values())) == len(roles), "the same name is another permission elsewhere"
    itself, exchange, sharepoint = ask.APIS
    assert roles[exchange, "full_access_as_app"] == "dc890d15-9560-4a4c-9b7f-a736ec74ec40"
    assert roles[itself, "Sites.FullControl.All"] != roles[sharepoint, "Sites.FullControl.All"]
    for api in apis:
        held = records(graph, f"{ask.SERVICE_PRINCIPALS}/{api['id']}/appRoleAssignedTo?$top=999")
        assert problems(held, [shapes.APP_ROLE_ASSIGNMENT]) == []
        assert held
        assert {row["resourceId"] for row in held} == {api["id"]}
        assert {row["appRoleId"] for row in held} <= {role["id"] for role in api["appRoles"]}


def test_application_permissions(graph: httpx.Client) -> None:
    (itself,) = records(
        graph, ask.SERVICE_PRINCIPALS + ask.query(filter=ask.GRAPH_ITSELF, select="id,appRoles")
    )
    names = {role["id"]: role["value"] for role in itself["appRoles"]}
    held = records(graph, f"{ask.SERVICE_PRINCIPALS}/{itself['id']}/appRoleAssignedTo?$top=999")
    assert problems(held, [shapes.APP_ROLE_ASSIGNMENT]) == []
    assert {row["resourceId"] for row in held} == {itself["id"]}
    principals = {sp["id"] for sp in records(graph, ask.SERVICE_PRINCIPALS)}
    assert {row["principalId"] for row in held} <= principals
    assert "RoleManagement.ReadWrite.Directory" in {names[row["appRoleId"]] for row in held}
    client_id = held[-1]["principalId"]
    own = records(graph, f"{ask.SERVICE_PRINCIPALS}/{client_id}/appRoleAssignments")
    assert [row for row in own if row["resourceId"] == itself["id"]] == [
        row for row in held if row["principalId"] == client_id
    ]
    consents = records(graph, f"{ask.CONSENTS}?$top=999")
    assert {grant["consentType"] for grant in consents} == {"AllPrincipals", "Principal"}
    assert {(g["consentType"], g["principalId"] is None) for g in consents} == {
        ("AllPrincipals", True),
        ("Principal", False),
    }


def test_registration_leaves_the_disabled_out(sandbox: Sandbox, client: GetClient) -> None:
    graph = client(sandbox.tenants[2])
    users = records(graph, f"{ask.USERS}?$top=999&$select=id,accountEnabled,userType")
    rows = records(graph, ask.REGISTRATION)
    enabled = {user["id"]: user["userType"].lower() for user in users if user["accountEnabled"]}
    assert {row["id"]: row["userType"] for row in rows} == enabled
    assert len(users) > len(rows)
    assert {"guest", "member"} == {row["userType"] for row in rows}
    admins = [row for row in rows if row["isAdmin"]]
    assert {row["isMfaRegistered"] for row in admins} == {True, False}
    assert any(row["isMfaRegistered"] and not row["isMfaCapable"] for row in rows)
    some = records(graph, ask.REGISTRATION + ask.query(filter="isAdmin eq true", select="id"))
    assert some == [{"id": row["id"]} for row in admins]
    ordered = records(graph, f"{ask.REGISTRATION}?$orderby=userPrincipalName")
    names = [row["userPrincipalName"] for row in ordered]
    assert names == sorted(names)


def test_policies_refer_to_what_exists_or_once_did(graph: httpx.Client) -> None:
    groups = {group["id"] for group in records(graph, ask.GROUPS)}
    roles = {role["id"] for role in records(graph, f"{ask.ROLES}/roleDefinitions")}
    places = {place["id"] for place in records(graph, ask.LOCATIONS)} | {"All", "AllTrusted"}
    found = records(graph, ask.POLICIES)
    for policy in found:
        users = policy["conditions"]["users"]
        gone = policy["state"] == "disabled" and policy["displayName"].startswith("OLD")
        assert gone is not groups.issuperset(users["includeGroups"] + users["excludeGroups"])
        assert gone is not roles.issuperset(users["includeRoles"] + users["excludeRoles"])
        where = policy["conditions"]["locations"] or {}
        assert all(places.issuperset(named) for named in where.values())
    old = [policy for policy in found if policy["state"] == "disabled"]
    assert old
    strengths = {s["id"]: s for s in records(graph, ask.STRENGTHS)}
    inlined = [
        policy["grantControls"]["authenticationStrength"]
        for policy in found
        if policy["grantControls"] and policy["grantControls"]["authenticationStrength"]
    ]
    assert {s["displayName"] for s in inlined} <= {s["displayName"] for s in strengths.values()}
    assert len(inlined) >= 3


def test_beta_shows_one_policy_more(sandbox: Sandbox, client: GetClient) -> None:
    for index, extra in ((0, 0), (1, 1), (2, 1)):
        graph = client(sandbox.tenants[index])
        stable = {policy["id"] for policy in records(graph, ask.POLICIES)}
        preview = {policy["id"]: policy for policy in records(graph, ask.BETA_POLICIES)}
        assert stable <= preview.keys()
        only = [preview[identifier] for identifier in preview.keys() - stable]
        assert len(only) == extra
        assert all(policy["conditions"]["deviceStates"] for policy in only)


def test_named_locations(sandbox: Sandbox, client: GetClient) -> None:
    assert records(client(sandbox.tenants[0]), ask.LOCATIONS) == []
    network, countries = records(client(sandbox.tenants[1]), ask.LOCATIONS)
    assert problems(network, policy_shapes.IP_LOCATION) == []
    assert problems(countries, policy_shapes.COUNTRY_LOCATION) == []


def test_impacted_resources_go_on_elsewhere(graph: httpx.Client) -> None:
    path = f"{ask.RECOMMENDATIONS}?$expand=impactedResources"
    long: list[dict[str, Any]] = []
    for item in records(graph, path):
        whole = records(graph, f"{ask.RECOMMENDATIONS}/{item['id']}/impactedResources")
        assert problems(whole, [risk_shapes.RESOURCE]) == []
        link = item.get("impactedResources@odata.nextLink")
        rest = records(graph, link) if link else []
        assert item["impactedResources"] + rest == whole
        long += [item] if link else []
        assert item["impactedResources"] == whole[:20]
    assert long
    bare = records(graph, ask.RECOMMENDATIONS)
    assert not any("impactedResources" in item for item in bare)


def test_select_is_respected_everywhere(graph: httpx.Client) -> None:
    for path in {path.partition("?")[0] for path in ask.LISTS} - {ask.TENANT_SCORES}:
        assert {frozenset(record) for record in records(graph, f"{path}?$select=id")} == {
            frozenset({"id"})
        }, path
    for path in ask.SINGLETONS:
        assert set(graph.get(f"{path}?$select=id").json()) == {"@odata.context", "id"}
