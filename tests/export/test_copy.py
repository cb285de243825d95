"""A client's own copy: whole, exact, movable, the same twice."""

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import open_published
from pipeline.export import export_tenant
from pipeline.home import Home
from pipeline.published.manifest import Manifest, read_manifest
from pipeline.published.models import read_models
from tests.commands import posture, posture_here
from tests.estate import HOSTILE_NAMES, TENANTS, Estate

NEVER = {"mart_portfolio_trend", "mart_control_portfolio", "dim_tenant_access"}
SHARED = {"dim_date", "dim_role"}
LEFT_OUT = {
    "dim_tenant": {"tags"},
    "fct_tenant_daily": {"tags"},
    "fct_score_change": {"inferred_from_tenant_count"},
    "mart_tenant_comparison": {
        "portfolio_rank",
        "portfolio_tenant_count",
        "portfolio_percentile_ratio",
        "segment_tenant_count",
        "segment_percentile_ratio",
        "licence_tier_tenant_count",
        "licence_tier_percentile_ratio",
    },
}

DECILES = ("portfolio_decile", "segment_decile", "licence_tier_decile")


def manifest_of(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    assert manifest is not None
    return manifest


@pytest.fixture(scope="module")
def provider(estate: Estate) -> dict[str, pa.Table]:
    """Every published model, in the order of its files."""
    published = estate.home.published
    return {
        name: pa.concat_tables(pq.read_table(published / file.path) for file in model.files)
        for name, model in manifest_of(published).models.items()
    }


def expected(provider: dict[str, pa.Table], name: str, tenant: str) -> pa.Table:
    """The provider's rows of a tenant, and null where a column would tell of others."""
    table = provider[name]
    table = table.filter(pa.compute.equal(table["tenant_id"], tenant))
    withheld = {*DECILES} & {*table.column_names}
    for column in LEFT_OUT.get(name, set()) | withheld:
        position = table.column_names.index(column)
        nulls = pa.nulls(table.num_rows, table.schema.field(column).type)
        table = table.set_column(position, column, nulls)
    return table


@pytest.mark.parametrize("position", range(TENANTS))
def test_a_copy_holds_the_providers_rows_of_its_tenant_and_no_other(
    estate, copies, provider, position
):
    tenant = estate.tenant_ids[position]
    copy = copies[tenant]
    manifest = manifest_of(copy)
    assert manifest.models.keys() == provider.keys()
    with duckdb.connect(str(copy / "posture.duckdb"), read_only=True) as database:
        for name, model in manifest.models.items():
            files = pa.concat_tables(pq.read_table(copy / file.path) for file in model.files)
            tabled = database.table(f"{model.schema}.{name}").to_arrow_table()
            assert files.schema.names == provider[name].schema.names
            assert files.schema.types == provider[name].schema.types
            assert tabled.cast(files.schema).equals(files), name
            assert files.num_rows == model.rows
            if name in NEVER:
                assert files.num_rows == 0
            elif name not in SHARED:
                assert files.equals(expected(provider, name, tenant)), name


def test_among_eight_tenants_a_copy_tells_no_place_at_all(estate, copies, provider):
    published = {row["tenant_id"]: row for row in provider["mart_tenant_comparison"].to_pylist()}
    assert {row["portfolio_decile"] for row in published.values()} > {1, 10}
    for tenant in estate.tenant_ids:
        with open_published(copies[tenant]) as connection:
            [found] = connection.execute("from mart_tenant_comparison").to_arrow_table().to_pylist()
        assert published[tenant]["portfolio_percentile_ratio"] is not None
        assert all(found[column] is None for column in LEFT_OUT["mart_tenant_comparison"])
        assert all(found[column] is None for column in DECILES)


@pytest.mark.parametrize(("compared", "told"), [(9, None), (10, 4)])
def test_a_tenth_is_told_from_ten_compared_tenants_on(estate, tmp_path, compared, told):
    home = Home(tmp_path / "home")
    shutil.copytree(estate.home.published, home.published)
    [file] = manifest_of(home.published).models["mart_tenant_comparison"].files
    path = home.published / file.path
    counts = ", ".join(f"{compared} as {one[:-7]}_tenant_count, 4 as {one}" for one in DECILES)
    rows = duckdb.sql(f"select * replace ({counts}) from '{path}'").to_arrow_table()
    pq.write_table(rows.cast(pq.read_schema(path)), path)
    copy = export_tenant(home, estate.tenant_ids[0], tmp_path / "copy", config=estate.config)
    with open_published(copy.path) as connection:
        found = connection.execute(f"select {', '.join(DECILES)} from mart_tenant_comparison")
        assert found.fetchall() == [(told,) * 3]


def test_shared_models_hold_the_tenants_years_and_roles(estate, copies, provider):
    roles = {row["role_template_id"]: row for row in provider["dim_role"].to_pylist()}
    custom = {role for role, row in roles.items() if not row["is_built_in"]}
    assigned = {}
    for tenant in estate.tenant_ids:
        with open_published(copies[tenant]) as connection:
            held = connection.execute("select role_template_id from dim_role").fetchall()
            used = connection.execute(
                "select distinct role_template_id from fct_role_assignment_daily"
            ).fetchall()
            years = connection.execute("select distinct year_number from dim_date").fetchall()
            seen = connection.execute(
                "select distinct year(snapshot_date) from fct_tenant_daily"
            ).fetchall()
        assigned[tenant] = {role for (role,) in used} & custom
        assert {role for (role,) in held} == (roles.keys() - custom) | assigned[tenant]
        assert sorted(years) == sorted(seen)
    assert custom
    assert any(assigned.values())


def test_a_copy_reads_as_published_does_wherever_it_is_moved(estate, copies, tmp_path):
    tenant = estate.tenant_ids[0]
    moved = tmp_path / "of a client's own" / "posture 2026"
    shutil.copytree(copies[tenant], moved)
    with open_published(moved) as connection:
        assert connection.execute("select tenant_id from dim_tenant").fetchall() == [(tenant,)]
        assert connection.execute("select snapshot_id()").fetchone() == (
            manifest_of(estate.home.published).snapshot,
        )
        latest = connection.execute("select count(*) from latest_fct_control_score_daily")
        assert latest.fetchone() > (0,)
    ended = posture("sql", "select tenant_id from dim_tenant", "--home", moved, "--format", "csv")
    assert (ended.code, ended.out.split(), ended.err) == (0, ["tenant_id", tenant], "")
    for path in moved.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(copies[tenant].parent).encode() not in content, path
            assert str(estate.home.root).encode() not in content, path


def test_the_database_is_all_tables_with_their_comments_and_recipes(estate, copies, tmp_path):
    copy = copies[estate.tenant_ids[3]]
    # Under another name: nothing in it may depend on what the file is called.
    path = Path(shutil.copy(copy / "posture.duckdb", tmp_path / "other.duckdb"))
    manifest = manifest_of(copy)
    # Bytes 12 to 20 of the header: storage version 64, which every client since 1.0 reads.
    assert int.from_bytes(path.read_bytes()[12:20], "little") == 64
    with duckdb.connect(str(path), read_only=True) as connection:
        kinds = dict(
            connection.execute(
                "select table_name, table_type from information_schema.tables"
            ).fetchall()
        )
        tables = {name for name, kind in kinds.items() if kind == "BASE TABLE"}
        views = {name for name, kind in kinds.items() if kind == "VIEW"}
        assert tables == set(manifest.models)
        assert views == {f"latest_{n}" for n, m in manifest.models.items() if m.day_column}
        for view in views:
            connection.execute(f"select count(*) from core.{view}").fetchone()
        assert connection.execute("select snapshot_date()").fetchone() == (manifest.as_of,)
        descriptions = dict(
            connection.execute(
                "select table_name, comment from duckdb_tables() where not internal"
            ).fetchall()
        )
        columns = connection.execute(
            "select table_name || '.' || column_name, comment from duckdb_columns() "
            "where not internal and table_name in (select table_name from duckdb_tables())"
        ).fetchall()
    models = read_models(estate.home.published / "snapshots" / manifest.snapshot)
    for model in models:
        assert descriptions[model.name].startswith(model.description.strip())
        assert ("Empty in a client's copy" in descriptions[model.name]) == (model.name in NEVER)
    null = {name for name, comment in columns if "Null in a client's copy" in comment}
    left_out = {f"{name}.{column}" for name, left in LEFT_OUT.items() for column in left}
    assert null == left_out | {f"mart_tenant_comparison.{column}" for column in DECILES}
    assert len(columns) == sum(len(model.column_descriptions) for model in models)


def test_the_same_snapshot_gives_the_same_bytes_and_replaces_the_copy_before(
    estate, copies, tmp_path
):
    tenant = estate.tenant_ids[4]
    target = tmp_path / "copy"
    shutil.copytree(copies[tenant], target)
    (target / "left by somebody").touch()
    export_tenant(estate.home, tenant, target, config=estate.config)
    assert content(target) == content(copies[tenant])
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def content(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and date of every file by its path."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_manifest_says_whose_it_is_and_nothing_of_the_warehouse(estate, copies):
    for tenant in estate.tenant_ids:
        document = json.loads((copies[tenant] / "manifest.json").read_text())
        published = json.loads((estate.home.published / "manifest.json").read_text())
        assert document["client_tenant_id"] == tenant
        assert document["generation"] != published["generation"]
        assert document["kept_snapshots"] == [published["snapshot"]]
        for name, model in document["models"].items():
            assert model["columns"] == published["models"][name]["columns"]
            for file in model["files"]:
                assert "version" not in file
                assert (copies[tenant] / file["path"]).stat().st_size == file["bytes"]


def test_the_page_on_copies_names_all_that_is_left_out():
    page = (Path(__file__).parents[2] / "docs" / "export.md").read_text()
    left_out = {column for columns in LEFT_OUT.values() for column in columns}
    for name in NEVER | SHARED | LEFT_OUT.keys() | left_out:
        assert f"`{name}`" in page, name


def test_a_near_name_cannot_drive_a_terminal(estate, tmp_path):
    name = HOSTILE_NAMES[4].replace("x", "y")
    ended = posture_here(
        "export", "--tenant", name, "-o", tmp_path / "c", "--home", estate.home.root
    )
    assert ended.code == 2
    assert "HYPERLINK" in ended.err
    assert "\u202e" not in ended.err.split("near:")[1]
