"""The Power BI project: made again alike, valid by the official schemas, of what is published."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from pipeline import open_published
from pipeline.errors import PostureError
from pipeline.powerbi import write_client_project, write_provider_project
from pipeline.powerbi.schema import FILE_NAME, schema_document
from tests.reading.estate import Estate
from tests.reading.powerbi_data import loaded, model_of
from tests.reading.powerbi_model import Model, read_model
from tests.reading.powerbi_rules import findings
from tests.surface.commands import posture_here

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "powerbi"
SCHEMAS = Path(__file__).parent / "powerbi_schemas"
ADDRESS = "https://developer.microsoft.com/json-schemas/"
TYPES = {
    "VARCHAR": "string",
    "DOUBLE": "double",
    "BIGINT": "int64",
    "INTEGER": "int64",
    "BOOLEAN": "boolean",
    "DATE": "dateTime",
    "TIMESTAMP": "dateTime",
}
JSON_FILES = {".json", ".pbip", ".pbir", ".pbism", ".platform"}
HOSTILE = '"] & File.Contents("x") meta [\n#(lf)\\Söhne\u202e'


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def made(project: Path) -> Model:
    return read_model(project / "Posture.SemanticModel" / "definition")


def visuals(project: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(project.rglob("visual.json"))]


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Every schema by its public address; the `$id` of some is wrong as published."""
    found: Registry = Registry()
    for path in SCHEMAS.rglob("*.json"):
        content = json.loads(path.read_text("utf-8-sig"))
        content.pop("$id", None)
        resource = Resource.from_contents(content, default_specification=DRAFT7)
        found = found.with_resource(ADDRESS + path.relative_to(SCHEMAS).as_posix(), resource)
    return found


def invalid(project: Path, registry: Registry) -> Iterator[str]:
    """Each complaint of an official schema."""
    for path in sorted(project.rglob("*")):
        if path.suffix not in JSON_FILES and path.name not in JSON_FILES:
            continue
        content = json.loads(path.read_text())
        if "StaticResources" in path.parts:
            continue
        validator = Draft7Validator({"$ref": content["$schema"]}, registry=registry)
        for error in validator.iter_errors(content):
            yield f"{path.relative_to(project)}: {error.message}"


def test_made_again_it_is_the_same(tmp_path: Path) -> None:
    target = tmp_path / "again"
    ended = posture_here("powerbi", "-o", target)
    assert ended.code == 0, ended.err
    assert contents(target) == contents(PROJECT), "run `make powerbi`"


def test_its_types_and_descriptions_are_those_of_the_models(estate: Estate) -> None:
    written = (ROOT / "pipeline" / "powerbi" / FILE_NAME).read_text()
    built = estate.home.dbt_target / "manifest.json"
    assert written == schema_document(built), "run `make powerbi`"


def test_every_file_is_valid_by_the_official_schemas(registry: Registry) -> None:
    assert list(invalid(PROJECT, registry)) == []


def test_the_schemas_see_a_mistake(tmp_path: Path, registry: Registry) -> None:
    write_provider_project(tmp_path / "x")
    path = tmp_path / "x" / "Posture.Report" / "definition" / "pages" / "todo" / "page.json"
    path.write_text(path.read_text().replace('"FitToPage"', '"FitToPaper"'))
    assert any("FitToPaper" in line for line in invalid(tmp_path / "x", registry))


def test_names_folders_and_resources_belong_together() -> None:
    report = PROJECT / "Posture.Report" / "definition"
    pages = json.loads((report / "pages" / "pages.json").read_text())
    folders = {path.parent.name for path in report.rglob("page.json")}
    assert set(pages["pageOrder"]) == folders
    assert pages["activePageName"] == "overview"
    titles = [
        json.loads((report / "pages" / name / "page.json").read_text())["displayName"]
        for name in pages["pageOrder"]
    ]
    assert titles == [
        "Overview", "Why it moved", "To do", "Privileged access", "Clients", "Data health"
    ]  # fmt: skip
    for path in [*report.rglob("page.json"), *report.rglob("visual.json")]:
        name = json.loads(path.read_text())["name"]
        assert name == path.parent.name
        assert re.fullmatch(r"[\w-]{1,50}", name)
    theme = json.loads((report / "report.json").read_text())["themeCollection"]["customTheme"]
    registered = PROJECT / "Posture.Report" / "StaticResources" / "RegisteredResources"
    assert [path.name for path in registered.iterdir()] == [theme["name"]]
    json.loads((registered / theme["name"]).read_text())


def test_every_page_says_as_of_when_and_every_visual_has_an_alternative_text() -> None:
    for page in (PROJECT / "Posture.Report" / "definition" / "pages").glob("*/"):
        shown = visuals(page)
        assert any("Data as of" in json.dumps(one) for one in shown)
        for one in shown:
            general = one["visual"]["visualContainerObjects"]["general"][0]["properties"]
            assert len(general["altText"]["expr"]["Literal"]["Value"]) > 5


def test_no_visual_leaves_the_page_or_covers_another() -> None:
    for page in (PROJECT / "Posture.Report" / "definition" / "pages").glob("*/"):
        places = [one["position"] for one in visuals(page)]
        for at, one in enumerate(places):
            assert one["x"] + one["width"] <= 1280
            assert one["y"] + one["height"] <= 720
            for other in places[at + 1 :]:
                assert (
                    one["x"] + one["width"] <= other["x"]
                    or other["x"] + other["width"] <= one["x"]
                    or one["y"] + one["height"] <= other["y"]
                    or other["y"] + other["height"] <= one["y"]
                )


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
    assert pages == ["overview", "movement", "todo", "privilege", "health"]
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
