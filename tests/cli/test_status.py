"""`posture status`: last good day, gaps, failures and the snapshot, from the lake's own log."""

import json
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from pipeline.graph.schemas import TENANT_CONFIG
from pipeline.lake.log import LogRow, log_table
from tests.small_warehouse import Warehouse

CONTOSO, FABRIKAM = (f"{digit * 8}-1111-1111-1111-111111111111" for digit in "12")
NOTE = "the application may not read it: grant SecurityEvents.Read.All and consent"


def log(lake: Path, day: int, outcome: str, *, tenant: str = CONTOSO, **more: Any) -> None:
    """One run that read one feed of one tenant on a day of June."""
    extract_date = date(2026, 6, day)
    now = datetime(2026, 6, day, 6, tzinfo=UTC)
    run_id = f"202606{day:02}T06{more.get('minute', 0):02}00000000Z-{tenant[:4]}"
    row = LogRow(
        tenant_id=tenant,
        extract_date=extract_date,
        collected_at=now,
        run_id=run_id,
        feed=str(more.get("feed", "role_definitions")),
        outcome=outcome,
        http_status=None,
        error_code=None,
        request_id=None,
        requests=1,
        retries=0,
        pages=1,
        rows=1,
        bytes=1,
        started_at=now,
        finished_at=now,
        unknown_fields=more.get("unknown"),
        note=None if outcome == "ok" else more.get("note", NOTE),
    )
    folder = lake / "collection_log" / f"extract_date={extract_date}"
    folder.mkdir(parents=True, exist_ok=True)
    feed = str(more.get("feed", "role_definitions"))
    name = f"{run_id}-{zlib.crc32(feed.encode()) % 10_000:04d}.parquet"
    pq.write_table(log_table([row]), folder / name)


def configured(lake: Path, names: dict[str, str | None]) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    rows = [
        {
            "tenant_id": tenant,
            "name": name,
            "extract_date": now.date(),
            "collected_at": now,
            "run_id": "r",
        }
        for tenant, name in names.items()
    ]
    folder = lake / "tenant_config" / "extract_date=2026-06-01"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=TENANT_CONFIG), folder / "r-0000.parquet")


def status(home: Path, capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], dict]:
    assert main(["status", "--json", "--home", str(home)]) == 0
    document = json.loads(capsys.readouterr().out)
    return {
        (tenant["tenant_id"], feed["feed"]): feed
        for tenant in document["tenants"]
        for feed in tenant["feeds"]
    }


def test_feeds_that_share_a_cause_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    configured(lake, {CONTOSO: "Contoso"})
    for feed in ("role_definitions", "role_assignments"):
        log(lake, 9, "ok", feed=feed)
        log(lake, 10, "not_permitted", feed=feed)
    log(lake, 10, "not_licensed", feed="risky_users")
    assert main(["status", "--home", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    troubled = [line for line in lines if line.startswith("!")]
    assert troubled == [
        f"! Contoso ({CONTOSO}), role_definitions, role_assignments: not_permitted: {NOTE}"
    ]
    assert len([line for line in lines if line.startswith("Contoso")]) == 2


def test_last_good_day_gaps_and_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    configured(lake, {CONTOSO: "Contoso", FABRIKAM: None})
    for day in (1, 2, 5, 9):
        log(lake, day, "ok")
    log(lake, 7, "not_permitted")
    log(lake, 10, "not_permitted")
    log(lake, 10, "ok", tenant=FABRIKAM)
    feed = status(tmp_path, capsys)[CONTOSO, "role_definitions"]
    assert feed == {
        "feed": "role_definitions",
        "outcome": "not_permitted",
        "last_good_date": "2026-06-09",
        "last_date": "2026-06-10",
        "gap_days": 6,
        "gaps": [
            ["2026-06-03", "2026-06-04"],
            ["2026-06-06", "2026-06-08"],
            ["2026-06-10", "2026-06-10"],
        ],
        "needs_attention": True,
        "note": NOTE,
    }
    assert main(["status", "--home", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "2026-06-03..2026-06-04, 2026-06-06..2026-06-08, 2026-06-10" in out
    assert f"! Contoso ({CONTOSO}), role_definitions: not_permitted: {NOTE}" in out
    assert FABRIKAM in out
    assert "nothing is published yet" in out


def test_a_later_run_mends_its_day_and_a_failed_rerun_takes_nothing_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    log(lake, 1, "unavailable")
    log(lake, 1, "ok", minute=5)
    log(lake, 1, "throttled", minute=9)
    feed = status(tmp_path, capsys)[CONTOSO, "role_definitions"]
    assert (feed["outcome"], feed["gap_days"], feed["needs_attention"]) == ("ok", 0, False)


def test_what_a_tenant_does_not_have_is_no_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    for day in (1, 2, 3):
        log(lake, day, "not_licensed")
    feed = status(tmp_path, capsys)[CONTOSO, "role_definitions"]
    assert (feed["gap_days"], feed["needs_attention"]) == (0, False)
    assert feed["last_good_date"] is None


def test_a_feed_without_a_hole_misses_the_days_after_its_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in (1, 2, 3):
        log(tmp_path / "lake", day, "ok")
    log(tmp_path / "lake", 6, "unavailable")
    found = status(tmp_path, capsys)
    assert found[CONTOSO, "role_definitions"]["gaps"] == [["2026-06-04", "2026-06-06"]]


def test_days_without_a_run_are_no_gap_for_scores_which_graph_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    log(lake, 1, "ok", feed="secure_scores")
    log(lake, 20, "ok", feed="secure_scores")
    log(lake, 22, "unavailable", feed="secure_scores")
    feed = status(tmp_path, capsys)[CONTOSO, "secure_scores"]
    assert feed["gaps"] == [["2026-06-21", "2026-06-22"]]


def test_the_snapshot_is_named_also_without_a_lake(
    warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = warehouse.publish()
    assert main(["status", "--home", str(warehouse.home.root)]) == 0
    assert f"snapshot: {snapshot.id}, as of 2026-06-30" in capsys.readouterr().out


def test_an_empty_home_says_what_to_try(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--home", str(tmp_path)]) == 0
    assert "nothing is collected yet; try `posture run" in capsys.readouterr().out


def test_a_damaged_log_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log(tmp_path / "lake", 1, "ok")
    [file] = (tmp_path / "lake").rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-20])
    assert main(["status", "--home", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert file.name in error


DEFAULTS = "security_defaults"
CHANGED = "a member changed its type: security_defaults.isEnabled is text; report it"


def test_unknown_members_and_changed_types_are_shown_and_kept_short(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = tmp_path / "lake"
    log(lake, 1, "ok", unknown="role_definitions.colour, role_definitions.kind=new")
    log(lake, 2, "ok", unknown="role_definitions.colour", tenant=FABRIKAM)
    log(lake, 2, "bad_response", feed=DEFAULTS, note=CHANGED)
    assert main(["status", "--json", "--home", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["drift"] == [
        {
            "feed": "role_definitions",
            "unknown": "role_definitions.colour",
            "note": None,
            "tenant_count": 2,
            "first_seen": "2026-06-01",
            "last_seen": "2026-06-02",
        },
        {
            "feed": DEFAULTS,
            "unknown": None,
            "note": CHANGED,
            "tenant_count": 1,
            "first_seen": "2026-06-02",
            "last_seen": "2026-06-02",
        },
        {
            "feed": "role_definitions",
            "unknown": "role_definitions.kind=new",
            "note": None,
            "tenant_count": 1,
            "first_seen": "2026-06-01",
            "last_seen": "2026-06-01",
        },
    ]
    assert main(["status", "--home", str(tmp_path)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("drift: ")]
    assert lines == [
        "drift: role_definitions.colour is not in the catalogue "
        "(2 tenants, 2026-06-01..2026-06-02)",
        f"drift: {DEFAULTS}: {CHANGED} (1 tenant, 2026-06-02)",
        "drift: role_definitions.kind=new is not in the catalogue (1 tenant, 2026-06-01)",
    ]


def test_many_unknown_members_are_cut_and_old_ones_left_to_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cli.status.DRIFT_DAYS", 20)
    lake = tmp_path / "lake"
    log(lake, 10, "ok", feed="role_assignments", unknown="role_assignments.old")
    log(lake, 11, "ok", feed="role_assignments", unknown="role_assignments.recent")
    log(lake, 30, "ok", unknown=",".join(f"role_definitions.m{i:02}" for i in range(14)))
    lines = drift_lines(tmp_path, capsys)
    assert len(lines) == 9
    assert lines[-1] == "drift: … 7 more; see `posture status --json`"
    monkeypatch.setattr("pipeline.cli.status.SHOWN_DRIFTS", 20)
    lines = drift_lines(tmp_path, capsys)
    assert "recent" in lines[-1]
    assert len(lines) == 15


def test_a_feed_that_never_arrived_has_no_gap_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log(tmp_path / "lake", 1, "not_permitted")
    feed = status(tmp_path, capsys)[CONTOSO, "role_definitions"]
    assert (feed["gap_days"], feed["needs_attention"], feed["last_good_date"]) == (0, True, None)


def drift_lines(home: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["status", "--home", str(home)]) == 0
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("drift: ")]
