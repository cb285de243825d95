"""The tables of the Power BI model are what is published: columns, types, keys and days."""

import json
from typing import Any

from pipeline import open_published
from tests.estate import Estate
from tests.powerbi.data import loaded, model_of
from tests.powerbi.model import Model

TYPES = {
    "VARCHAR": "string",
    "DOUBLE": "double",
    "BIGINT": "int64",
    "INTEGER": "int64",
    "BOOLEAN": "boolean",
    "DATE": "dateTime",
    "TIMESTAMP": "dateTime",
}


def test_every_column_is_published_in_that_type(powerbi_model: Model, estate: Estate) -> None:
    manifest = json.loads((estate.home.published / "manifest.json").read_text())
    wrong = []
    for name, table in powerbi_model.tables.items():
        model = model_of(table)
        if model is None:
            continue
        published = manifest["models"][model]["columns"]
        for column in table.all("column"):
            source = column.properties["sourceColumn"]
            kind = TYPES.get(published.get(source, ""))
            is_made = source in ("snapshot_id", "scope_kind")
            if not is_made and kind != column.properties["dataType"]:
                wrong.append(f"{name}[{column.name}]: {source} is {published.get(source)}")
    assert wrong == []


def test_keys_are_whole_unique_and_known_to_every_fact(
    powerbi_model: Model, estate: Estate
) -> None:
    """No blank row: every key that a fact holds is on the one side, folded as VertiPaq folds."""
    tables = loaded(powerbi_model, estate.home)

    def values(table: str, column: str) -> list[Any]:
        at = tables[table]["columns"].index(column)
        return [row[at] for row in tables[table]["rows"]]

    def folded(found: list[Any]) -> list[Any]:
        return [one.lower() if isinstance(one, str) else one for one in found]

    for end in {one.end for one in powerbi_model.relationships}:
        keys = folded(values(*end))
        assert None not in keys
        assert len(keys) == len(set(keys)), end
    for one in powerbi_model.relationships:
        held = set(folded(values(*one.start)))
        assert None not in held
        assert held <= set(folded(values(*one.end))), one


def test_the_date_table_has_every_day_of_its_years(estate: Estate) -> None:
    with open_published(estate.home) as connection:
        count, days = connection.execute(
            "select count(*), max(calendar_date) - min(calendar_date) + 1 from dim_date"
        ).fetchall()[0]
    assert count == days
