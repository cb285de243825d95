"""What the tests of finished copies share."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from pipeline.export.database import write_own_database
from pipeline.published.manifest import manifest_document, read_manifest
from pipeline.published.models import read_models, write_models
from tests.estate import Estate

SMALL = ("dim_tenant", "mart_posture_overview")


@pytest.fixture(scope="session")
def small(
    estate: Estate, copies: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Two models of a copy, written by what writes copies: quick to look through."""
    copy, folder = copies[estate.tenant_ids[0]], tmp_path_factory.mktemp("small") / "copy"
    manifest = read_manifest(copy)
    assert manifest is not None
    snapshot = Path("snapshots", manifest.snapshot)
    for name in SMALL:
        shutil.copytree(copy / snapshot / name, folder / snapshot / name)
    models = read_models(copy / snapshot)
    write_models(folder / snapshot, tuple(model for model in models if model.name in SMALL))
    held = {name: manifest.models[name] for name in SMALL}
    document = manifest_document(dataclasses.replace(manifest, models=held))
    (folder / "manifest.json").write_text(document)
    write_own_database(folder)
    return folder
