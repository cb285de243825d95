"""What an administrator must see when a holder vanishes, a licence ends or a feed is refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.home import Home
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built
from tests.warehouse.lake_writer import PARENT, tenant, write_run
from tests.warehouse.test_rebuild import differences, facts

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
FIRST = date(2026, 3, 10)
PIM = (
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
    "group_assignment_schedule_instances",
    "group_eligibility_schedule_instances",
)
NON_PREMIUM = dict.fromkeys((*PIM, "user_registration_details", "risky_users"), "not_licensed")
Answers = dict[str, Any]


def principal(name: str, kind: str = "user") -> dict[str, Any]:
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": name, "displayName": f"Name {name}"}


def held(name: str, kind: str = "user", **members: Any) -> dict[str, Any]:
    known = principal(name, kind) if kind else None
    return {
        "id": f"held {name}",
        "principalId": name,
        "roleDefinitionId": GLOBAL,
        "directoryScopeId": "/",
        "principal": known,
        **members,
    }


def joined(group: str, name: str, **members: Any) -> dict[str, Any]:
    kind = "group" if name.startswith("g") else "user"
    return {
        "id": f"{group} {name}",
        "groupId": group,
        "principalId": name,
        "accessId": "member",
        "memberType": "direct",
        "principal": principal(name, kind),
        **members,
    }


def member(group: str, name: str) -> dict[str, Any]:
    kind = "group" if name.startswith("g") else "user"
    return {PARENT: group, "@odata.type": f"#microsoft.graph.{kind}", "id": name}


def user(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "displayName": f"Name {name}",
        "accountEnabled": True,
        "userType": "Member",
        "createdDateTime": "2020-01-01T08:00:00Z",
        "signInActivity": {"lastSuccessfulSignInDateTime": "2026-03-09T08:00:00Z"},
    }


def whole() -> Answers:
    """`ann` by herself, `bo` and `di` in `g1`, `cy` in `g2`: eligible for `g1`, which is in it."""
    both = [held("ann"), held("g1", "group")]
    return {
        "role_definitions": [{"id": GLOBAL, "templateId": GLOBAL, "isBuiltIn": True}],
        "role_assignments": both,
        "role_assignment_schedule_instances": [
            one | {"assignmentType": "Assigned", "memberType": "Direct"} for one in both
        ],
        "role_eligibility_schedule_instances": [],
        "group_assignment_schedule_instances": [
            joined("g1", "bo", assignmentType="assigned"),
            joined("g1", "di", assignmentType="activated"),
            joined("g1", "owner", assignmentType="assigned", accessId="owner"),
        ],
        "group_eligibility_schedule_instances": [joined("g1", "g2")],
        "group_members": [
            member("g1", "bo"),
            member("g1", "di"),
            member("g2", "cy"),
            member("g2", "g1"),
        ],
        "users": [user(name) for name in ("ann", "bo", "cy", "di")],
        "user_registration_details": [
            {"id": "bo", "isMfaRegistered": True, "methodsRegistered": ["fido2SecurityKey"]}
        ],
        "risky_users": [],
    }


def story() -> list[Answers]:
    """Day by day: all read, `ann` deleted, members refused, all read again, licence ended."""
    deleted = whole()
    deleted["role_assignments"] = [held("ann", ""), held("g1", "group")]
    deleted["role_assignment_schedule_instances"] = [
        one | {"assignmentType": "Assigned"} for one in deleted["role_assignments"]
    ]
    deleted["users"] = [user(name) for name in ("bo", "cy", "di")]
    refused = deleted | {"group_members": "not_permitted"}
    return [whole(), deleted, refused, deleted, deleted | NON_PREMIUM]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    for number, answers in enumerate(story()):
        write_run(home.lake, FIRST + timedelta(days=number), {tenant(1): answers})
        if number in (0, 4):
            result = build(home)
            assert result.ok, result.failed
    return home


def rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with open_built(home) as connection:
        connection.execute("set search_path = 'core,marts'")
        return connection.execute(query).fetchall()


def holders(home: Home, number: int) -> list[str]:
    """`principal type kind path group_path` of every row of a day of the story."""
    found = rows(
        home,
        f"""
        select concat_ws(' ', principal_id, principal_type, assignment_kind, path, group_path)
        from fct_role_assignment_daily
        where snapshot_date = date '{FIRST + timedelta(days=number)}' order by 1
        """,
    )
    return [row.strip() for (row,) in found]


def test_privilege_is_seen_through_groups_and_pim_for_groups(home: Home) -> None:
    assert holders(home, 0) == [
        "ann user standing direct",
        "bo user standing group g1",
        "cy user eligible pim_group g1/g2",
        "di user activated pim_group g1",
    ]


def test_a_deleted_holder_keeps_row_and_name_and_makes_nothing_else_unknown(home: Home) -> None:
    assert holders(home, 1)[0] == "ann unknown standing direct"
    assert rows(
        home, "select principal_type, principal_name from dim_principal where principal_id = 'ann'"
    ) == [("user", "Name ann")]
    day = FIRST + timedelta(days=1)
    [counts] = rows(
        home,
        f"""
        select privileged_count, standing_count, stale_count, role_status, sign_in_status
        from fct_identity_posture_daily where snapshot_date = date '{day}'
        """,
    )
    assert counts == (4, 2, 0, "ok", "ok")


def test_a_day_on_which_members_were_refused_shows_the_group_and_is_partial(home: Home) -> None:
    assert holders(home, 2) == [
        "ann unknown standing direct",
        "bo user standing group g1",
        "di user activated pim_group g1",
        "g1 group standing direct",
        "g2 group eligible pim_group g1",
    ]
    assert rows(
        home,
        "select snapshot_date, privileged_count from fct_identity_posture_daily "
        "where role_status = 'partial'",
    ) == [(FIRST + timedelta(days=2), 3)]


def test_a_tenant_that_loses_its_licence_has_standing_holders_alone(home: Home) -> None:
    assert holders(home, 4) == [
        "ann unknown standing direct",
        "bo user standing group g1",
        "di user standing group g1",
    ]
    [counts] = rows(
        home,
        "select standing_count, eligible_count, activated_count, mfa_user_count, pim_status, "
        "registration_status from fct_identity_posture_daily order by snapshot_date desc limit 1",
    )
    assert counts == (3, None, None, None, "not_licensed", "not_licensed")
    assert rows(home, "select distinct is_standing_despite_pim from mart_privileged_access") == [
        (False,)
    ]


def test_the_story_is_the_same_built_at_once(home: Home) -> None:
    daily = facts(home)
    assert build(home, full=True).ok
    assert differences(daily, facts(home)) == ""
