"""The Power BI project: made again alike, valid by the official schemas, laid out with care."""

import json
import re
from pathlib import Path

import pytest
from referencing import Registry

from pipeline.powerbi import write_provider_project
from pipeline.powerbi.schema import FILE_NAME, schema_document
from tests.commands import posture_here
from tests.estate import Estate
from tests.powerbi.files import PROJECT, ROOT, contents, invalid, official, visuals


@pytest.fixture(scope="module")
def registry() -> Registry:
    return official()


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
        "Overview", "Why it moved", "To do", "Privileged access", "Who changed what", "Clients",
        "Data health",
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
