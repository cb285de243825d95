"""Whose coverage is judged, by which roles, and through which groups."""

import pytest

from tests.oracle.coverage import coverage_of
from tests.oracle.effective import effective_rows
from tests.oracle.hand_days import GLOBAL, NO_P2, a_day, held
from tests.oracle.hand_policies import DEFAULTS, excluding, policy


def test_roles_count_tenant_wide_and_built_in_in_whatever_way_they_are_held() -> None:
    own = {"id": "own", "templateId": "own", "isBuiltIn": False}
    assignments = [
        held("p"),
        held("g"),
        held("r", scope="/administrativeUnits/1"),
        held("t", "own"),
        held("s"),
    ]
    made = policy(users={"includeRoles": [GLOBAL, "own"]})
    day = a_day(
        outcomes=NO_P2,
        role_assignments=assignments,
        members={"g": "q"},
        definitions=(own,),
        conditional_access_policies=[made],
        role_eligibility_schedule_instances=[held("e")],
    )
    found = coverage_of(day, effective_rows(day))
    assert {user: reported.status for user, reported in found.items()} == {
        "p": "covered",
        "q": "covered",
        "r": "not_covered",
        "t": "not_covered",
    }
    eligible = a_day(
        role_eligibility_schedule_instances=[held("e")], conditional_access_policies=[made]
    )
    assert coverage_of(eligible, effective_rows(eligible))["e"].status == "covered"


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({}, "excluded"),
        ({"group_members": "throttled"}, "unknown"),
        ({"groups": "throttled"}, "excluded"),
        ({"security_defaults": "not_permitted"}, "unknown"),
        ({"conditional_access_policies": "bad_response"}, "unknown"),
    ],
)
def test_groups_are_read_through_their_transitive_members(
    outcomes: dict[str, str], expected: str
) -> None:
    day = a_day(
        outcomes=NO_P2 | outcomes,
        role_assignments=[held("p")],
        beneath={"g": "h p", "h2": ""},
        conditional_access_policies=[policy(users=excluding(groups="g"))],
        security_defaults=[{**DEFAULTS, "isEnabled": False}],
    )
    assert coverage_of(day, effective_rows(day))["p"].status == expected
    named = policy(users={"includeGroups": ["gone"]})
    gone = a_day(
        outcomes=NO_P2 | outcomes, role_assignments=[held("p")], conditional_access_policies=[named]
    )
    assert coverage_of(gone, effective_rows(gone))["p"].status == (
        "unknown" if outcomes else "not_covered"
    )
