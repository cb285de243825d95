"""A manifest.json can come from anybody: it reaches no file but those of its snapshot."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import open_published
from pipeline.errors import PostureError
from pipeline.published.manifest import manifest_document, read_manifest
from tests.commands import posture_here
from tests.small_warehouse import Warehouse

CANARY = "what another client said"
Document = dict[str, Any]
TENANTS, FACT = "dim_tenant", "fct_control_score_daily"


@pytest.fixture
def published(warehouse: Warehouse, tmp_path: Path) -> Path:
    """A snapshot, and beside it files that it must neither read nor change."""
    warehouse.publish()
    outside = tmp_path / "outside"
    outside.mkdir()
    duckdb.execute(f"copy (select '{CANARY}' as tenant_id) to '{outside / 'x.parquet'}'")
    (outside / "x.txt").write_text(CANARY)
    return warehouse.home.published


def first_file(document: Document, name: str = TENANTS) -> Document:
    return document["models"][name]["files"][0]


def path_is(path: str) -> Callable[[Document, Path], None]:
    def change(document: Document, root: Path) -> None:
        first_file(document)["path"] = path.format(
            outside=root.parents[1] / "outside", snapshot=document["snapshot"]
        )

    return change


def renamed(name: str) -> Callable[[Document, Path], None]:
    def change(document: Document, root: Path) -> None:
        outside = root.parents[1] / "outside"
        model = document["models"].pop(TENANTS)
        document["models"][name.format(outside=outside)] = model

    return change


def member(*where: str | int, value: object) -> Callable[[Document, Path], None]:
    def change(document: Document, root: Path) -> None:
        part: Any = document
        for step in where[:-1]:
            part = part[step]
        text = (
            value.format(outside=root.parents[1] / "outside") if isinstance(value, str) else value
        )
        part[where[-1]] = text

    return change


def link_of_a_file(document: Document, root: Path) -> None:
    path = root / first_file(document)["path"]
    path.unlink()
    path.symlink_to(root.parents[1] / "outside" / "x.parquet")


def link_of_a_folder(document: Document, root: Path) -> None:
    path = root / first_file(document)["path"]
    path.unlink()
    path.parent.rmdir()
    outside = root.parents[1] / "outside"
    (outside / "x.parquet").rename(outside / path.name)
    path.parent.symlink_to(outside)


MODEL = ("models", TENANTS)
HOSTILE: dict[str, Callable[[Document, Path], None]] = {
    "path upwards": path_is("snapshots/../../../outside/x.parquet"),
    "path upwards from its folder": path_is(
        "snapshots/{snapshot}/dim_tenant/../../../../../outside/x.parquet"
    ),
    "absolute path": path_is("{outside}/x.parquet"),
    "address": path_is("https://files.example/x.parquet"),
    "bucket": path_is("s3://files/x.parquet"),
    "pattern": path_is("snapshots/{snapshot}/*/*.parquet"),
    "pattern for one file": path_is("snapshots/{snapshot}/dim_tenant/[d]im_tenant.parquet"),
    "quote in a path": path_is(
        "snapshots/x'], union_by_name=true) union all from '{outside}/x.parquet"
    ),
    "file of another model": path_is("snapshots/{snapshot}/mart_posture_overview/x.parquet"),
    "file of no kind": path_is("snapshots/{snapshot}/dim_tenant/dim_tenant.csv"),
    "zero in a path": path_is("snapshots/{snapshot}/dim_tenant/dim_tenant\0.parquet"),
    "line after a path": path_is("snapshots/{snapshot}/dim_tenant/dim_tenant.parquet\n"),
    "statement in a name": renamed("x as select 1; copy (select 1) to '{outside}/y.txt'; --"),
    "query in a name": renamed("x as from read_text('{outside}/x.txt'); create view y"),
    "name in quotes": renamed('"dim_tenant"'),
    "name of a system's": renamed("../dim_tenant"),
    "empty name": renamed(""),
    "long name": renamed("x" * 5000),
    "other schema": member(*MODEL, "schema", value="main"),
    "statement in a schema": member(
        *MODEL, "schema", value="core; copy (select 1) to '{outside}/y.txt'; --"
    ),
    "statement in a day": member(
        "models", FACT, "day_column", value="(select 1); copy (select 1) to '{outside}/y.txt'; --"
    ),
    "day that is no column": member("models", FACT, "day_column", value="rows_of_others"),
    "statement in a column": member(*MODEL, "columns", value={"tenant_id from x; --": "VARCHAR"}),
    "statement in a type": member(*MODEL, "columns", value={"tenant_id": "VARCHAR) as x; --"}),
    "type of no reader": member(*MODEL, "columns", value={"tenant_id": "STRUCT(a INTEGER)"}),
    "statement in the snapshot": member(
        "snapshot", value="x'; copy (select 1) to '{outside}/y.txt"
    ),
    "snapshot upwards": member("snapshot", value="../../outside"),
    "kept upwards": member("kept_snapshots", value=["../../outside"]),
    "no files": member(*MODEL, "files", value=[]),
    "file twice": lambda document, _: document["models"][TENANTS]["files"].append(
        first_file(document)
    ),
    "rows in words": member(*MODEL, "rows", value="ten"),
    "rows below nothing": member(*MODEL, "rows", value=-1),
    "rows beyond all": member(*MODEL, "rows", value=10**40),
    "models as a list": member("models", value=[TENANTS]),
    "no date": member("as_of", value="'; drop table x; --"),
    "client in a statement": member("client_tenant_id", value="x' or true --"),
    "link of a file": link_of_a_file,
    "link of a folder": link_of_a_folder,
}
DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "garbage": lambda _: b"\x00\xff\x1f\x8b" * 100,
    "not an object": lambda _: b"[1, 2]",
    "nothing in it": lambda _: b"{}",
    "nested deep": lambda _: b'{"models": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "a number without end": lambda content: content.replace(
        b'"rows": 10', b'"rows": 1' + b"0" * 9999
    ),
    "not a number": lambda content: content.replace(b'"rows": 10', b'"rows": NaN'),
    "a model twice": lambda content: content.replace(b'"mart_posture_overview"', b'"dim_tenant"'),
    "far too large": lambda content: content + b" " * (64 * 2**20),
}


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def require_refused(published: Path, tmp_path: Path) -> None:
    """Every reader says one line, and nothing of what lies outside is read or changed."""
    outside = state(tmp_path / "outside")
    with pytest.raises(PostureError, match=r"is damaged|leads out of its snapshot"):
        open_published(published.parent)
    home = ("--home", published.parent)
    for words in (
        ("sql", "select tenant_id from dim_tenant"),
        ("report", "-o", tmp_path / "report.html"),
        ("plan", "--tenant", "tenant-0", "--target", "80"),
        ("export", "--tenant", "tenant-0", "-o", tmp_path / "copy"),
    ):
        ended = posture_here(*words, *home)
        assert ended.code == 1, (words, ended)
        assert len(ended.err.splitlines()) == 1, ended.err[:500]
        assert len(ended.err) < 600
        assert CANARY not in ended.out + ended.err
    assert state(tmp_path / "outside") == outside
    assert not {"report.html", "copy"} & {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_manifest_reaches_no_file_but_its_own(
    published: Path, tmp_path: Path, kind: str
) -> None:
    path = published / "manifest.json"
    document = json.loads(path.read_text())
    HOSTILE[kind](document, published)
    path.write_text(json.dumps(document))
    require_refused(published, tmp_path)


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_manifest_is_said_in_one_line_and_replaced_by_the_next_publish(
    warehouse: Warehouse, published: Path, tmp_path: Path, kind: str
) -> None:
    path = published / "manifest.json"
    damaged = DAMAGED[kind](path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    require_refused(published, tmp_path)
    snapshot = warehouse.publish()
    with open_published(warehouse.home) as connection:
        assert connection.execute("select snapshot_id()").fetchone() == (snapshot.id,)


def test_a_manifest_of_a_later_version_is_read(published: Path) -> None:
    path = published / "manifest.json"
    document = json.loads(path.read_text())
    document["signed_by"] = {"key": "x"}
    document["models"][TENANTS]["owner"] = ["y"]
    first_file(document)["encryption"] = None
    path.write_text(json.dumps(document))
    manifest = read_manifest(published)
    assert manifest is not None
    assert "signed_by" not in manifest_document(manifest)
    with open_published(published.parent) as connection:
        assert connection.execute("select count(*) from dim_tenant").fetchone() == (10,)


def test_a_condition_of_a_hostile_snapshot_reads_nothing_beside_it(
    published: Path, tmp_path: Path
) -> None:
    path = next(published.glob("snapshots/*/models.json"))
    document = json.loads(path.read_text())
    reading = f"(select count(*) > 0 from read_text('{tmp_path}/outside/x.txt'))"
    document[TENANTS]["export"] = {"rows": "where", "condition": reading, "null_columns": []}
    path.write_text(json.dumps(document))
    ended = posture_here(
        *("export", "--tenant", "tenant-0", "-o", tmp_path / "copy", "--home", published.parent)
    )
    assert ended.code == 1
    assert "Permission Error" in ended.err
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("where", ["name", "schema", "key", "column_descriptions", "date_column"])
def test_names_of_a_hostile_description_become_no_sql(
    published: Path, tmp_path: Path, where: str
) -> None:
    path = next(published.glob("snapshots/*/models.json"))
    document = json.loads(path.read_text())
    evil = "x is 'y'; copy (select 1) to 'z'; --"
    kinds = {"key": [evil], "column_descriptions": {evil: "z"}}
    document[TENANTS][where] = kinds.get(where, evil)
    path.write_text(json.dumps(document))
    ended = posture_here(
        *("export", "--tenant", "tenant-0", "-o", tmp_path / "copy", "--home", published.parent)
    )
    assert ended.code == 1
    assert "models.json: is damaged" in ended.err
