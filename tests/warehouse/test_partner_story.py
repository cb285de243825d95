"""What a client must see of its provider: there from the first day, wider on the third, gone."""

from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.home import Home
from pipeline.warehouse.build import build
from tests.warehouse.lake_writer import tenant, write_run
from tests.warehouse.test_privilege_story import FIRST, GLOBAL, NON_PREMIUM, held, rows, user
from tests.warehouse.test_rebuild import differences, facts

PROVIDER = "88d20000-0000-4000-8000-000000000009"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
REFERENCE = {
    "@odata.type": "#microsoft.graph.directoryObjectPartnerReference",
    "id": "tier2",
    "displayName": "Tier 2 Engineers",
    "externalPartnerTenantId": PROVIDER,
    "objectType": "Group",
}
# What a lake that was written before partners were told apart has none of.
NEW_COLUMNS = {"organization_id", "external_partner_tenant_id", "object_type"}


def delegated(role: str, principal: dict[str, Any] | None) -> dict[str, Any]:
    more = {"roleDefinitionId": role, "principalOrganizationId": PROVIDER, "principal": principal}
    return held("tier2", **more) | {"id": f"delegated {role}"}


def day(*roles: str, principal: dict[str, Any] | None) -> dict[str, Any]:
    """`ann` is Global Administrator; nobody may read the members of groups."""
    return NON_PREMIUM | {
        "role_definitions": [
            {"id": GLOBAL, "displayName": "Global Administrator", "isBuiltIn": True},
            {"id": HELPDESK, "displayName": "Helpdesk Administrator", "isBuiltIn": True},
        ],
        "role_assignments": [
            held("ann", principalOrganizationId=tenant(1)),
            *(delegated(role, principal) for role in roles),
        ],
        "group_members": "not_permitted",
        "users": [user("ann")],
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    as_group = {"@odata.type": "#microsoft.graph.group", "id": "tier2", "displayName": "Tier 2"}
    story = [
        day(HELPDESK, principal=as_group),
        day(HELPDESK, principal=None),
        day(HELPDESK, GLOBAL, principal=REFERENCE),
        day(principal=None),
    ]
    for number, answers in enumerate(story):
        write_run(home.lake, FIRST + timedelta(days=number), {tenant(1): answers})
        if number == 0:
            _as_older_versions_wrote_it(home)
        if number in (0, 2, 3):
            result = build(home)
            assert result.ok, result.failed
    return home


def _as_older_versions_wrote_it(home: Home) -> None:
    for path in home.lake.glob("role_assignments_principal/**/*.parquet"):
        table = pq.ParquetFile(path).read()
        assert set(table.column_names) > NEW_COLUMNS
        path.chmod(0o600)
        pq.write_table(table.drop_columns(sorted(NEW_COLUMNS)), path)


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_partner_is_a_standing_holder_and_makes_nothing_partial(home: Home) -> None:
    found = rows(
        home,
        "select privileged_count, standing_count, global_administrator_count, partner_count, "
        "guest_count, service_principal_count, role_status "
        "from fct_identity_posture_daily order by snapshot_date",
    )
    assert found == [
        (2, 2, 1, 1, 0, 0, "ok"),
        (2, 2, 1, 1, 0, 0, "ok"),
        (2, 2, 2, 1, 0, 0, "ok"),
        (1, 1, 1, 0, 0, 0, "ok"),
    ]
    kinds = "select distinct principal_type, path from fct_role_assignment_daily order by 1"
    assert rows(home, kinds) == [("partner", "direct"), ("user", "direct")]
    people = "select * from fct_principal_posture_daily where principal_type = 'partner'"
    assert len(rows(home, people)) == 3


def test_its_tenant_and_name_stay_known_when_it_is_gone(home: Home) -> None:
    known = (
        "select principal_type, partner_tenant_id, principal_name from dim_principal "
        "where principal_id = 'tier2'"
    )
    assert rows(home, known) == [("partner", PROVIDER, "Tier 2 Engineers")]
    assert rows(home, "from mart_partner_access") == []


def test_the_role_that_came_is_an_alert_and_the_one_that_was_there_is_not(home: Home) -> None:
    found = rows(
        home,
        "select subject_name, severity, is_open, first_seen_date, last_seen_date, cause "
        "from mart_alerts where alert_kind = 'partner_access_new'",
    )
    cause = f"From tenant {PROVIDER}, new since {_day(2)}: Global Administrator."
    assert found == [("Tier 2 Engineers", "high", False, _day(2), _day(2), cause)]


def test_on_its_days_it_is_found_first_and_said_in_words(home: Home) -> None:
    other = Home(home.root.parent / "until the third day")
    for number in range(3):
        answers = day(*(HELPDESK, GLOBAL)[: 2 if number == 2 else 1], principal=REFERENCE)
        write_run(other.lake, _day(number), {tenant(1): answers})
    result = build(other)
    assert result.ok, result.failed
    access = "select role_name, first_seen_date, is_since_first_day from mart_partner_access"
    assert sorted(rows(other, access), key=str) == [
        ("Global Administrator", _day(2), False),
        ("Helpdesk Administrator", _day(0), True),
    ]
    [(sentence,)] = rows(other, "select sentence from mart_partner_access where is_since_first_day")
    assert sentence == (
        f"Tier 2 Engineers of tenant {PROVIDER} is Helpdesk Administrator over the whole tenant, "
        f"since {_day(0)} or before."
    )
    findings = "select distinct findings from mart_privileged_access where is_external_partner"
    assert rows(other, findings) == [("external_partner",)]
    assert rows(other, "select is_open from mart_alerts where alert_kind like 'partner%'") == [
        (True,)
    ]


def test_the_story_is_the_same_built_at_once(home: Home) -> None:
    daily = facts(home)
    assert build(home, full=True).ok
    assert differences(daily, facts(home)) == ""
