"""Other Power BI projects than the checkout's: one client's, Azure storage, incremental refresh."""

import json
from pathlib import Path

import pytest
from referencing import Registry

from pipeline.errors import PostureError
from pipeline.powerbi import write_client_project, write_provider_project
from tests.commands import posture_here
from tests.estate import Estate
from tests.powerbi.files import PROJECT, contents, invalid, made, official, visuals
from tests.powerbi.report_rules import findings

HOSTILE = '"] & File.Contents("x") meta [\n#(lf)\\Söhne\u202e'


@pytest.fixture(scope="module")
def registry() -> Registry:
    return official()


def client(tmp_path: Path, estate: Estate, folder: str = "C:\\Contoso") -> Path:
    manifest = json.loads((estate.home.published / "manifest.json").read_text())
    left_out = {"dim_tenant_access", "mart_portfolio_trend", "mart_control_portfolio"}
    target = tmp_path / "client"
    write_client_project(
        target,
        data_folder=folder,
        display_name="</script> Söhne",
        models=set(manifest["models"]) - left_out,
    )
    return target


def test_a_client_has_its_own_project_without_access_and_comparison(
    tmp_path: Path, estate: Estate, registry: Registry
) -> None:
    project = client(tmp_path, estate)
    model = made(project)
    assert model.roles == {}
    assert not {"Access", "Portfolio trend", "Control portfolio"} & set(model.tables)
    assert model.expressions["DataFolder"].value.startswith('"C:\\Contoso" meta')
    shown = visuals(project)
    assert findings(model, shown) == []
    assert list(invalid(project, registry)) == []
    pages = json.loads(next(project.rglob("pages.json")).read_text())["pageOrder"]
    assert pages == ["overview", "movement", "todo", "privilege", "changes", "health"]
    everything = b"".join(contents(project).values()).decode()
    for word in ("dim_tenant_access", "USERPRINCIPALNAME", "ref role", "mart_portfolio_trend"):
        assert word not in everything
    platform = json.loads((project / "Posture.Report" / ".platform").read_text())
    assert platform["metadata"]["displayName"] == "</script> Söhne"
    names = {measure.name for _, measure in model.measures()}
    assert "Average score" in names
    assert not {"Portfolio average", "Share missing the control", "Points at stake"} & names


def test_a_copy_with_few_models_is_still_whole(tmp_path: Path, registry: Registry) -> None:
    target = tmp_path / "few"
    models = {"dim_tenant", "dim_date", "mart_posture_overview"}
    write_client_project(target, data_folder="/x", display_name="X", models=models)
    assert list(invalid(target, registry)) == []
    found = findings(made(target), visuals(target))
    # Without a fact by day nothing relates to the calendar, and nothing uses some columns.
    assert [line for line in found if "no relationship" not in line and "uses it" not in line] == []


def test_a_folder_of_any_name_stays_a_text(tmp_path: Path, estate: Estate) -> None:
    model = made(client(tmp_path, estate, HOSTILE))
    value = str(model.expressions["DataFolder"].value)
    written = '"""] & File.Contents(""x"") meta [#(000A)#(#)(lf)\\Söhne\u202e" meta ['
    assert value.startswith(written)
    assert set(model.expressions) >= {"Manifest", "ReadModel"}


def test_azure_storage_is_the_one_source_where_it_is_chosen(tmp_path: Path) -> None:
    target = tmp_path / "adls"
    url = "https://contoso.dfs.core.windows.net/posture/published"
    assert posture_here("powerbi", "-o", target, "--storage-url", url).code == 0
    expressions = (target / "Posture.SemanticModel/definition/expressions.tmdl").read_text()
    assert f'expression StorageUrl = "{url}" meta' in expressions
    assert "AzureStorage.DataLake(StorageUrl)" in expressions
    assert "Folder.Files" not in expressions
    assert findings(made(target), visuals(target)) == []
    given = (PROJECT / "storage" / "expressions.tmdl").read_text()
    own = (PROJECT / "Posture.SemanticModel/definition/expressions.tmdl").read_text()
    assert ("Folder.Files" in given, "AzureStorage" in own) == (False, False)
    assert given.split("expression Manifest")[1] == own.split("expression Manifest")[1]


def test_incremental_refresh_is_off_until_it_is_asked_for(tmp_path: Path) -> None:
    def policies(project: Path) -> set[str]:
        return {
            name for name, table in made(project).tables.items() if any(table.all("refreshPolicy"))
        }

    target = tmp_path / "incremental"
    assert posture_here("powerbi", "-o", target, "--incremental-refresh").code == 0
    facts = {"Daily score", "Daily posture", "Score change"}
    assert (policies(PROJECT), policies(target)) == (set(), facts)
    for project in (PROJECT, target):
        for name in facts:
            source = made(project).tables[name].one("partition").properties["source"]
            assert ">= RangeStart" in source
            assert "< RangeEnd" in source


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(PostureError, match="holds other files; choose a new or an empty folder"):
        write_provider_project(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert not list(tmp_path.parent.glob(f".{tmp_path.name}.next"))
