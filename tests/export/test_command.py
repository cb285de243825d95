"""`posture export`: what it says, what it refuses, and what trouble leaves behind."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.export.folder import new_folder
from pipeline.export.selected_files import write_selected
from pipeline.export.tenant import ClientTenant, find_tenant
from pipeline.home import Home
from pipeline.published.manifest import read_manifest
from pipeline.published.models import read_models
from tests.commands import Ended, posture, posture_here
from tests.estate import Estate
from tests.forks import forks
from tests.small_warehouse import VERSIONS, Warehouse


@pytest.fixture
def small(tmp_path: Path) -> Warehouse:
    """Ten tenants, every other one active, published: enough for what is refused."""
    warehouse = Warehouse(Home(tmp_path / "home"))
    warehouse.write(1, versions=VERSIONS)
    warehouse.publish()
    return warehouse


@pytest.fixture
def own(estate: Estate, tmp_path: Path) -> Home:
    """What the estate published, alone, for a test to change."""
    shutil.copytree(estate.home.published, tmp_path / "home" / "published")
    return Home(tmp_path / "home")


def publish_again(home: Home) -> str:
    """The same models as a newer snapshot; its id."""
    path = home.published / "manifest.json"
    document = path.read_text()
    before = json.loads(document)["snapshot"]
    after = before[:-4] + "0000"
    (home.published / "snapshots" / before).rename(home.published / "snapshots" / after)
    path.write_text(document.replace(before, after))
    return after


def export(home: Home, tenant: str, target: Path) -> Ended:
    return posture_here("export", "--tenant", tenant, "-o", target, "--home", home.root)


def refused(ended: Ended, *said: str) -> None:
    assert ended.code == 2, ended
    assert ended.out == ""
    assert ended.err.count("\n") == 1
    for one in said:
        assert one in ended.err


def test_a_tenant_is_named_by_id_or_name_and_the_copy_is_said(estate, tmp_path):
    tenant, name = estate.tenant_ids[0], "Wexmere Bakery"
    target = tmp_path / "new" / "folder"
    for wanted in (tenant, tenant.upper(), name):
        assert find_tenant(estate.home, wanted) == ClientTenant(tenant, name)
    ended = export(estate.home, name, target)
    assert (ended.code, ended.err) == (0, "")
    assert f"the copy of {name} as of 2026-06-30" in ended.out
    assert f"--home {target}" in ended.out
    assert read_manifest(target).client_tenant_id == tenant


def test_who_cannot_be_meant_is_refused_in_one_line(small, tmp_path):
    target = tmp_path / "copy"
    refused(export(small.home, "Nome 2", target), "no such tenant is published", "Name 2")
    refused(export(small.home, "tenant-3", target), "not in the configuration of the newest run")
    small.execute("update core.dim_tenant set tenant_name = 'Same' where is_active")
    small.publish()
    refused(export(small.home, "Same", target), "several tenants", "tenant-0, tenant-2")
    assert not target.exists()


def test_a_folder_of_anything_else_is_refused_and_left_alone(small, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "file").write_text("precious")
    refused(export(small.home, "tenant-2", theirs), "not empty and no export made it")
    refused(export(small.home, "tenant-2", theirs / "file"), "is a file")
    assert (theirs / "file").read_text() == "precious"
    # What the provider reads is no copy of a client.
    published = small.home.published
    refused(export(small.home, "tenant-2", published), "no export made it")
    assert (published / "manifest.json").exists()


def test_a_folder_stays_with_one_client(estate, tmp_path):
    target = tmp_path / "copy"
    target.mkdir()
    (target / "snapshots").mkdir()
    (target / "manifest.json").write_text(
        (estate.home.published / "manifest.json")
        .read_text()
        .replace('"snapshot":', f'"client_tenant_id": "{estate.tenant_ids[0]}",\n "snapshot":', 1)
    )
    refused(
        export(estate.home, estate.tenant_ids[1], target),
        f"holds the copy of tenant {estate.tenant_ids[0]}",
    )
    assert read_manifest(target).client_tenant_id == estate.tenant_ids[0]


def test_a_tenant_without_rows_in_a_model_has_an_empty_one(small, tmp_path):
    small.execute("delete from core.fct_control_score_daily where tenant_id = 'tenant-2'")
    published = small.publish()
    manifest = read_manifest(small.home.published)
    (tmp_path / published.id).mkdir()
    models = write_selected(
        tmp_path / published.id, manifest, read_models(published.path),
        tenant_id="tenant-2", published=small.home.published,
    )  # fmt: skip
    [file] = models["fct_control_score_daily"].files
    assert (file.rows, file.month) == (0, None)
    assert [one.month for one in manifest.models["fct_control_score_daily"].files] == [*VERSIONS]


def test_what_no_policy_speaks_of_is_not_exported(small, tmp_path):
    [described] = small.home.published.glob("snapshots/*/models.json")
    document = json.loads(described.read_text())
    document.pop("mart_posture_overview")
    described.write_text(json.dumps(document))
    ended = export(small.home, "tenant-2", tmp_path / "copy")
    assert ended.code == 1
    assert "mart_posture_overview: has no export policy" in ended.err
    for model in document.values():
        model["export"] = None
    described.write_text(json.dumps(document))
    ended = export(small.home, "tenant-2", tmp_path / "copy")
    assert ended.code == 1
    assert "run `posture build` and `posture publish`" in ended.err
    described.unlink()
    ended = export(small.home, "tenant-2", tmp_path / "copy")
    assert ended.code == 1
    assert "published by an older version" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_nothing_published_is_said_in_one_line(tmp_path):
    ended = posture_here("export", "--tenant", "x", "-o", tmp_path / "copy", "--home", tmp_path)
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "nothing is published yet" in ended.err


def test_an_export_needs_published_and_no_more(own, estate, tmp_path):
    own.published.rename(tmp_path / "alone")
    words = ("export", "--tenant", estate.tenant_ids[0], "-o", tmp_path / "copy")
    ended = posture(*words, "--home", tmp_path / "alone")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("blocks", [1, 400])
def test_a_full_disk_is_said_in_one_line_and_leaves_the_copy_before(
    own, estate, copies, tmp_path, blocks
):
    tenant, target = estate.tenant_ids[0], tmp_path / "copy"
    shutil.copytree(copies[tenant], target)
    before = read_manifest(target)
    publish_again(own)
    # A file size limit stands for a full disk: the small one fails in Parquet, the other later.
    words = ("-m", "pipeline.cli", "export", "--tenant", tenant, "-o", target, "--home", own.root)
    limited = subprocess.run(
        ["bash", "-c", f'ulimit -f {blocks}; exec "$0" "$@"', sys.executable, *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (limited.returncode, limited.stderr.count("\n")) == (1, 1), limited.stderr
    assert "cannot be written" in limited.stderr or "export failed" in limited.stderr
    assert read_manifest(target) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "home"]


def test_an_export_that_is_killed_leaves_a_whole_copy_or_none(own, estate, copies, tmp_path):
    tenant, whole = estate.tenant_ids[0], tmp_path / "whole"

    with forks("tests.export.killed_export") as run:

        def killed_at(step: int, target: Path) -> Ended:
            return run(own.root, tenant, target, step)

        last = int(killed_at(0, whole).out)
        assert last > 100
        old, count = read_manifest(whole), len(names(whole))
        new = publish_again(own)
        for step in (last // 2, last - 1):
            assert killed_at(step, whole).code == -9
            found = read_manifest(whole)
            assert found == old if step <= last // 2 else found.snapshot == new
            assert len(names(whole)) == count
        assert killed_at(last // 2, tmp_path / "none").code == -9
    assert not (tmp_path / "none").exists()
    # The next export into either place sweeps up what the killed ones began.
    for target in (whole, tmp_path / "none"):
        with new_folder(target, tenant_id=tenant) as folder:
            (folder.path / "done").touch()
        assert names(target) == ["done"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "none", "whole"]


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_two_at_once_do_not_sweep_each_other_away(estate, tmp_path):
    tenant, target = estate.tenant_ids[0], tmp_path / "copy"
    with new_folder(target, tenant_id=tenant) as slow:
        with new_folder(target, tenant_id=tenant) as quick:
            assert slow.path.exists()
            (quick.path / "quick").touch()
        assert slow.path.exists()
        assert names(target) == ["quick"]
        (slow.path / "slow").touch()
    assert names(target) == ["slow"]
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
