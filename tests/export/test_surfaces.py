"""A copy's own report and Power BI project: there, and made of nothing but the copy."""

from pathlib import Path

import pytest

from pipeline import open_published
from tests.estate import Estate
from tests.powerbi.model import read_model
from tests.report.marts import Marts
from tests.report.page import figures, parsed

# Of the provider alone: its people, and sums over its clients.
WITHHELD = {"dim_tenant_access", "mart_portfolio_trend", "mart_control_portfolio"}


@pytest.mark.parametrize("position", [0, 2])
def test_the_report_of_a_copy_says_what_the_copy_holds(
    estate: Estate, copies: dict[str, Path], position: int
) -> None:
    tenant = estate.tenant_ids[position]
    page = parsed((copies[tenant] / "report.html").read_text(encoding="utf-8"))
    found = figures(page)
    assert len(found) > 300
    with open_published(copies[tenant]) as connection:
        [(name,)] = connection.sql("select tenant_name from dim_tenant").fetchall()
        marts = Marts(connection)
        complaints = [reported for one in found if (reported := marts.complaint(one))]
    assert complaints == []
    assert name in page.text


@pytest.mark.parametrize("position", [0, 2])
def test_the_power_bi_project_of_a_copy_asks_for_what_the_copy_holds(
    estate: Estate, copies: dict[str, Path], position: int
) -> None:
    project = copies[estate.tenant_ids[position]] / "powerbi"
    assert (project / "Posture.pbip").is_file()
    model = read_model(project / "Posture.SemanticModel" / "definition")
    assert len(model.tables) > 10
    assert model.roles == {}
    read = " ".join(str(t.one("partition").properties["source"]) for t in model.tables.values())
    assert '"mart_posture_overview"' in read
    assert [name for name in WITHHELD if f'"{name}"' in read] == []
