"""A build as of a time: what a build made back then, from a lake that has grown since."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.errors import UsageError
from pipeline.home import Home
from pipeline.lake.compact import compact
from pipeline.lake.parts import Lake
from pipeline.warehouse.build import build
from pipeline.warehouse.store import open_built
from tests.commands import Ended, posture_here
from tests.warehouse.lake_writer import control, profile, record, tenant, write_run
from tests.warehouse.random_history import write_history
from tests.warehouse.test_rebuild import differences, facts, published_checksums

DAY = date(2026, 3, 10)
A, B = tenant(1), tenant(2)


def end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC)


def newest_capture(home: Home) -> datetime:
    files = [str(path) for path in Lake(home.lake).log_files()]
    query = "select max(collected_at at time zone 'UTC') from read_parquet(?)"
    row = duckdb.execute(query, [files]).fetchone()
    assert row
    return row[0].replace(tzinfo=UTC)


def answers(tenant_id: str, day: date, score: float, **members: Any) -> dict[str, Any]:
    history = [day - timedelta(days=back) for back in range(3)]
    return {
        "secure_scores": [
            record(tenant_id, one, [control("A", score, score * 10)], maximum=10) for one in history
        ],
        "secure_score_control_profiles": [profile(tenant_id, "A", 10, **members)],
        "organization": [{"id": tenant_id, "displayName": f"Org of {day}"}],
    }


def test_a_build_as_of_a_time_is_the_build_made_back_then(tmp_path: Path) -> None:
    home = Home(tmp_path)
    moments: list[datetime] = []
    then: list[tuple[Any, Any]] = []

    def build_day(_: object) -> None:
        moments.append(newest_capture(home))
        # What is asked for below; the lake grows after it.
        if len(then) < 2:
            assert build(home).ok
            then.append((facts(home), published_checksums(home)))

    # Also between two runs of one day, and over records that came back with other numbers.
    write_history(home.lake, seed=2, tenants=6, days=3, on_day=build_day)
    whole_day, first_of_two, second_of_two, later = moments
    assert compact(home, today=later.date() + timedelta(days=31)).months
    assert whole_day.date() < first_of_two.date() == second_of_two.date() < later.date()
    for asked, (expected, checksums) in zip(
        (end_of(whole_day.date()), first_of_two), then, strict=True
    ):
        assert build(home, as_of=asked).ok
        assert expected["fct_control_score_daily"]
        assert differences(expected, facts(home)) == ""
        assert published_checksums(home) == checksums


def test_a_run_that_went_on_past_the_time_counts_as_far_as_it_had_come(tmp_path: Path) -> None:
    home = Home(tmp_path)
    asked = datetime.combine(DAY, time(4), UTC)
    # The configuration is dated 9:00, by this machine: its clock is ahead of Graph's.
    write_run(
        home.lake,
        DAY,
        {A: answers(A, DAY, 5), B: answers(B, DAY, 7)},
        names={A: "Contoso"},
        read_at={A: asked - timedelta(hours=1), B: asked + timedelta(minutes=5)},
    )
    assert build(home, as_of=asked).ok
    with open_built(home) as connection:
        for table in ("fct_control_score_daily", "fct_collection", "dim_control"):
            tenants = connection.sql(f"select distinct tenant_id from core.{table}").fetchall()
            assert tenants == [(A,)], table
        named = "select tenant_name, is_active from core.dim_tenant"
        assert connection.sql(named).fetchall() == [("Contoso", True)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (end_of(DAY - timedelta(days=1)), "nothing was read by then; the first capture in"),
        (datetime.combine(DAY, time(8), UTC), "nothing was read by then"),
        (end_of(DAY + timedelta(days=1)), "the newest capture in"),
    ],
)
def test_a_time_that_the_lake_does_not_hold_is_wrong_use(
    tmp_path: Path, asked: datetime, said: str
) -> None:
    home = Home(tmp_path)
    write_run(home.lake, DAY, {A: {"organization": "unavailable"}})
    with pytest.raises(UsageError, match=said):
        build(home, as_of=asked)
    assert not home.warehouse.exists()


def command(home: Home, *words: object) -> Ended:
    return posture_here(*words, "--home", home.root)


def published(home: Home) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The manifest, and the checksums of every model's files."""
    manifest = json.loads((home.published / "manifest.json").read_text())
    models = manifest["models"].items()
    return manifest, {name: [file["sha256"] for file in one["files"]] for name, one in models}


def test_last_quarters_report_is_made_again_on_the_command_line(tmp_path: Path) -> None:
    home = Home(tmp_path)
    segments = {A: "regulated", B: "small_business"}
    write_run(home.lake, DAY, {A: answers(A, DAY, 5), B: answers(B, DAY, 7)}, segments=segments)
    assert command(home, "build").code == 0
    assert command(home, "publish").code == 0
    manifest, report = published(home)
    assert manifest["as_of"] == "2026-03-10"
    assert "built_as_of" not in manifest
    # Later: a tenant leaves, the other changes its segment, and the past comes back otherwise.
    later = DAY + timedelta(days=3)
    write_run(home.lake, later, {A: answers(A, later, 9, title="Renamed")}, names={A: "New"})
    assert command(home, "build").code == 0
    whole = facts(home)

    # The day between had no run: the report is still of the day before.
    said = command(home, "build", "--as-of", "2026-03-12T01:00:00+02:00")
    assert said.code == 0, said.err
    assert "only what was read by 2026-03-11 23:00 UTC" in said.out
    assert command(home, "publish").code == 0
    manifest, again = published(home)
    assert again == report
    assert manifest["as_of"] == "2026-03-10"
    assert manifest["built_as_of"] == "2026-03-11T23:00:00.000000Z"

    assert command(home, "build").code == 0
    assert differences(whole, facts(home)) == ""
    assert command(home, "publish").code == 0
    manifest, _ = published(home)
    assert (manifest["as_of"], manifest.get("built_as_of")) == ("2026-03-13", None)

    for asked, words in (
        ("2026-03-09", "nothing was read by then; the first capture in"),
        ("2026-03-14", "the newest capture in"),
    ):
        ended = command(home, "build", "--as-of", asked)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert f"--as-of {asked} 23:59 UTC: " in ended.err
        assert words in ended.err
