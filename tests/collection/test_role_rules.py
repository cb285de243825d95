"""PIM's rules: of the roles held here, without who gets mail and who approves."""

from typing import Any

import pytest

from pipeline.lake.parts import SCHEMAS, rebuild
from pipeline.sandbox.protocol.refusals import MISSING_PROVIDER

from .conftest import Lab
from .wire import recorded

FEED = "role_management_policies"
ASSIGNMENTS = (
    "role_assignments",
    "role_assignment_schedule_instances",
    "role_eligibility_schedule_instances",
)


def test_the_rules_of_every_role_held_are_kept_and_of_no_other(
    fresh: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, tenant = recorded(monkeypatch), fresh.ids[0]
    [row] = [one for one in fresh.collect().log if one.feed == FEED]
    assert (row.outcome, row.requests) == ("ok", 1)
    held = {one["roleDefinitionId"] for name in ASSIGNMENTS for one in wire.records(tenant, name)}
    sent = wire.records(tenant, FEED)
    assert len(sent) > 100
    expected = [pruned(one) for one in sent if one["roleDefinitionId"] in held]
    assert len(expected) == row.rows > 5
    assert rebuild(FEED, {name: fresh.table(name) for name in SCHEMAS}) == expected


def pruned(record: dict[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in record["policy"]["rules"]:
        rule.pop("target")
        rule.get("setting", {}).pop("approvalStages", None)
        if not rule["id"].startswith("Notification_"):
            rules.append(rule)
    return record | {"policy": record["policy"] | {"rules": rules}}


def test_neither_mail_nor_approvers_are_written(fresh: Lab) -> None:
    mark = "canarina"

    def plant(page: dict[str, Any]) -> dict[str, Any]:
        for record in page["value"]:
            for rule in record["policy"]["rules"]:
                if "notificationRecipients" in rule:
                    rule["notificationRecipients"] = [mark]
                for stage in rule.get("setting", {}).get("approvalStages", ()):
                    stage["primaryApprovers"] = [{"userId": mark, "description": mark}]
        return page

    fresh.sandbox.edits.add(path="roleManagementPolicyAssignments", function=plant)
    assert fresh.collect_one(FEED).outcome == "ok"
    tables = (FEED, f"{FEED}_policy")
    assert mark not in str([fresh.table(name).to_pylist() for name in tables])


def test_where_pim_was_never_used_there_are_no_rules(fresh: Lab) -> None:
    fresh.sandbox.faults.add(path="roleManagementPolicyAssignments", refusal=MISSING_PROVIDER)
    row = fresh.collect_one(FEED)
    assert (row.outcome, row.rows, row.requests) == ("empty", 0, 1)
    assert "PIM was never used here" in (row.note or "")
