"""Holders from another tenant: a kind of their own, shown and counted, and never looked into."""

from datetime import date
from typing import Any

import pytest

from tests.oracle.access import access_rows
from tests.oracle.coverage import coverage_of
from tests.oracle.days import Gathered
from tests.oracle.effective import effective_rows
from tests.oracle.hand import TENANT
from tests.oracle.hand import day as day_number
from tests.oracle.hand_days import GLOBAL, NO_P2, PARTNER, READER, USERS, a_day, foreign, held
from tests.oracle.hand_practices import practice_status
from tests.oracle.partners import partner_news, partner_rows
from tests.oracle.people import identity_counts, identity_statuses, person_rows
from tests.oracle.tenant_day import TenantDay

ACTIVE = "role_assignment_schedule_instances"
GROUP = {"@odata.type": "#microsoft.graph.group", "id": "e", "displayName": "Tier 2 Engineers"}


def typed(day: TenantDay) -> list[str]:
    names = ("principal_id", "principal_type", "assignment_kind", "path")
    return [" ".join(row[name] for name in names) for row in effective_rows(day)]


def counts(day: TenantDay) -> dict[str, Any]:
    rows = effective_rows(day)
    return identity_counts(day, rows, person_rows(day, rows, coverage_of(day, rows)))


@pytest.mark.parametrize(
    ("members", "tenant"),
    [
        ({}, PARTNER),
        ({"principal": GROUP}, PARTNER),
        ({"principal": None}, PARTNER),
        ({"principalOrganizationId": TENANT.upper(), "principal": GROUP}, None),
        ({"principalOrganizationId": None}, PARTNER),
        (
            {
                "principalOrganizationId": None,
                "principal": GROUP | {"organizationId": PARTNER.upper()},
            },
            PARTNER,
        ),
        (
            {
                "principalOrganizationId": None,
                "principal": {
                    "@odata.type": "#microsoft.graph.directoryObjectPartnerReference",
                    "id": "e",
                },
            },
            "",
        ),
    ],
)
def test_who_belongs_to_another_tenant_is_a_partner(
    members: dict[str, Any], tenant: str | None
) -> None:
    day = a_day(outcomes=NO_P2, role_assignments=[foreign("e", **members)])
    if tenant is None:
        assert (typed(day), day.partners) == ([], {})
    else:
        assert typed(day) == ["e partner standing direct"]
        assert day.partners == {"e": tenant or None}


def test_it_is_counted_as_a_partner_and_as_a_holder_and_makes_nothing_partial() -> None:
    day = a_day(
        outcomes=NO_P2 | {"group_members": "throttled"},
        role_assignments=[foreign("e", principal=GROUP), foreign("e", READER), held("p")],
        security_defaults=[],
    )
    found = counts(day)
    for name in ("privileged_count", "standing_count", "global_administrator_count"):
        assert found[name] == 2
    assert (found["partner_count"], found["service_principal_count"]) == (1, 0)
    assert found["guest_count"] == 0
    assert identity_statuses(day)["role_status"] == "ok"


def test_beside_pim_it_stands_where_no_instance_says_otherwise() -> None:
    assert typed(a_day(role_assignments=[foreign("e"), held("p")])) == [
        "e partner standing direct",
        "p user active_unknown direct",
    ]
    shown = held("e", principal=GROUP, assignmentType="Assigned", endDateTime=None)
    told = {"role_assignments": [foreign("e")], ACTIVE: [shown]}
    assert typed(a_day(**told)) == ["e partner standing direct"]
    assert typed(a_day(outcomes={ACTIVE: "throttled"}, **told)) == [
        "e partner active_unknown direct"
    ]


def test_it_is_a_finding_of_its_own_and_no_other() -> None:
    day = a_day(role_assignments=[foreign("e")])
    [row] = access_rows({day.day: Gathered(TENANT, day)})
    assert [name for name, value in row.items() if name.startswith("is_") and value] == [
        "is_privileged",
        "is_administrator",
        "is_external_partner",
    ]


def life(*held_on: str) -> dict[date, Gathered]:
    """Days from the first on: `e` holds the roles named, `-` is a day without assignments."""
    roles = {"g": GLOBAL, "r": READER}
    days = {}
    for number, names in enumerate(held_on, 1):
        rows = [foreign("e", roles[name]) for name in names.strip("-.")]
        outcomes = NO_P2 | ({"role_assignments": "throttled"} if names == "-" else {})
        made = a_day(outcomes=outcomes, role_assignments=rows)
        day = day_number(number)
        days[day] = Gathered(TENANT, TenantDay(day, made.outcomes, made.records, tenant_id=TENANT))
    return days


def since(*held_on: str) -> dict[str, tuple[int, bool]]:
    return {
        "g" if row["role_template_id"] == GLOBAL else "r": (
            row["first_seen_date"].day,
            row["is_since_first_day"],
        )
        for row in partner_rows(life(*held_on))
    }


def news(*held_on: str) -> list[int]:
    return [day.day for _, day in partner_news(life(*held_on))]


def test_since_when_is_the_first_day_of_an_access_that_was_not_interrupted() -> None:
    assert since("g", "gr", "gr") == {"g": (1, True), "r": (2, False)}
    assert since("g", ".", ".", "g") == {"g": (1, True)}
    assert since("g", ".", ".", ".", "g") == {"g": (5, False)}
    assert since("g", "-", "-", "-", "g") == {"g": (1, True)}
    assert since("g", ".") == {}


def test_what_came_after_the_first_reading_is_news_for_a_month() -> None:
    assert news("g", "g") == []
    assert news("g", "gr", "gr") == [2, 3]
    assert news("-", "g", "g") == []
    assert news(".", "g", ".", "g") == [2, 4]
    assert news(".", *["g"] * 30) == list(range(2, 32))[:30]
    assert len(news(".", *["g"] * 30, "g")) == 30


def test_a_standing_partner_fails_the_review() -> None:
    ours = [held("p"), held("q")]
    users = [
        {"id": one, "signInActivity": {"lastSuccessfulSignInDateTime": "2026-02-28T08:00:00Z"}}
        for one in "pq"
    ]
    told: dict[str, Any] = {"outcomes": NO_P2, "users": users}
    of = "review_role_assignments"
    assert practice_status(of, role_assignments=ours, **told) == "implemented"
    for role, status in ((USERS, "partial"), (READER, "implemented")):
        both = [*ours, foreign("e", role)]
        assert practice_status(of, role_assignments=both, **told) == status
