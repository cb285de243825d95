"""Conditional Access plans: nearly no tenant has one, and Graph need not know them."""

from .conftest import Lab, NewLab

FEED, RULES = "conditional_access_plans", "conditional_access_plans_rules"


def test_plans_come_with_their_rules(fresh: Lab) -> None:
    row = fresh.collect_one(FEED)
    assert (row.outcome, row.requests, row.rows) == ("ok", 2, 3)
    [plan], rules = fresh.table(FEED).to_pylist(), fresh.table(RULES).to_pylist()
    assert (plan["display_name"], plan["state"]) == ("Baseline", "enabled")
    assert [rule["plan_id"] for rule in rules] == [plan["id"]] * 2
    controls = fresh.table(f"{RULES}_controls").to_pylist()
    asked = [one["value"] for one in controls if one["path"] == "grantControls.builtInControls"]
    assert asked == ["mfa", "block"]


def test_a_tenant_without_plans_costs_one_request(new_lab: NewLab) -> None:
    with new_lab(tenants=1, shapes=["regulated"], users=20, days=3, plans=()) as lab:
        row = lab.collect_one(FEED)
    assert (row.outcome, row.requests, row.note) == ("empty", 1, None)


def test_where_graph_does_not_know_plans_nothing_is_missing(fresh: Lab) -> None:
    body = b"""{"error": {"code": "BadRequest",
        "message": "Resource not found for the segment 'plans'."}}"""
    fresh.sandbox.faults.add(path="conditionalAccess/plans", status=400, body=body)
    row = fresh.collect_one(FEED)
    assert (row.outcome, row.requests) == ("not_in_cloud", 1)


def test_a_plan_whose_rules_are_not_to_be_had_is_a_plan(fresh: Lab) -> None:
    for status in (400, 404):
        fresh.sandbox.faults.clear()
        fresh.sandbox.faults.add(path="/rules", status=status)
        row = fresh.beside(f"home{status}").collect_one(FEED)
        assert (row.outcome, row.rows) == ("ok", 1)
        assert "without the rules of the plan" in (row.note or "")


def test_rules_that_stay_throttled_end_the_feed(fresh: Lab) -> None:
    fresh.sandbox.faults.add(path="/rules", status=429)
    row = fresh.collect_one(FEED)
    assert row.outcome == "throttled"
    assert fresh.table(FEED).num_rows == 0
