"""Parts: whole or absent, bounded, private, and never counted without their log."""

import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.collection import part_buffer
from pipeline.collection import tenant as tenant_collection
from pipeline.collection.collect import CollectProgress, collect
from pipeline.errors import PostureError, UsageError
from pipeline.graph.feeds import FEEDS as ALL_FEEDS
from pipeline.lake.history import CommittedDay
from pipeline.lake.log import LogRow
from pipeline.lake.parts import SCHEMAS, FeedRows, Lake, TenantRows

from .conftest import Lab, NewLab

DAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 6, tzinfo=UTC)


def tenant_rows(tenant: str) -> TenantRows:
    definitions = pa.table(
        {
            "record_index": pa.array([0], pa.int32()),
            "id": pa.array(["a"]).dictionary_encode(),
            **{
                field.name: pa.nulls(1, field.type)
                for field in SCHEMAS["role_definitions"]
                if field.name not in ("tenant_id", "extract_date", "collected_at", "run_id")
                and field.name not in ("record_index", "id")
            },
        }
    )
    log = LogRow(
        tenant, DAY, NOW, "run", "role_definitions", "ok", 200, None, None, 1, 0, 1, 1, 9, NOW, NOW,
        None, None,
    )  # fmt: skip
    return TenantRows(tenant, [FeedRows(NOW, {"role_definitions": definitions})], [log])


def test_a_part_has_one_name_in_every_table_and_is_sorted(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.prepare()
    lake.write_part(
        [tenant_rows("b"), tenant_rows("a")], run_id="20260630T060000000000Z-abcd",
        extract_date=DAY, part=1,
    )  # fmt: skip
    [log] = lake.log_files()
    [data] = lake.part_files("role_definitions", [log])
    assert log.name == data.name == "20260630T060000000000Z-abcd-0001.parquet"
    assert data.parent.name == "extract_date=2026-06-30"
    assert pq.read_table(data, partitioning=None)["tenant_id"].to_pylist() == ["a", "b"]
    assert pq.ParquetFile(data).metadata.row_group(0).column(0).compression == "ZSTD"
    done = CommittedDay(lake, DAY)
    assert all((tenant, "role_definitions") in done for tenant in ("a", "b"))
    assert ("c", "role_definitions") not in done
    assert done.outcome("a", "role_definitions") == "ok"
    assert done.outcome("a", "organization") is None
    tables = done.tables("a", "role_definitions")
    assert tables["role_definitions"]["tenant_id"].to_pylist() == ["a"]
    assert lake.part_files("organization", [log]) == []


def test_files_and_folders_are_private(lab: Lab) -> None:
    lab.collect(feeds=["organization"])
    for path in lab.home.lake.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_parts_are_bounded_and_a_tenant_is_in_one(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_buffer, "MAX_TENANTS", 2)
    with new_lab(tenants=5, days=3) as lab:
        result = lab.collect()
    files = lab.lake.log_files()
    assert [path.name for path in files] == [f"{result.run_id}-000{n}.parquet" for n in (1, 2, 3)]
    homes: dict[str, set[str]] = {}
    for name in SCHEMAS:
        for path in lab.lake.part_files(name, files):
            tenants = pq.read_table(path, columns=["tenant_id"], partitioning=None)
            found = set(tenants["tenant_id"].to_pylist())
            assert len(found) <= 2
            for tenant in found:
                homes.setdefault(tenant, set()).add(path.name)
    assert {len(names) for names in homes.values()} == {1}


def test_a_feed_is_whole_in_the_part_whose_log_vouches_for_it(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant_collection, "_MAX_WAIT", 0.02)
    monkeypatch.setattr(part_buffer, "MAX_BYTES", 1)
    with new_lab(tenants=3, days=20) as lab:
        lab.collect()
    vouched: dict[tuple[str, str], str] = {}
    for path in lab.lake.log_files():
        for row in pq.read_table(path, partitioning=None).to_pylist():
            assert vouched.setdefault((row["tenant_id"], row["feed"]), path.name) == path.name
    assert len(set(vouched.values())) > 6, "slow tenants are handed on in several parts"
    for feed in ALL_FEEDS.values():
        for table in feed.tables:
            for path in (lab.home.lake / table).rglob("*.parquet"):
                tenants = pq.read_table(path, columns=["tenant_id"], partitioning=None)
                for tenant in set(tenants["tenant_id"].to_pylist()):
                    assert vouched[tenant, feed.name] == path.name, table


def test_parts_are_bounded_in_bytes(new_lab: NewLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_buffer, "MAX_BYTES", 1)
    with new_lab(tenants=3, days=3) as lab:
        lab.collect(feeds=["secure_scores"])
    assert len(lab.lake.log_files()) == 3


def test_the_configuration_of_all_tenants_is_written_by_every_run_that_reads(lab: Lab) -> None:
    for asked in (lab.ids[0], lab.ids[0], lab.ids[1]):
        # The second finds nothing to read, and nothing that tenants.yaml says anew.
        lab.collect(tenants=[asked], feeds=["organization"])
    files = lab.lake.config_files()
    assert len(files) == 2
    assert {path.name[-12:] for path in files} == {"0000.parquet"}
    rows = pq.read_table(files[0], partitioning=None)
    assert rows.schema == SCHEMAS["tenant_config"]
    assert rows["tenant_id"].to_pylist() == sorted(lab.ids)
    names = {tenant.tenant_id: tenant.name for tenant in lab.settings.tenants}
    assert dict(zip(rows["tenant_id"].to_pylist(), rows["name"].to_pylist(), strict=True)) == names
    [tags] = (lab.home.lake / "tenant_config_tags").rglob(files[0].name)
    assert set(pq.read_table(tags, partitioning=None)["tag"].to_pylist()) == {"region"}


def test_what_tenants_yaml_says_anew_is_written_also_where_nothing_is_left_to_read(
    lab: Lab,
) -> None:
    first, *others = lab.settings.tenants
    lab.collect(feeds=["organization"])
    lab.settings = replace(lab.settings, tenants=[replace(first, name="Another"), *others])
    again = lab.collect(feeds=["organization"])
    assert not again.log
    _, newest = lab.lake.config_files()
    assert "Another" in pq.read_table(newest, partitioning=None)["name"].to_pylist()
    lab.collect(feeds=["organization"])
    assert len(lab.lake.config_files()) == 2


def test_rows_without_a_log_do_not_count_and_leftovers_go(lab: Lab) -> None:
    lab.collect(feeds=["organization"])
    for path in lab.lake.log_files():
        path.unlink()
    leftover = lab.home.lake / ".unfinished" / "organization-x.parquet.tmp"
    leftover.write_bytes(b"half")
    assert lab.table("organization").num_rows == 0
    again = lab.collect(feeds=["organization"])
    assert {row.outcome for row in again.log} == {"ok"}
    assert lab.table("organization").num_rows == 2
    assert not leftover.exists()
    visible = [path.name for path in lab.home.lake.rglob("*") if path.is_file()]
    assert all(name.endswith(".parquet") for name in visible)


def test_a_damaged_log_is_named(lab: Lab) -> None:
    lab.collect(feeds=["organization"])
    [log] = lab.lake.log_files()
    log.write_bytes(log.read_bytes()[:100])
    with pytest.raises(PostureError, match=f"{log.name}: cannot be read as Parquet") as caught:
        lab.collect(feeds=["organization"])
    assert "\n" not in str(caught.value)


def test_a_home_that_is_a_file_is_one_line(lab: Lab) -> None:
    lab.home.root.write_text("not a folder")
    with pytest.raises(PostureError, match="cannot be written") as caught:
        lab.collect()
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_read_only_file_system_is_one_line(lab: Lab) -> None:
    home = type(lab.home)(Path("/proc/posture"))
    with pytest.raises(PostureError, match="cannot be written") as caught:
        collect(lab.settings, home, run_date=lab.sandbox.today)
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_one_line_and_leaves_no_part(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pq.write_table

    def fill_up(rows: pa.Table, path: Any, **options: Any) -> None:
        if "secure_scores_control_scores" in str(path):
            Path(path).write_bytes(b"half")
            raise OSError(28, "No space left on device", str(path))
        original(rows, path, **options)

    monkeypatch.setattr(pq, "write_table", fill_up)
    with pytest.raises(PostureError, match=r"No space left on device.*free space") as caught:
        lab.collect()
    assert "\n" not in str(caught.value)
    files = [path for path in lab.home.lake.rglob("*") if path.is_file()]
    assert {path.parent.parent.name for path in files} == {"tenant_config", "tenant_config_tags"}
    monkeypatch.setattr(pq, "write_table", original)
    assert not lab.surprises(lab.collect().log)


def test_unknown_tenants_and_feeds_are_wrong_use(lab: Lab) -> None:
    with pytest.raises(
        UsageError, match=f"--tenant nobody: no such tenant in .*known: {lab.ids[0]}"
    ):
        lab.collect(tenants=["nobody"])
    with pytest.raises(UsageError, match="--feed nothing: no such feed; known: secure_scores"):
        lab.collect(feeds=["nothing"])
    assert not lab.home.lake.exists()


def test_progress_is_told_for_every_tenant_and_feed(lab: Lab) -> None:
    seen: list[CollectProgress] = []
    lab.collect(progress=seen.append)
    assert [one.done for one in seen] == list(range(1, 1 + 2 * len(ALL_FEEDS)))
    assert {one.total for one in seen} == {2 * len(ALL_FEEDS)}
    assert {(one.tenant_id, one.feed) for one in seen} == {
        (t, f) for t in lab.ids for f in ALL_FEEDS
    }
    assert seen[0].tenant_name
