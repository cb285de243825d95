"""`posture plan`: the cheapest way to a target, and what it says where there is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.home import Home
from tests.commands import Ended, posture_here
from tests.plan.snapshot import DAY, TENANT, Snapshot


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    made = Snapshot(Home(tmp_path / "home"))
    made.tenant("Contoso")
    return made


def plan(snapshot: Snapshot, target: object, *more: object, tenant: str = TENANT) -> Ended:
    if not snapshot.home.warehouse.exists():
        snapshot.publish()
    words = ("plan", "--home", snapshot.home.root, "--tenant", tenant, "--target", target)
    return posture_here(*words, *more)


def steps(ended: Ended) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ended.out)["steps"]
    return found


def controls(ended: Ended) -> list[str]:
    return [step["control_id"] for step in steps(ended)]


def test_the_cheapest_set_comes_in_the_order_of_the_ranking(snapshot: Snapshot) -> None:
    snapshot.score(50, 100)
    snapshot.action("best", 6, 1)
    snapshot.action("large", 10, 2, is_effort_judged=True, owner="Ada")
    snapshot.action("small", 4, 1, has_user_impact=False)
    snapshot.beyond(30)
    ended = plan(snapshot, 60)
    assert (ended.code, ended.err) == (0, "")
    header, *rows, summary = ended.out.splitlines()
    assert header.split("  ")[0] == "step"
    assert [" ".join(row.split()) for row in rows] == [
        "1 Title of large large +10.00 60.00 % 2 (judged) low low Ada"
    ]
    assert summary == (
        "Contoso, overall: 50.00 % on 2026-06-30; 1 action of effort 2 leads to 60.00 %, "
        "target 60 % (1 effort judged by this project, not by Microsoft)."
    )
    assert controls(plan(snapshot, "60.01%", "--json")) == ["best", "large"]
    # Whom a low impact reaches is not said: it is what the mart says it is.
    assert [step["user_impact"] for step in steps(plan(snapshot, 70, "--json"))] == ["low"] * 3


def test_json_carries_the_same_answer(snapshot: Snapshot) -> None:
    snapshot.score(50, 100)
    snapshot.action("one", 10, 1.5, ticket="SEC-1")
    snapshot.beyond(40)
    document = json.loads(plan(snapshot, 55, "--json").out)
    [step] = document.pop("steps")
    assert document == {
        "tenant_id": TENANT,
        "tenant_name": "Contoso",
        "scope": "overall",
        "score_date": DAY.isoformat(),
        "target_ratio": 0.55,
        "score_ratio": 0.5,
        "score_points": 50.0,
        "max_points": 100.0,
        "is_reachable": True,
        "ratio_reached": 0.6,
        "effort": 1.5,
        "unknown_max_count": 0,
        "would_take": [],
    }
    assert (step["step_number"], step["control_id"], step["ticket"]) == (1, "one", "SEC-1")
    assert (step["gain_points"], step["ratio_after"]) == (10.0, 0.6)


def test_points_add_up_as_they_are_written(snapshot: Snapshot) -> None:
    """0.1 + 0.2 of 1 is 30 %, though not in doubles."""
    snapshot.score(0.1, 1)
    snapshot.action("two", 0.2)
    snapshot.beyond(0.7)
    assert json.loads(plan(snapshot, 30, "--json").out)["is_reachable"]
    assert not json.loads(plan(snapshot, "30.000001", "--json").out)["is_reachable"]


def test_a_target_that_is_reached_needs_nothing(snapshot: Snapshot) -> None:
    snapshot.score(50, 100)
    snapshot.action("one", 10)
    assert plan(snapshot, 50).out == (
        "Contoso, overall: 50.00 % on 2026-06-30; the target of 50 % is reached already.\n"
    )


def blocked(snapshot: Snapshot) -> None:
    """60 % with what is owned, 75 with P1, 80 with P2, 90 with the exception."""
    snapshot.score(50, 100)
    snapshot.action("owned", 10)
    dear = {"action_group": "unlicensed", "is_licence_owned": False}
    snapshot.action("needs_p2", 5, required_licence="p2", **dear)
    snapshot.action("needs_p1", 15, required_licence="p1", **dear)
    snapshot.action("excepted", 10, action_group="exception", action_rank=None)
    snapshot.beyond(10)


def test_what_a_licence_would_bring_is_said(snapshot: Snapshot) -> None:
    blocked(snapshot)
    ended = plan(snapshot, 70)
    assert ended.code == 0
    assert ended.out.splitlines()[-2:] == [
        "Contoso, overall: 50.00 % on 2026-06-30; 70 % cannot be reached with the licences owned: "
        "1 action of effort 1 leads to 60.00 %.",
        "  With an Entra ID P1 licence 2 actions of effort 2 would lead to 75.00 %, among them "
        "needs_p1.",
    ]
    more = plan(snapshot, 80).out.splitlines()
    assert more[-2].startswith("  With an Entra ID P1 licence all open actions would lead to 75.00")
    assert "With an Entra ID P2 licence 3 actions" in more[-1]


def test_exceptions_are_the_last_resort_and_never_hidden(snapshot: Snapshot) -> None:
    blocked(snapshot)
    *_, last = plan(snapshot, 90).out.splitlines()
    assert last.startswith("  Taking back the exceptions as well would lead to 90.00 %, which is")
    assert "enough: " in last
    assert "excepted" in last
    *_, nearly, last = plan(snapshot, 95).out.splitlines()
    assert "which is not enough either" in nearly
    assert last == (
        "  Nothing known reaches it: the points above 90.00 % belong to no control that is open."
    )


def test_no_plan_leads_beyond_everything_where_the_maxima_do_not_sum(snapshot: Snapshot) -> None:
    """The controls leave 60 open, the record's own maximum 20: all of them are 100 %, not 140."""
    snapshot.score(80, 100)
    snapshot.action("half", 30)
    snapshot.action("rest", 30, 2)
    document = json.loads(plan(snapshot, 90, "--json").out)
    assert [step["ratio_after"] for step in document["steps"]] == [0.9]
    assert json.loads(plan(snapshot, 100, "--json").out)["ratio_reached"] == 1.0


def test_a_third_is_reached_exactly(snapshot: Snapshot) -> None:
    """10 of 30 and 5 of the missing 20 are 50 %, though a third has no decimals."""
    snapshot.score(10, 30)
    snapshot.action("one", 5)
    snapshot.beyond(15)
    assert json.loads(plan(snapshot, 50, "--json").out)["is_reachable"]


def test_a_licence_nobody_could_read_is_not_called_missing(snapshot: Snapshot) -> None:
    snapshot.score(50, 100)
    unread = {"action_group": "unlicensed", "is_licence_owned": None, "required_licence": "p1"}
    snapshot.action("unclear", 30, **unread)
    snapshot.beyond(20)
    assert "unclear (licence not readable)" in plan(snapshot, 70).out


def test_a_scope_takes_its_own_controls_and_maximum(snapshot: Snapshot) -> None:
    snapshot.score(50, 100)
    for scope in ("category:Apps", "service:AzureAD", "identity_secure_score"):
        snapshot.score(5, 20, scope)
    snapshot.action("app", 9, control_category="Apps", service="EXO")
    snapshot.action("entra", 9, control_category="Apps")
    snapshot.action("starred", 9, service="other", is_identity_secure_score=True)
    wanted = {
        "category:Apps": ["app", "entra"],
        "service:AzureAD": ["entra"],
        "identity_secure_score": ["starred"],
    }
    found = {one: controls(plan(snapshot, 100, "--scope", one, "--json")) for one in wanted}
    assert found == wanted


def test_unknown_maxima_are_left_out_and_said(snapshot: Snapshot) -> None:
    snapshot.score(50, 100)
    snapshot.score(5, None, "category:Identity")
    for control, points, maximum in (("a", 4.0, 10.0), ("b", 1.0, None)):
        snapshot.add(
            "fct_control_score_daily", score_date=DAY, control_id=control, score_points=points,
            max_points=maximum, control_category="Identity",
        )  # fmt: skip
    snapshot.action("a", 5, score_points=4.0)
    snapshot.beyond(1)
    ended = plan(snapshot, 95, "--scope", "category:Identity")
    assert "40.00 % on 2026-06-30; 95 % cannot be reached" in ended.out
    assert ended.out.endswith("  1 control has an unknown maximum and is left out.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tenant", "Contosso"), "--tenant Contosso: no such tenant is published; near: Contoso"),
        (
            ("--scope", "category:identity"),
            "--scope category:identity: no such scope of tenant Contoso; near: category:Identity",
        ),
        (("--tenant", "Twin"), "--tenant Twin: several tenants have this name; give an id: "),
    ],
)
def test_an_unknown_tenant_or_scope_is_wrong_use_in_one_line(
    snapshot: Snapshot, words: tuple[str, str], said: str
) -> None:
    snapshot.tenant("Twin", "2")
    snapshot.tenant("Twin", "3")
    snapshot.score(50, 100)
    snapshot.score(5, 10, "category:Identity")
    ended = plan(snapshot, 60, *words)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err


@pytest.mark.parametrize("target", ["0", "101", "eighty", "-5", "nan", ""])
def test_a_target_is_a_percentage(snapshot: Snapshot, target: str) -> None:
    with pytest.raises(SystemExit) as ended:
        plan(snapshot, target)
    assert ended.value.code == 2


def test_a_tenant_may_be_named_and_one_without_a_score_is_said(snapshot: Snapshot) -> None:
    snapshot.tenant("New", "2")
    snapshot.score(50, 100)
    assert plan(snapshot, 50, tenant="Contoso").code == 0
    ended = plan(snapshot, 50, tenant="New")
    assert ended.code == 1
    assert "tenant New: has no score yet; `posture status` says why" in ended.err


def test_an_action_stands_for_its_parts_and_brings_a_scope_those_that_are_in_it(
    snapshot: Snapshot,
) -> None:
    snapshot.score(50, 100)
    snapshot.score(10, 40, scope="category:Identity")
    part = {"action_group": "part", "action_rank": None, "part_of_action_id": "security_defaults"}
    nowhere = {"control_category": None, "service": None}
    snapshot.action("security_defaults", 12, 2, required_licence="free", **nowhere)
    snapshot.action("admins", 8, **part)
    snapshot.action("elsewhere", 4, **part, control_category="Apps")
    snapshot.beyond(38, control_category="Apps")
    whole = steps(plan(snapshot, 60, "--json"))
    assert [(step["control_id"], step["gain_points"]) for step in whole] == [
        ("security_defaults", 12.0)
    ]
    assert whole[0]["ratio_after"] == pytest.approx(0.62)
    [one] = steps(plan(snapshot, 100, "--json", "--scope", "category:Identity"))
    assert (one["control_id"], one["gain_points"], one["ratio_after"]) == (
        "security_defaults", 8.0, 1.0,
    )  # fmt: skip
    assert steps(plan(snapshot, 26, "--json", "--scope", "category:Identity")) == [one]


def test_a_plan_says_how_many_seats_its_steps_lack(snapshot: Snapshot) -> None:
    snapshot.score(50, 100)
    snapshot.action("all", 6, required_licence="p1", missing_seat_count=120)
    snapshot.action("legacy", 5, required_licence="p1", missing_seat_count=120)
    snapshot.action("risk", 4, required_licence="p2", missing_seat_count=1)
    snapshot.action("admins", 3, required_licence="p2")
    snapshot.beyond(32)
    *_, summary, first, second = plan(snapshot, 68).out.splitlines()
    assert summary.startswith("Contoso, overall")
    assert first == "  For all users 120 more Entra ID P1 seats are needed: all, legacy."
    assert second == "  For all users 1 more Entra ID P2 seat is needed: risk."
    found = steps(plan(snapshot, 68, "--json"))
    assert [step["missing_seat_count"] for step in found] == [120, 120, 1, None]
