"""The golden table of policies and people: each case a tenant, all of them in one build."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipeline.graph.catalogue.policies import POLICIES
from pipeline.home import Home, dbt_project_dir
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built

from .lake_writer import tenant, write_run
from .policy_wire import Answers, answers_of

DAY = date(2026, 3, 10)
DEFAULTS = "00000000-0000-0000-0000-000000000005"
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("policy_cases.yaml").read_text()
)
Verdict = tuple[str, str | None]


@pytest.fixture(scope="module")
def warehouse(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("home"))
    first: dict[str, Answers] = {}
    second: dict[str, Answers] = {}
    for number, case in enumerate(CASES):
        answers = answers_of(case)
        later = case.get("later", [])
        first[tenant(number)] = {name: a for name, a in answers.items() if name not in later}
        second[tenant(number)] = {name: a for name, a in answers.items() if name in later}
    write_run(home.lake, DAY, first)
    write_run(home.lake, DAY, {name: answers for name, answers in second.items() if answers})
    result = build(home)
    assert result.ok, result.failed
    with open_built(home) as connection:
        yield connection


def verdict(text: str) -> Verdict:
    """`covered by p1` -> what, and by which policy."""
    words = text.partition(" excluding ")[0].partition(" but ")[0]
    what, _, policy = words.partition(" by ")
    return what, {"": None, "defaults": DEFAULTS}.get(policy, policy)


def excluded(text: str) -> int | None:
    count = text.partition(" excluding ")[2]
    return int(count) if count else None


def left_open(text: str) -> str | None:
    return text.partition(" but ")[2] or None


def test_there_are_enough_cases() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 150
    people = [one for case in CASES for one in case["people"] if "expect" in one]
    assert len(people) >= 60
    assert [case["name"] for case in CASES if not case.get("why")] == []


def test_every_case_is_judged_as_the_table_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select tenant_id, principal_id, mfa_policy_coverage, deciding_policy_id, "
        "uncovered_applications from intermediate.int_mfa_coverages_decided"
    ).fetchall()
    found = {(one, person): (what, policy, left) for one, person, what, policy, left in rows}
    expected = {
        (tenant(number), person["id"]): (*verdict(person["expect"]), left_open(person["expect"]))
        for number, case in enumerate(CASES)
        for person in case["people"]
        if "expect" in person
    }
    assert len(rows) == len(found)
    assert wrong(found, expected) == []


def test_every_tenant_is_judged_as_the_table_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select tenant_id, requirement, verdict, deciding_policy_id, excluded_count "
        "from intermediate.int_tenant_policies_evaluated"
    ).fetchall()
    found = {
        (tenant_id, name): (what, policy, count) for tenant_id, name, what, policy, count in rows
    }
    expected = {
        (tenant(number), name): (*verdict(text), excluded(text))
        for number, case in enumerate(CASES)
        for name, text in case.get("tenant", {}).items()
    }
    assert len(found) == len(rows) == 8 * len(CASES)
    judged = {key: row for key, row in found.items() if key in expected}
    assert wrong(judged, expected) == []


def test_every_reason_names_what_decides(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Also what leaves a verdict open: the policy and the control, or what was not read."""
    told = warehouse.execute(
        "select tenant_id, requirement, reason from intermediate.int_tenant_policies_evaluated "
        "union all select tenant_id, principal_id, coverage_reason "
        "from intermediate.int_mfa_coverages_decided"
    ).fetchall()
    reasons = {(tenant_id, name): reason for tenant_id, name, reason in told}
    expected = {
        (tenant(number), name): words
        for number, case in enumerate(CASES)
        for name, words in [
            *case.get("reasons", {}).items(),
            *((one["id"], one["because"]) for one in case["people"] if "because" in one),
        ]
    }
    missing = {key: reasons[key] for key, words in expected.items() if words not in reasons[key]}
    assert missing == {}
    unexplained = [name for (_, name), reason in reasons.items() if reason == ""]
    assert unexplained == []


def test_every_condition_that_is_collected_is_known_to_the_models() -> None:
    """One that the seed forgets would narrow every policy that has it."""
    with (dbt_project_dir() / "seeds" / "policy_conditions.csv").open(newline="") as file:
        known = {row["path"] for row in csv.DictReader(file)}
    [conditions] = [one.table for one in POLICIES.children if one.member == "conditions"]
    assert {path.removesuffix("[]") for path in conditions.leaves} == {
        path for path in known if not path.endswith("@odata.type")
    }


def wrong(found: dict[tuple[str, str], Any], expected: dict[tuple[str, str], Any]) -> list[str]:
    return [
        f"{CASES[int(key[0][:8])]['name']}, {key[1]}: {found.get(key)} for {expected.get(key)}"
        for key in sorted(found.keys() | expected.keys())
        if found.get(key) != expected.get(key)
    ]
