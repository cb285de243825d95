"""Every finding of mart_data_quality says how severe it is and what to do."""

import csv
import re

import yaml

from pipeline.warehouse.dbt import dbt_project_dir

MADE_BY_A_CASE = {
    "duplicate_control",
    "feed_never_read",
    "profile_only_controls",
    "quarantined_rows",
    "score_only_controls",
    "stale_feed",
}


def test_every_finding_has_an_advice_and_a_place_in_the_description() -> None:
    models = dbt_project_dir() / "models"
    found = set(MADE_BY_A_CASE)
    for path in (models / "intermediate").rglob("int_*_findings.sql"):
        found |= set(re.findall(r"'(\w+)' as finding", path.read_text()))
    with (dbt_project_dir() / "seeds" / "finding_advices.csv").open(newline="") as file:
        advices = {row["finding"]: row for row in csv.DictReader(file)}
    assert set(advices) == found
    assert all(re.fullmatch(r"[A-Z].*[.]", row["next_step"]) for row in advices.values())
    document = yaml.safe_load((models / "marts" / "mart_data_quality.yml").read_text())
    [column] = [one for one in document["models"][0]["columns"] if one["name"] == "finding"]
    assert found <= set(re.findall(r"\w+", column["description"]))
