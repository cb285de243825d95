"""`posture export`: what it says, what it refuses, and what trouble leaves behind."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipeline import open_published
from pipeline.export import export_tenant
from pipeline.export.folder import new_folder
from pipeline.published import read_manifest
from tests.surface.commands import Ended, posture, posture_here
from tests.surface.small_warehouse import VERSIONS, Warehouse


@pytest.fixture
def small(tmp_path: Path) -> Warehouse:
    """Ten tenants, every other one active, published."""
    from pipeline.paths import Home

    warehouse = Warehouse(Home(tmp_path / "home"))
    warehouse.write(1, versions=VERSIONS)
    warehouse.publish()
    return warehouse


def export(warehouse: Warehouse, tenant: str, target: Path) -> Ended:
    return posture_here("export", "--tenant", tenant, "-o", target, "--home", warehouse.home.root)


def refused(ended: Ended, *said: str) -> None:
    assert ended.code == 2, ended
    assert ended.out == ""
    assert ended.err.count("\n") == 1
    for one in said:
        assert one in ended.err


def test_a_tenant_is_named_by_id_or_name_and_the_copy_is_said(small, tmp_path):
    target = tmp_path / "new" / "folder"
    for tenant in ("tenant-2", "TENANT-2", "Name 2"):
        ended = export(small, tenant, target)
        assert (ended.code, ended.err) == (0, "")
        assert "the copy of Name 2 as of 2026-06-30, 3 models" in ended.out
        assert f"--home {target}" in ended.out
    with duckdb.connect(str(target / "posture.duckdb"), read_only=True) as connection:
        rows = connection.execute("select distinct tenant_id from core.fct_control_score_daily")
        assert rows.fetchall() == [("tenant-2",)]


def test_who_cannot_be_meant_is_refused_in_one_line(small, tmp_path):
    target = tmp_path / "copy"
    refused(export(small, "Nome 2", target), "no such tenant is published", "Name 2")
    refused(export(small, "tenant-3", target), "not in the configuration of the newest run")
    small.execute("update core.dim_tenant set tenant_name = 'Same' where is_active")
    small.publish()
    refused(export(small, "Same", target), "several tenants", "tenant-0, tenant-2")
    assert not target.exists()


def test_a_folder_of_anything_else_is_refused_and_left_alone(small, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "file").write_text("precious")
    refused(export(small, "tenant-2", theirs), "not empty and no export made it")
    refused(export(small, "tenant-2", theirs / "file"), "is a file")
    assert (theirs / "file").read_text() == "precious"
    # What the provider reads is no copy of a client.
    published = small.home.published
    refused(export(small, "tenant-2", published), "no export made it")
    assert (published / "manifest.json").exists()


def test_a_folder_stays_with_one_client(small, tmp_path):
    target = tmp_path / "copy"
    assert export(small, "tenant-2", target).code == 0
    refused(export(small, "tenant-4", target), "holds the copy of tenant tenant-2")
    assert read_manifest(target).client_tenant_id == "tenant-2"


def test_a_tenant_without_rows_in_a_model_has_an_empty_one(small, tmp_path):
    small.execute("delete from core.fct_control_score_daily where tenant_id = 'tenant-2'")
    small.publish()
    target = tmp_path / "copy"
    assert export(small, "tenant-2", target).code == 0
    [file] = read_manifest(target).models["fct_control_score_daily"].files
    assert (file.rows, file.month) == (0, None)
    with open_published(target) as connection:
        assert connection.sql("select count(*) from fct_control_score_daily").fetchone() == (0,)


def test_what_no_policy_speaks_of_is_not_exported(small, tmp_path):
    [described] = small.home.published.glob("snapshots/*/models.json")
    document = json.loads(described.read_text())
    document.pop("mart_posture_overview")
    described.write_text(json.dumps(document))
    ended = export(small, "tenant-2", tmp_path / "copy")
    assert ended.code == 1
    assert "mart_posture_overview: has no export policy" in ended.err
    for model in document.values():
        model["export"] = None
    described.write_text(json.dumps(document))
    ended = export(small, "tenant-2", tmp_path / "copy")
    assert ended.code == 1
    assert "run `posture build` and `posture publish`" in ended.err
    described.unlink()
    ended = export(small, "tenant-2", tmp_path / "copy")
    assert ended.code == 1
    assert "published by an older version" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_nothing_published_is_said_in_one_line(tmp_path):
    ended = posture_here("export", "--tenant", "x", "-o", tmp_path / "copy", "--home", tmp_path)
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "nothing is published yet" in ended.err


def test_an_export_needs_published_and_no_more(small, tmp_path):
    small.home.published.rename(tmp_path / "alone")
    ended = posture(
        *("export", "--tenant", "tenant-2", "-o", tmp_path / "copy"),
        *("--home", tmp_path / "alone"),
    )
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("blocks", [1, 40])
def test_a_full_disk_is_said_in_one_line_and_leaves_the_copy_before(small, tmp_path, blocks):
    target = tmp_path / "copy"
    before = export_tenant(small.home, "tenant-2", target, config=target)
    small.publish()
    # A file size limit stands for a full disk: the small one fails in Parquet, the other later.
    words = ("-m", "pipeline.cli", "export", "--tenant", "tenant-2", "-o", target, "--home")
    limited = subprocess.run(
        ["bash", "-c", f'ulimit -f {blocks}; exec "$0" "$@"', sys.executable, *words,
         small.home.root],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (limited.returncode, limited.stderr.count("\n")) == (1, 1), limited.stderr
    assert "cannot be written" in limited.stderr or "export failed" in limited.stderr
    assert read_manifest(target) == before.manifest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "home"]


def test_an_export_that_is_killed_leaves_a_whole_copy_or_none(small, tmp_path):
    def killed_at(step: int, target: Path) -> subprocess.CompletedProcess[str]:
        words = [str(small.home.root), "tenant-2", str(target), str(step)]
        return subprocess.run(
            [sys.executable, "-m", "tests.reading.killed_export", *words],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    whole = killed_at(0, tmp_path / "whole")
    last = int(whole.stdout)
    assert last > 15
    expected = names(tmp_path / "whole")
    old = read_manifest(tmp_path / "whole")
    new = small.publish().id
    for step in (2, last // 2, last - 1, last):
        assert killed_at(step, tmp_path / "whole").returncode == -9
        found = read_manifest(tmp_path / "whole")
        assert found == old if step <= last // 2 else found.snapshot == new
        assert len(names(tmp_path / "whole")) == len(expected)
    assert killed_at(last // 2, tmp_path / "none").returncode == -9
    assert not (tmp_path / "none").exists()
    for target in ("whole", "none"):
        assert export(small, "tenant-2", tmp_path / target).code == 0
        assert len(names(tmp_path / target)) == len(expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "none", "whole"]


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_two_at_once_do_not_sweep_each_other_away(small, tmp_path):
    target = tmp_path / "copy"
    with new_folder(target, tenant_id="tenant-2") as folder:
        assert export(small, "tenant-2", target).code == 0
        assert folder.path.exists()
        (folder.path / "manifest.json").write_text("{}")
    assert (target / "manifest.json").read_text() == "{}"
