"""What the tests of report, Power BI, notebooks, cookbook and export share."""

from pathlib import Path

import pytest

from pipeline.export import export_tenant
from tests.judge.unhurried import without_waits
from tests.reading.estate import Estate, live
from tests.reading.powerbi_model import Model, read_model

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """Published once; nobody writes to it."""
    with without_waits():
        return live(tmp_path_factory.mktemp("estate"))


@pytest.fixture(scope="session")
def powerbi_model() -> Model:
    """The semantic model as the checkout has it."""
    return read_model(ROOT / "powerbi" / "Posture.SemanticModel" / "definition")


@pytest.fixture(scope="session")
def copies(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every tenant's own copy by its id; nobody writes to it."""
    root = tmp_path_factory.mktemp("copies")
    return {
        tenant: export_tenant(
            estate.home, tenant, root / f"client{position}", config=estate.config
        ).path
        for position, tenant in enumerate(estate.tenant_ids)
    }
