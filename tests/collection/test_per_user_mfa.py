"""Per-user MFA: read of enabled users who hold a role, of nobody where MFA is asked of all."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from pipeline.graph.blanket import asks_everybody
from pipeline.graph.catalogue.policies import POLICIES
from pipeline.graph.catalogue.settings import DEFAULTS
from pipeline.graph.flatten import flatten
from pipeline.graph.table_spec import Table
from pipeline.lake.log import LogRow

from .conftest import Lab, NewLab
from .estate_view import Estate
from .wire import recorded

FEED, PATH = "per_user_mfa", "/authentication/requirements"
BLANKET: dict[str, Any] = {
    "id": "p",
    "state": "enabled",
    "conditions": {
        "users": {"includeUsers": ["All"], "excludeUsers": [], "excludeGroups": []},
        "applications": {"includeApplications": ["All"], "excludeApplications": []},
        "clientAppTypes": ["all"],
        "signInRiskLevels": [],
        "platforms": None,
    },
    "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    "sessionControls": {"signInFrequency": {"isEnabled": True, "value": 4}},
}


@pytest.fixture
def estate(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    wire = recorded(monkeypatch)
    with new_lab(tenants=1, days=60, shapes=["regulated"]) as lab:
        assert not lab.surprises(lab.collect().log)
        yield Estate(lab, wire)


def asked(lab: Lab) -> list[str]:
    return [one.path.split("/")[3] for one in lab.graph_calls() if PATH in one.path]


def log_row(log: list[LogRow]) -> LogRow:
    [row] = [one for one in log if one.feed == FEED]
    return row


def test_every_enabled_user_who_holds_a_role_is_asked_for_once(estate: Estate) -> None:
    paths = asked(estate.lab)
    assert paths == sorted(estate.enabled_holders)
    rows = estate.tables[FEED].to_pylist()
    assert [row["user_id"] for row in rows] == paths
    assert {row["per_user_mfa_state"] for row in rows} >= {"disabled"}
    disabled = {one["id"] for one in estate.sent("users") if not one["accountEnabled"]}
    assert disabled & estate.holders("user"), "somebody who may not sign in holds a role"
    assert not disabled & set(paths)
    assert {one["id"] for one in estate.sent("users")} - set(paths) - disabled, "a user at risk"


def test_where_one_policy_asks_everybody_nobody_is_asked_for(fresh: Lab) -> None:
    def plant(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"value": [*page["value"], BLANKET | {"id": "planted"}]}

    fresh.sandbox.edits.add(path="v1.0/identity/conditionalAccess/policies", function=plant)
    row = log_row(fresh.collect().log)
    assert (row.outcome, row.requests, row.rows) == ("empty", 0, 0)


def test_where_security_defaults_are_on_nobody_is_asked_for(fresh: Lab) -> None:
    fresh.sandbox.edits.add(
        path="identitySecurityDefaults", function=lambda page: page | {"isEnabled": True}
    )
    row = log_row(fresh.collect().log)
    assert (row.outcome, row.requests, row.rows) == ("empty", 0, 0)


def test_where_policies_were_not_read_everybody_is_asked_for(fresh: Lab) -> None:
    fresh.sandbox.faults.add(path="v1.0/identity/conditionalAccess/policies", status=429)
    row = log_row(fresh.collect().log)
    assert (row.outcome, row.error_code) == ("ok", "incomplete_upstream")
    assert row.rows == row.requests == len(asked(fresh)) > 5


def test_a_user_who_is_gone_meanwhile_is_no_fault(fresh: Lab) -> None:
    clean = log_row(fresh.beside("clean").collect().log)
    gone = asked(fresh)[1]
    fresh.sandbox.faults.add(path=f"{gone}{PATH}", status=404)
    row = log_row(fresh.collect().log)
    assert (row.outcome, row.rows) == ("ok", clean.rows - 1)
    assert f"the user {gone} no longer exists" in (row.note or "")


def test_where_graph_does_not_know_it_nothing_is_missing(fresh: Lab) -> None:
    body = b"""{"error": {"code": "BadRequest",
        "message": "Resource not found for the segment 'authentication'."}}"""
    fresh.sandbox.faults.add(path=PATH, status=400, body=body)
    row = log_row(fresh.collect().log)
    assert (row.outcome, row.requests) == ("not_in_cloud", 1)


def tables(spec: Table, record: dict[str, Any]) -> dict[str, pa.Table]:
    return flatten(spec, [record], indices=[0]).tables


def asks(**members: Any) -> bool:
    return asks_everybody(tables(POLICIES, BLANKET | members))


def conditions(**members: Any) -> dict[str, Any]:
    return {"conditions": BLANKET["conditions"] | members}


def users(**members: Any) -> dict[str, Any]:
    return conditions(users=BLANKET["conditions"]["users"] | members)


def grant(*controls: str, operator: str = "OR", **members: Any) -> dict[str, Any]:
    return {"grantControls": {"operator": operator, "builtInControls": list(controls)} | members}


STRENGTH = {"id": "s", "displayName": "MFA", "requirementsSatisfied": "mfa"}


@pytest.mark.parametrize(
    "members",
    [
        {},
        grant("mfa", "compliantDevice", operator="AND"),
        grant(authenticationStrength=STRENGTH),
        grant("compliantDevice", operator="AND", authenticationStrength=STRENGTH),
        {"grantControls": grant("mfa")["grantControls"] | {"termsOfUse": []}},
    ],
)
def test_mfa_that_no_sign_in_escapes(members: dict[str, Any]) -> None:
    assert asks(**members)


@pytest.mark.parametrize(
    "members",
    [
        {"state": "enabledForReportingButNotEnforced"},
        {"state": "disabled"},
        users(excludeUsers=["x"]),
        users(excludeGroups=["g"]),
        users(excludeRoles=["r"]),
        users(excludeGuestsOrExternalUsers={"guestOrExternalUserTypes": "serviceProvider"}),
        users(includeUsers=["x"]),
        users(includeUsers=[], includeRoles=["r"]),
        conditions(applications={"includeApplications": ["Office365"]}),
        conditions(
            applications={"includeApplications": ["All"], "excludeApplications": ["app"]}
        ),
        conditions(clientAppTypes=["browser"]),
        conditions(signInRiskLevels=["high"]),
        conditions(platforms={"includePlatforms": ["android"]}),
        conditions(locations={"includeLocations": ["All"], "excludeLocations": ["hq"]}),
        conditions(aConditionOfTomorrow={"kind": "any"}),
        grant("mfa", "compliantDevice"),
        grant("compliantDevice"),
        grant("block"),
        grant("mfa", "block", operator="AND"),
        grant("mfa", termsOfUse=["t"]),
        grant("mfa", customAuthenticationFactors=["other"]),
        grant(authenticationStrength=STRENGTH | {"requirementsSatisfied": "none"}),
        grant("compliantDevice", authenticationStrength=STRENGTH),
        {"grantControls": None},
    ],
)  # fmt: skip
def test_whatever_leaves_a_way_out_is_not_sure(members: dict[str, Any]) -> None:
    assert not asks(**members)


@pytest.mark.parametrize("is_on", [True, False])
def test_security_defaults_ask_everybody(is_on: bool) -> None:
    assert asks_everybody(tables(DEFAULTS, {"id": "d", "isEnabled": is_on})) is is_on
