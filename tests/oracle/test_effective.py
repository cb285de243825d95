"""Ways to a role: by oneself, through groups and PIM for Groups; who is a holder and who is not."""

from typing import Any

import pytest

from tests.oracle.effective import effective_rows
from tests.oracle.hand_days import GLOBAL, NO_P2, READER, TEAMS, a_day, held, joined, principal

ACTIVE = "role_assignment_schedule_instances"
GROUP_ACTIVE = "group_assignment_schedule_instances"


def ways(**reported: Any) -> list[str]:
    """`principal kind path group_path` of every row; PIM is not licensed unless a feed is given."""
    outcomes = NO_P2 if not any("schedule" in name for name in reported) else {}
    rows = effective_rows(a_day(outcomes=outcomes | reported.pop("ended", {}), **reported))
    return [
        " ".join(r[c] for c in ("principal_id", "assignment_kind", "path", "group_path")).strip()
        for r in rows
    ]


def test_without_the_licence_every_assignment_is_standing_through_groups_too() -> None:
    assert ways(role_assignments=[held("p"), held("g")], members={"g": "q s h", "h": "r q"}) == [
        "p standing direct",
        "q standing group g",
        "q standing nested_group g/h",
        "r standing nested_group g/h",
        "s standing group g",
    ]


@pytest.mark.parametrize("ended", ["not_permitted", "throttled", "not_in_cloud", "bad_response"])
def test_instances_that_could_not_be_read_leave_the_kind_open(ended: str) -> None:
    outcomes = NO_P2 | {ACTIVE: ended}
    assert ways(role_assignments=[held("p"), held("g")], members={"g": "q"}, ended=outcomes) == [
        "p active_unknown direct",
        "q active_unknown group g",
    ]


def test_pim_tells_the_kind_and_what_it_does_not_list_is_open() -> None:
    assert ways(
        role_assignments=[held("p"), held("q"), held("r")],
        role_assignment_schedule_instances=[
            held("p", assignmentType="assigned"),
            held("q", assignmentType="Activated"),
        ],
        role_eligibility_schedule_instances=[held("q"), held("g", READER)],
        members={"g": "t"},
    ) == [
        "p standing direct",
        "q activated direct",
        "q eligible direct",
        "r active_unknown direct",
        "t eligible group g",
    ]


def test_rows_of_a_group_member_confirm_the_group_and_add_nothing() -> None:
    assert ways(
        role_assignments=[held("g")],
        role_assignment_schedule_instances=[
            held("g", assignmentType="Assigned"),
            held("q", assignmentType="Assigned", memberType="Group"),
            held("z", assignmentType="Assigned", memberType="Group"),
        ],
        members={"g": "q"},
    ) == ["q standing group g"]


def test_memberships_in_pim_for_groups_make_eligible_and_activated_holders() -> None:
    reported = {
        "role_assignments": [held("g")],
        "role_assignment_schedule_instances": [held("g", assignmentType="Assigned")],
        "group_assignment_schedule_instances": [
            joined("g", "p", "assigned"),
            joined("g", "q", "activated"),
            joined("g", "o", "assigned", accessId="owner"),
            joined("g", "z", "assigned", memberType="group"),
        ],
        "group_eligibility_schedule_instances": [
            joined("g", "q"),
            joined("g", "h"),
            joined("g", "o", accessId="owner"),
            joined("g", "r", memberType="group"),
        ],
        "members": {"g": "p q t", "h": "r"},
    }
    assert ways(**reported) == [
        "p standing group g",
        "q activated pim_group g",
        "q eligible pim_group g",
        "r eligible pim_group g/h",
        "t standing group g",
    ]


def test_an_activation_by_a_member_of_an_eligible_group_is_a_membership_of_its_own() -> None:
    assert ways(
        role_assignments=[held("g")],
        role_assignment_schedule_instances=[held("g", assignmentType="Assigned")],
        group_assignment_schedule_instances=[joined("g", "r", "activated", memberType="group")],
        group_eligibility_schedule_instances=[joined("g", "h")],
        members={"g": "r", "h": "r"},
    ) == ["r activated pim_group g", "r eligible pim_group g/h"]


def test_eligible_beats_activated_beats_standing_on_the_way() -> None:
    assert ways(
        role_assignments=[held("g")],
        role_assignment_schedule_instances=[held("g", assignmentType="Activated")],
        role_eligibility_schedule_instances=[held("g")],
        group_assignment_schedule_instances=[joined("g", "p", "activated")],
        group_eligibility_schedule_instances=[joined("g", "q")],
        members={"g": "p r"},
    ) == [
        "p activated pim_group g",
        "p eligible pim_group g",
        "q eligible pim_group g",
        "r activated group g",
        "r eligible group g",
    ]


def test_a_membership_is_standing_where_group_instances_could_not_be_read() -> None:
    assert ways(
        role_assignments=[held("g")],
        role_assignment_schedule_instances=[held("g", assignmentType="Assigned")],
        role_eligibility_schedule_instances=[held("g", READER)],
        members={"g": "p"},
        ended={GROUP_ACTIVE: "not_permitted"},
    ) == ["p standing group g", "p eligible group g"]


def test_members_that_could_not_be_read_make_a_row_for_the_group() -> None:
    day = a_day(
        outcomes=NO_P2 | {"group_members": "throttled"},
        role_assignments=[held("g")],
        members={"g": "p"},
    )
    [row] = effective_rows(day)
    assert (row["principal_id"], row["principal_type"], row["path"]) == ("g", "group", "direct")
    reported = effective_rows(
        a_day(
            outcomes={"group_members": "throttled"},
            role_assignments=[held("g")],
            group_eligibility_schedule_instances=[joined("g", "h"), joined("g", "p")],
        )
    )
    assert [(r["principal_id"], r["principal_type"], r["via_group_id"]) for r in reported] == [
        ("g", "group", ""),
        ("h", "group", "g"),
        ("p", "user", "g"),
    ]


def test_an_empty_group_a_vanished_group_and_a_circle_hold_nothing() -> None:
    assert ways(role_assignments=[held("g"), held("g2")], members={"g": "h", "h": "g"}) == []
    assert ways(role_assignments=[held("g")], members={"g": "h p", "h": "g q"}) == [
        "p standing group g",
        "q standing nested_group g/h",
    ]


def test_the_shortest_of_several_ways_is_told_and_of_equals_the_smallest() -> None:
    groups = {"g": "h3 h2 h1", "h1": "h4", "h4": "p", "h2": "p", "h3": "p"}
    assert ways(role_assignments=[held("g")], members=groups) == ["p standing nested_group g/h2"]


def test_devices_are_no_holders_and_whom_nobody_resolves_keeps_the_row() -> None:
    day = a_day(
        outcomes=NO_P2,
        role_assignments=[held("g"), held("x"), held("y", principal=None)],
        members={"g": "d p"},
        users=[{"id": "y", "userType": "Guest"}],
    )
    found = [(r["principal_id"], r["principal_type"], r["is_guest"]) for r in effective_rows(day)]
    assert found == [("p", "user", False), ("x", "unknown", None), ("y", "user", True)]


def test_scopes_and_roles_are_apart_and_a_group_seen_only_in_its_feed_is_one() -> None:
    day = a_day(
        outcomes=NO_P2,
        role_assignments=[held("x", scope="/administrativeUnits/1"), held("x"), held("x", TEAMS)],
        groups=[principal("x")],
        members={"x": "p"},
    )
    assert [(r["directory_scope"], r["role_template_id"]) for r in effective_rows(day)] == [
        ("/", GLOBAL),
        ("/administrativeUnits/1", GLOBAL),
        ("/", TEAMS),
    ]


def test_privileged_is_what_graph_says_else_the_documented_list_and_for_own_roles_no() -> None:
    own = {"id": "custom", "templateId": "custom", "isBuiltIn": False}
    said = {"id": TEAMS, "isPrivileged": True}
    roles = [held("p", role) for role in (GLOBAL, TEAMS, "custom")]
    rows = effective_rows(
        a_day(outcomes=NO_P2, role_assignments=roles, definitions=(own,), privileged=(said,))
    )
    assert {r["role_template_id"]: r["is_privileged"] for r in rows} == {
        GLOBAL: True,
        TEAMS: True,
        "custom": False,
    }


def test_a_way_holds_while_all_of_it_holds_and_of_several_ways_the_widest_stands() -> None:
    march, april, june = (f"2026-0{month}-01T08:00:00Z" for month in (3, 4, 6))
    terms = {"startDateTime": march, "endDateTime": june}
    day = a_day(
        role_assignment_schedule_instances=[held("g", assignmentType="Assigned", **terms)],
        group_assignment_schedule_instances=[
            joined("g", "p", "assigned", startDateTime=april, endDateTime=None)
        ],
        members={"g": "p q"},
    )
    [p, q] = effective_rows(day)
    assert (p["start_at"].month, p["end_at"].month) == (4, 6)
    assert (q["start_at"].month, q["end_at"].month) == (3, 6)
