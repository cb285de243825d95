"""Ways to hold a role: what PIM says, what it does not list, what its refusal means."""

from typing import Any

import pytest

from tests.oracle.captures import Capture
from tests.oracle.hand import TENANT, capture, day, life
from tests.oracle.hand_days import assignments, everybody, lived
from tests.oracle.posture import posture_rows
from tests.oracle.scores import tenant_scores

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
ACTIVE = "role_assignment_schedule_instances"
ELIGIBLE = "role_eligibility_schedule_instances"
COUNTS = ("standing_count", "activated_count", "eligible_count")


def held(principal_id: str, role: str = GLOBAL, **members: Any) -> dict[str, Any]:
    kind = "group" if principal_id.startswith("g") else "user"
    return {
        "principalId": principal_id,
        "roleDefinitionId": role,
        "directoryScopeId": "/",
        "principal": {"@odata.type": f"#microsoft.graph.{kind}", "userType": "Member"},
    } | members


def instance(principal_id: str, kind: str | None = None, **members: Any) -> dict[str, Any]:
    typed = {} if kind is None else {"assignmentType": kind}
    return held(principal_id, **({"memberType": "Direct"} | typed | members))


def kinds(*captures: Capture) -> list[tuple[str, str]]:
    rows = assignments(life(*captures))
    return sorted((row["principal_id"], row["assignment_kind"]) for row in rows)


def counts(*captures: Capture) -> list[int | None]:
    made = life(*captures)
    [posture] = posture_rows(made, TENANT, tenant_scores(made, TENANT), lived(made))
    return [posture[name] for name in COUNTS]


def test_an_activated_administrator_is_activated_and_eligible_and_never_standing() -> None:
    read = (
        capture(1, "role_assignments", [held("p"), held("q")]),
        capture(1, ACTIVE, [instance("p", "activated"), instance("q", "ASSIGNED")]),
        capture(1, ELIGIBLE, [instance("p")]),
    )
    assert kinds(*read) == [("p", "activated"), ("p", "eligible"), ("q", "standing")]
    assert counts(*read) == [1, 1, 1]


def test_what_pim_does_not_list_and_what_it_lists_through_a_group() -> None:
    read = (
        capture(1, "role_assignments", [held("g"), held("p", READER), held("q")]),
        capture(
            1,
            ACTIVE,
            [
                instance("g", "Assigned"),
                instance("m", "Assigned", memberType="group"),
                instance("p", "Assigned"),
                instance("q", "Assigned", memberType="Group"),
            ],
        ),
        capture(1, ELIGIBLE, [instance("m", memberType="Group")]),
    )
    assert kinds(*read) == [
        ("g", "standing"),
        ("p", "active_unknown"),
        ("p", "standing"),
        ("q", "active_unknown"),
    ]
    assert counts(*read) == [1, 0, 0]


@pytest.mark.parametrize(
    ("active", "eligible", "kind", "expected"),
    [
        ("not_licensed", "not_licensed", "standing", [1, None, None]),
        ("not_permitted", "not_permitted", "active_unknown", [None, None, None]),
        ("not_in_cloud", "not_in_cloud", "active_unknown", [None, None, None]),
        ("throttled", None, "active_unknown", [None, None, 0]),
        (None, "throttled", "active_unknown", [0, 0, None]),
    ],
)
def test_only_a_missing_licence_makes_every_assignment_standing(
    active: str | None, eligible: str | None, kind: str, expected: list[int | None]
) -> None:
    read = (
        capture(1, "role_assignments", [held("p")]),
        capture(1, ACTIVE, [], outcome=active),
        capture(1, ELIGIBLE, [], outcome=eligible),
    )
    assert kinds(*read) == [("p", kind)]
    assert counts(*read) == expected


def test_the_widest_term_of_several_instances_stands() -> None:
    march, april, june = (f"2026-0{month}-01T08:00:00.1234567Z" for month in (3, 4, 6))
    made = life(
        capture(
            1,
            ACTIVE,
            [
                instance("p", "Assigned", startDateTime=april, endDateTime=june),
                instance("p", "Assigned", startDateTime=march, endDateTime=april),
                instance("q", "Assigned", startDateTime=march, endDateTime=june),
                instance("q", "Assigned", startDateTime=march, endDateTime=None),
            ],
        ),
    )
    [p, q] = assignments(made)
    assert (p["start_at"].month, p["end_at"].month) == (3, 6)
    assert (q["start_at"].month, q["end_at"]) == (3, None)


def test_someone_only_eligible_has_a_name_and_a_type() -> None:
    person = {"@odata.type": "#microsoft.graph.user", "displayName": "Ada", "userType": "Guest"}
    made = life(
        capture(1, "role_assignments", [held("p", principal=None)]),
        capture(1, ELIGIBLE, [instance("p", principal=person), instance("q", principal=person)]),
        capture(2, "role_assignments", [held("p", principal=None)]),
    )
    assert [(r["principal_id"], r["principal_name"]) for r in everybody(made)] == [
        ("p", "Ada"),
        ("q", "Ada"),
    ]
    types = {(r["snapshot_date"], r["principal_type"]) for r in assignments(made)}
    assert types == {(day(1), "user"), (day(2), "unknown")}
