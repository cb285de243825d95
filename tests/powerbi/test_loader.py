"""Microsoft's own loader reads the model and writes it back, byte for byte, where it is installed.

It is npm's @microsoft/powerbi-modeling-mcp, whose terms allow testing and no redistribution.
"""

import os
from pathlib import Path

import pytest

from pipeline.powerbi import write_client_project, write_provider_project
from pipeline.powerbi.schema import published_schema
from tests.powerbi.loader import loader
from tests.powerbi.model import Model, read_model

LOADER = "POSTURE_TMDL_LOADER"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def binary() -> Path:
    named = os.environ.get(LOADER)
    if not named:
        pytest.skip(
            f"{LOADER} names no binary of npm's @microsoft/powerbi-modeling-mcp-linux-x64, which "
            "no lock of this project may pin: its terms allow testing alone; docs/power-bi.md"
        )
    return Path(named)


@pytest.fixture(params=["checkout", "incremental", "client"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    target = tmp_path / "project"
    if request.param == "incremental":
        write_provider_project(
            target, storage_url="https://x.dfs.core.windows.net/y", incremental=True
        )
    elif request.param == "client":
        models = set(published_schema()) - {"dim_tenant_access", "mart_portfolio_trend"}
        write_client_project(target, data_folder="D:\\x", display_name='A "b"', models=models)
    else:
        return ROOT / "powerbi"
    return target


def test_it_loads_and_comes_back_the_same(binary: Path, project: Path, tmp_path: Path) -> None:
    definition, back = project / "Posture.SemanticModel" / "definition", tmp_path / "back"
    model: Model = read_model(definition)
    with loader(binary) as running:
        loaded = running.tool(
            "connection_operations", operation="ConnectFolder", folderPath=str(definition.resolve())
        )
        assert loaded["data"]["tablesLoaded"] == len(model.tables)
        assert loaded["data"]["measuresLoaded"] == len(list(model.measures()))
        assert loaded["data"]["relationshipsLoaded"] == len(model.relationships)
        running.tool(
            "database_operations", operation="ExportToTmdlFolder", tmdlFolderPath=str(back)
        )
    written = {path.relative_to(back): path.read_text() for path in back.rglob("*.tmdl")}
    given = {path.relative_to(definition): path.read_text() for path in definition.rglob("*.tmdl")}
    assert written == given
