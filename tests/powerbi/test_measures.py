"""Every measure of the Power BI model, executed, equals its meaning in SQL over the same files."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import duckdb
import pytest

from pipeline import open_published
from pipeline.home import Home
from tests.estate import Estate
from tests.powerbi.data import calculator, loaded
from tests.powerbi.model import Model
from tests.powerbi.scrambled import scrambled
from tests.powerbi.selections import SELECTIONS, Selection
from tests.powerbi.twins import TWINS

Calculate = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def calculate(powerbi_model: Model, estate: Estate) -> Calculate:
    return calculator(powerbi_model, estate.home)


@pytest.fixture(scope="module")
def other_home(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return scrambled(estate.home, tmp_path_factory.mktemp("scrambled"))


@pytest.fixture(scope="module")
def calculate_other(powerbi_model: Model, other_home: Home) -> Calculate:
    return calculator(powerbi_model, other_home)


def twins(home: Home, selection: Selection) -> dict[str, Any]:
    """The meaning of every measure under a selection."""
    manifest = json.loads((home.published / "manifest.json").read_text())
    with open_published(home) as connection:
        rows = sum(one["rows"] for one in manifest["models"].values())
        for macro, value in (
            ("chosen_scope", f"'{selection.scope}'"),
            ("chosen_period", f"'{selection.period}'"),
            ("published_rows", str(rows)),
        ):
            connection.execute(f"create macro {macro}() as {value}")
        narrow(connection, manifest["models"], selection)
        connection.execute("set search_path = 'narrowed,main,core,marts'")
        return {name: connection.execute(sql).fetchall()[0][0] for name, sql in TWINS.items()}


def narrow(
    connection: duckdb.DuckDBPyConnection, models: Mapping[str, Any], selection: Selection
) -> None:
    connection.execute("create schema narrowed")
    for name, model in models.items():
        condition = selection.conditions.get(name)
        if condition is None and "tenant_id" in model["columns"]:
            condition = selection.conditions.get("*")
        connection.execute(
            f"create view narrowed.{name} as select * from {model['schema']}.{name} "
            f"where {condition or 'true'}"
        )


def test_every_measure_has_a_twin(powerbi_model: Model) -> None:
    assert {measure.name for _, measure in powerbi_model.measures()} == set(TWINS)


@pytest.mark.parametrize("name", SELECTIONS)
def test_every_measure_equals_its_twin(calculate: Calculate, estate: Estate, name: str) -> None:
    assert differing(calculate, estate.home, SELECTIONS[name](estate)) == {}


@pytest.mark.parametrize("name", SELECTIONS)
def test_and_so_it_does_where_nothing_is_well(
    calculate_other: Calculate, other_home: Home, estate: Estate, name: str
) -> None:
    assert differing(calculate_other, other_home, SELECTIONS[name](estate)) == {}


def differing(calculate: Calculate, home: Home, selection: Selection) -> dict[str, Any]:
    """What each measure that differs from its twin says, and its twin."""
    found = calculate(list(TWINS), dict(selection.where))
    return {
        measure: (found[measure], value)
        for measure, value in twins(home, selection).items()
        if not is_same(found[measure], value)
    }


def test_where_nothing_is_well_no_measure_is_blank_or_nothing(calculate_other: Calculate) -> None:
    found = calculate_other(list(TWINS))
    silent = {name for name, value in found.items() if not value}
    of_one_tenant = {"Decile in portfolio", "Place in portfolio", "Zone", "Compared or why not"}
    of_one_tenant |= {"Roles read", "Scores read"}
    assert silent == of_one_tenant | {"Tables of another snapshot"}


def is_same(found: Any, wanted: Any) -> bool:
    if found is None or wanted is None or isinstance(wanted, str | date):
        return bool(found == wanted)
    return float(found) == pytest.approx(float(wanted), abs=1e-9, rel=1e-12)


def test_most_measures_have_a_number(calculate: Calculate, estate: Estate) -> None:
    """What is blank for everybody would be compared with nothing."""
    found = calculate(list(TWINS))
    blank = {name for name, value in found.items() if value is None}
    assert blank <= {
        # Sixty days of history, and fewer than five tenants in a segment.
        "Change 90 days",
        "Constant cohort 90 days",
        "Percentile in segment",
        # Only of one tenant.
        "Decile in portfolio",
        "Place in portfolio",
        "Zone",
    }
    names = ["Decile in portfolio", "Place in portfolio", "Zone"]
    one = calculate(names, {"Tenant.Tenant id": [estate.tenant_ids[0]]})
    assert one["Decile in portfolio"] in range(1, 11)
    assert one["Place in portfolio"] in range(1, 9)
    assert one["Zone"] in ("bad", "okay", "good")


@pytest.mark.parametrize("unit", ["", " points"])
def test_the_parts_sum_to_the_change_of_each_tenant(
    calculate: Calculate, estate: Estate, unit: str
) -> None:
    whole = "Points change" if unit else "Change in score"
    by_part = "Points by part" if unit else "Change by part"
    for tenant in estate.tenant_ids:
        found = calculate([whole, by_part], {"Tenant.Tenant id": [tenant]})
        assert found[by_part] == pytest.approx(found[whole], abs=1e-9)


def test_a_table_of_another_snapshot_is_told(powerbi_model: Model, estate: Estate) -> None:
    from pbix_mcp.dax import engine

    tables = loaded(powerbi_model, estate.home)
    at = tables["Alert"]["columns"].index("Snapshot id")
    for row in tables["Alert"]["rows"]:
        row[at] = "20260629T060000000000Z-0000"
    texts = {measure.name: measure.value for _, measure in powerbi_model.measures()}
    names = ["Tables of another snapshot", "Data as of"]
    found = engine.evaluate_measures_batch(names, tables, texts, filter_context={})
    assert found["Tables of another snapshot"] == 1
    assert found["Data as of"].endswith("Refresh again: some tables are of another snapshot.")


@pytest.mark.parametrize(
    ("user", "count", "sees_all"),
    [
        ("anna@provider.example", 8, True),
        ("ANNA@provider.example", 8, True),
        ("bo@provider.example", 2, False),
        ("eve@provider.example", 0, False),
    ],
)
def test_people_see_the_tenants_that_access_lists(
    calculate: Calculate, powerbi_model: Model, user: str, count: int, sees_all: bool
) -> None:
    """The role's own filters, with the name of a reader in place of USERPRINCIPALNAME()."""
    rules = {
        rule.name: str(rule.value).replace("USERPRINCIPALNAME()", f'"{user}"')
        for rule in powerbi_model.roles["Own tenants"].all("tablePermission")
    }
    more = {
        f"seen {table}": f"COUNTROWS(FILTER('{table}', {rule})) + 0"
        for table, rule in rules.items()
    }
    everything = {f"all {table}": f"COUNTROWS('{table}')" for table in rules}
    found = calculate([*more, *everything], {}, {**more, **everything})
    assert found["seen Tenant"] == count
    assert found["seen Access"] == 0
    for table in ("Portfolio trend", "Control portfolio"):
        assert found[f"seen {table}"] == (found[f"all {table}"] if sees_all else 0)
