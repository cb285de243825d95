"""A day of a life, gathered as the judges of people and policies want it."""

from tests.oracle.days import BENEATH, PARENT, PREVIEW, tenant_day
from tests.oracle.effective import effective_rows
from tests.oracle.hand import TENANT, capture, day, life
from tests.oracle.hand_days import NO_P2, held, principal
from tests.oracle.hand_policies import policy
from tests.oracle.policies import policies_of
from tests.oracle.roles import tenant_roles


def test_members_come_by_group_and_only_what_was_complete_that_day_counts() -> None:
    made = life(
        capture(1, "role_assignments", [held("g")]),
        *(capture(1, feed, [], outcome=ended) for feed, ended in NO_P2.items()),
        capture(1, "group_members", [principal("p") | {PARENT: "G"}]),
        capture(1, BENEATH, [principal("q") | {PARENT: "h"}, principal("d") | {PARENT: "h"}]),
        capture(1, "groups", []),
        capture(1, "users", [principal("p")]),
        capture(1, "conditional_access_policies", [policy("a")]),
        capture(1, PREVIEW, [policy("a"), policy("b")]),
        capture(2, "role_assignments", [held("g")]),
        capture(2, "group_members", [], outcome="throttled"),
    )
    roles = tenant_roles(made, TENANT)
    first, second = (tenant_day(made, TENANT, day(n), roles) for n in (1, 2))
    assert [(r["principal_id"], r["assignment_kind"]) for r in effective_rows(first)] == [
        ("p", "standing")
    ]
    assert first.users_beneath("H") == {"q"}
    assert first.users_beneath("gone") == frozenset()
    assert not first.shows_sign_ins
    assert [p["id"] for p in policies_of(first)] == ["a", "b"]
    assert [r["principal_type"] for r in effective_rows(second)] == ["group"]
    assert second.users_beneath("H") is None
    assert policies_of(second) == []
