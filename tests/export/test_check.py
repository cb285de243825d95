"""A finished copy is held against whose it is, whatever made it."""

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import PostureError
from pipeline.export import export_tenant, selected_files
from pipeline.export.check import require_one_tenant
from pipeline.home import Home
from pipeline.published.manifest import Manifest, read_manifest
from tests.estate import Estate

OTHER = "99999999-9999-4999-8999-999999999999"


def manifest_of(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    assert manifest is not None
    return manifest


@pytest.fixture
def copied(copies: dict[str, Path], estate: Estate, tmp_path: Path) -> tuple[Path, str]:
    """One tenant's copy for a test to change, and whose it is."""
    tenant = estate.tenant_ids[0]
    return shutil.copytree(copies[tenant], tmp_path / "copy"), tenant


def check(copied: tuple[Path, str]) -> None:
    folder, tenant = copied
    require_one_tenant(folder, manifest_of(folder), tenant_id=tenant)


def test_a_copy_below_a_folder_named_after_another_tenant_is_its_own(
    estate: Estate, copies: dict[str, Path], tmp_path: Path
) -> None:
    tenant, other = estate.tenant_ids[:2]
    home = Home(tmp_path / f"tenant_id={other}" / "home")
    shutil.copytree(estate.home.published, home.published)
    copy = export_tenant(home, tenant, tmp_path / "copy", config=estate.config)
    for name, model in copy.manifest.models.items():
        usual = manifest_of(copies[tenant]).models[name]
        assert [file.sha256 for file in model.files] == [file.sha256 for file in usual.files], name


def test_a_copy_below_a_folder_named_after_its_tenant_holds_nobody_else(
    estate: Estate, copies: dict[str, Path], tmp_path: Path
) -> None:
    tenant = estate.tenant_ids[0]
    home = Home(tmp_path / f"tenant_id={tenant}" / "home")
    shutil.copytree(estate.home.published, home.published)
    copy = export_tenant(home, tenant, tmp_path / "copy", config=estate.config)
    assert copy.row_count == sum(
        model.rows for model in manifest_of(copies[tenant]).models.values()
    )


def test_a_sound_copy_passes(copied: tuple[Path, str]) -> None:
    check(copied)


def test_another_tenants_row_in_a_file_is_found(copied: tuple[Path, str]) -> None:
    path = next(copied[0].rglob("dim_control.parquet"))
    table = pq.ParquetFile(path).read()
    position = table.column_names.index("tenant_id")
    ids = [*table["tenant_id"].to_pylist()[:-1], OTHER]
    pq.write_table(table.set_column(position, "tenant_id", pa.array(ids)), path)
    with pytest.raises(PostureError, match=rf"dim_control.parquet.*{OTHER}.*nothing was exported"):
        check(copied)


def test_a_file_that_no_manifest_names_is_read_too(copied: tuple[Path, str]) -> None:
    pq.write_table(pa.table({"tenant_id": [OTHER]}), copied[0] / "left.parquet")
    with pytest.raises(PostureError, match=rf"left.parquet.*{OTHER}"):
        check(copied)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (f"update marts.mart_alerts set tenant_id = '{OTHER}'", OTHER),
        ("update core.dim_tenant set tenant_id = null", "None"),
        ("alter table core.dim_tenant rename tenant_id to owner", "dim_tenant has no tenant_id"),
    ],
)
def test_the_database_is_read_too(copied: tuple[Path, str], statement: str, said: str) -> None:
    with duckdb.connect(str(copied[0] / "posture.duckdb")) as connection:
        for kind, view in connection.execute(
            "select 'view', schema_name || '.' || view_name from duckdb_views() where not internal"
        ).fetchall():
            connection.execute(f"drop {kind} {view}")
        connection.execute(statement)
    with pytest.raises(PostureError, match=said):
        check(copied)


def test_a_filter_that_lets_others_through_exports_nothing(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selected_files._Writer, "_condition", lambda *_: "true")
    with pytest.raises(PostureError, match="nothing was exported"):
        export_tenant(estate.home, estate.tenant_ids[0], tmp_path / "copy", config=estate.config)
    assert list(tmp_path.iterdir()) == []
