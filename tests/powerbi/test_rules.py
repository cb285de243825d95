"""The Power BI model keeps the rules, and the rules see a planted mistake of each kind."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.powerbi.files import PROJECT, visuals
from tests.powerbi.model import Model, TmdlError, read_model, read_tmdl
from tests.powerbi.report_rules import findings

Edit = Callable[[Path], None]


def test_no_rule_is_broken(powerbi_model: Model) -> None:
    assert findings(powerbi_model, visuals(PROJECT)) == []


def swap(file: str, old: str, new: str) -> Edit:
    def edit(project: Path) -> None:
        path = project / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return edit


DEFINITION = "Posture.SemanticModel/definition"
MEASURES = f"{DEFINITION}/tables/Measures.tmdl"
RELATIONSHIPS = f"{DEFINITION}/relationships.tmdl"
ROLE = f"{DEFINITION}/roles/Own tenants.tmdl"
OVERVIEW = f"{DEFINITION}/tables/Overview.tmdl"
LEAGUE = "Posture.Report/definition/pages/clients/visuals/league/visual.json"
VISUAL = "Posture.Report/definition/pages/overview/visuals/score/visual.json"
PLANTED = {
    "a column that is not there": (
        swap(MEASURES, "'Overview'[Score ratio]", "'Overview'[Score rato]"),
        "measure Measures[Average score]: no column Overview[Score rato]",
    ),
    "a measure that is not there": (
        swap(MEASURES, "[Practices judged])", "[Practices juged])"),
        "no measure [Practices juged]",
    ),
    "a table that is not there": (
        swap(MEASURES, "COUNTROWS('Overview')", "COUNTROWS('Overviews')"),
        "no table Overviews",
    ),
    "half a measure": (swap(MEASURES, "TRUE())) + 0", "TRUE()) + 0"), "() are not balanced"),
    "no format": (swap(MEASURES, "\t\tformatString: 0.0%\n", ""), "has no format string"),
    "no description": (
        swap(MEASURES, "\t/// Tenants in the configuration of the newest run.\n", ""),
        "measure Tenants has no description",
    ),
    "a slash": (
        swap(MEASURES, "DIVIDE([Practices implemented], [Practices judged])", "[Tenants] / 2"),
        "divides without DIVIDE",
    ),
    "the clock": (swap(MEASURES, "MAX('Refresh'[Snapshot id])\n", "TODAY()\n"), "uses TODAY"),
    "two columns of one name": (
        swap(OVERVIEW, "column 'Is stale'", "column 'is Active'"),
        "overview[is active is there 2 times",
    ),
    "a key in sight": (
        swap(OVERVIEW, "\t\tisHidden\n", ""),
        "Overview[Tenant id] to Tenant[Tenant id]: the foreign key is not hidden",
    ),
    "no source column": (
        swap(OVERVIEW, "\t\tsourceColumn: zone\n", ""),
        "Overview[Zone]: has no sourceColumn",
    ),
    "another type than the query's": (
        swap(OVERVIEW, "score_ratio = number", "score_ratio = text"),
        "Overview[Score ratio]: the query reads text",
    ),
    "a table that model.tmdl forgets": (
        swap(f"{DEFINITION}/model.tmdl", "ref table Alert\n", ""),
        "ref table does not list each table once",
    ),
    "both directions": (
        swap(
            f"{DEFINITION}/relationships.tmdl",
            "\n\tfromColumn",
            "\n\tcrossFilteringBehavior: bothDirections\n\tfromColumn",
        ),
        "is not a plain relationship",
    ),
    "ends of two types": (
        swap(RELATIONSHIPS, "toColumn: Tenant.'Tenant id'", "toColumn: Date.Date"),
        "the ends differ in type",
    ),
    "a number without a fact": (
        swap(RELATIONSHIPS, "fromColumn: Alert.'First", "fromColumn: Overview.'First"),
        "an end is missing",
    ),
    "months by the alphabet": (
        swap(f"{DEFINITION}/tables/Date.tmdl", "\t\tsortByColumn: 'Month number'\n", ""),
        "Date[Month]: is sorted by the alphabet",
    ),
    "no date table": (
        swap(f"{DEFINITION}/tables/Date.tmdl", "\tdataCategory: Time\n", ""),
        "Date alone is marked as date table",
    ),
    "an expression named like a table": (
        swap(f"{DEFINITION}/expressions.tmdl", "expression Manifest", "expression Alert"),
        "Alert is an expression and a table",
    ),
    "a portfolio that all may see": (
        swap(ROLE, "tablePermission 'Portfolio trend'", "tablePermission Part"),
        "Portfolio trend is filtered neither itself nor through Tenant",
    ),
    "a field that is not there": (
        swap(VISUAL, '"Property": "Average score"', '"Property": "Average scor"'),
        "score: no Measure Measures[Average scor]",
    ),
    "a fact's column beside a number of another": (
        swap(LEAGUE, '"Entity": "Tenant"', '"Entity": "Alert"'),
        "beside every ['Alert']",
    ),
    "a role that the visual has not": (
        swap(VISUAL, '"Values"', '"Value"'),
        "are not roles of card",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found(tmp_path: Path, name: str) -> None:
    edit, problem = PLANTED[name]
    project = tmp_path / "powerbi"
    shutil.copytree(PROJECT, project)
    edit(project)
    found = findings(read_model(project / DEFINITION), visuals(project))
    assert any(problem in line for line in found), found


@pytest.mark.parametrize(
    "text",
    [
        "table A\n    lineageTag: x\n",
        "table A\n\t\tlineageTag: x\n",
        "table A\n\tlineage x\n",
        "table A\n\tlineageTag: x\n\tlineageTag: y\n",
        "/// About nothing\n\ntable A\n",
        "tabel A\n",
    ],
)
def test_what_is_no_tmdl_is_refused(text: str) -> None:
    with pytest.raises(TmdlError):
        read_tmdl(text)
