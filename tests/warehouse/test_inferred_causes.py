"""Causes that only the portfolio can tell, over shards of tenants and over builds of many days."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.lake import shards
from pipeline.published.publish import publish
from pipeline.warehouse import rounds
from pipeline.warehouse.build import build, finished_build
from pipeline.warehouse.shard_build import ShardResult, ShardTask
from pipeline.warehouse.store import open_built
from tests.warehouse.lake_writer import Answer, control, profile, record, tenant, write_run
from tests.warehouse.test_newcomers import built_anew
from tests.warehouse.test_rebuild import differences, facts

START = date(2026, 3, 1)
UNTOLD = ("scored_set_changed", None, False, None)
# Tenant -> the day from which B is in its score.
MET = {1: 5, 2: 6, 3: 8}


@pytest.fixture(autouse=True)
def _two_tenants_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "TENANTS_PER_SHARD", 2)
    monkeypatch.setenv("POSTURE_WORKERS", "1")


def day(number: int) -> date:
    return START + timedelta(days=number - 1)


def answers(number: int, last: int) -> dict[str, Answer]:
    """The records of all days up to the last one, and a catalogue that never changes."""
    one = tenant(number)
    records = []
    for n in range(last, 0, -1):
        controls = [control("A", 5, 50)]
        if n >= MET.get(number, last + 1):
            controls.append(control("B", 2, 100))
        maximum = 10 + 2 * (len(controls) - 1)
        records.append(record(one, day(n), controls, maximum=maximum))
    return {
        "secure_scores": records,
        "secure_score_control_profiles": [profile(one, "A", 10), profile(one, "B", 2)],
    }


def collect(home: Home, number: int, tenants: Iterable[int]) -> None:
    write_run(home.lake, day(number), {tenant(one): answers(one, number) for one in tenants})


def told(home: Home) -> dict[int, tuple[Any, ...]]:
    """What is said of B in each tenant."""
    with open_built(home) as connection:
        rows = connection.execute(
            """
            select tenant_id, cause, is_microsoft_change, is_inferred, inferred_from_tenant_count
            from core.fct_score_change where control_id = 'B' and scope = 'overall'
            """
        ).fetchall()
    return {int(one[:8]): tuple(rest) for one, *rest in rows}


def agreed(tenants: int) -> tuple[Any, ...]:
    return "control_added", True, True, tenants


def test_the_third_tenant_tells_of_the_first_and_newcomers_take_it_back(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for number, said in [
        (6, {1: UNTOLD, 2: UNTOLD}),
        (7, {1: UNTOLD, 2: UNTOLD}),
        (8, dict.fromkeys((1, 2, 3), agreed(3))),
        (9, dict.fromkeys((1, 2, 3), agreed(3))),
    ]:
        collect(home, number, range(1, 5))
        assert build(home).ok
        assert told(home) == said
    with open_built(home) as connection:
        moved = connection.execute(
            """
            select microsoft_points, unexplained_points from marts.mart_score_movement
            where scope = 'overall' and period = 'month:2026-03' order by tenant_id
            """
        ).fetchall()
    assert moved == [(2.0, 0.0)] * 3 + [(0.0, 0.0)]

    # With the past of three more, none of whom has met it, three are less than half of seven.
    collect(home, 10, range(1, 8))
    assert build(home).ok
    assert told(home) == dict.fromkeys((1, 2, 3), UNTOLD)
    assert differences(facts(home), facts(built_anew(home, tmp_path / "later"))) == ""


def test_a_day_without_news_of_it_builds_no_shard_twice(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    collect(home, 8, range(1, 5))
    notes: list[str] = []
    assert build(home, on_note=notes.append).ok
    assert [note.split(" in ")[0] for note in notes] == [
        "2 shards of tenants",
        "2 shards again, for what the portfolio tells of them",
    ]
    collect(home, 9, range(1, 5))
    notes.clear()
    assert build(home, on_note=notes.append).ok
    assert [note.split(" in ")[0] for note in notes] == ["2 shards of tenants"]


@pytest.mark.parametrize("done", [0, 1])
def test_a_build_that_stops_before_all_shards_are_told_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    home = Home(tmp_path / "home")
    collect(home, 7, range(1, 5))
    assert build(home).ok
    collect(home, 8, range(1, 5))
    run = rounds.build_shards
    begun: list[Sequence[ShardTask]] = []

    def stopped(tasks: Sequence[ShardTask], *args: Any) -> Iterator[ShardResult]:
        begun.append(tasks)
        if len(begun) == 1:
            yield from run(tasks, *args)
        elif tasks:
            yield from run(tasks[:done], *args)
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rounds, "build_shards", stopped)
        with pytest.raises(KeyboardInterrupt):
            build(home)
    assert [len(tasks) for tasks in begun] == [2, 2]
    assert finished_build(home) is None
    now = datetime(2026, 3, 8, 12, tzinfo=UTC)
    with pytest.raises(PostureError, match="the last build did not finish; run `posture build`"):
        publish(home, run_date=day(8), published_at=now)

    assert build(home).ok
    assert told(home) == dict.fromkeys((1, 2, 3), agreed(3))
    assert differences(facts(home), facts(built_anew(home, tmp_path / "again"))) == ""


NAMES = ("A", "B", "C", "D")


class Lives:
    """Tenants whose controls come, go and are weighed anew together, some days apart."""

    def __init__(self, seed: int, tenants: int, days: int) -> None:
        chance = random.Random(seed)
        self.shown: dict[tuple[int, int], dict[str, tuple[float, float | None]]] = {}
        flips = [
            (name, chance.randint(2, days), chance.choice(["set", "set", "weight"]))
            for name in NAMES
            for _ in range(3)
        ]
        for one in range(1, tenants + 1):
            lag = {flip: chance.choice([0, 0, 1, 2, 4, 99]) for flip in flips}
            for n in range(1, days + 1):
                past = [flip for flip in flips if flip[1] + lag[flip] <= n]
                kept = {}
                for name in NAMES:
                    mine = [flip[2] for flip in past if flip[0] == name]
                    weight = 10.0 + 5 * mine.count("weight")
                    share = None if chance.random() < 0.1 else 50.0
                    if (mine.count("set") + NAMES.index(name)) % 2 == 0:
                        kept[name] = (weight / 2, share)
                if chance.random() < 0.9:
                    self.shown[one, n] = kept

    def answers(self, number: int, last: int, *, is_rich: bool) -> Mapping[str, Answer]:
        one, records = tenant(number), []
        for n in range(last, 0, -1):
            if (number, n) not in self.shown:
                continue
            controls = [control(name, *told) for name, told in self.shown[number, n].items()]
            if n == last and is_rich:
                controls = [item | {"count": "1", "total": "2"} for item in controls]
            maximum = sum(2 * score for score, _ in self.shown[number, n].values())
            records.append(record(one, day(n), controls, maximum=maximum))
        catalogue = [profile(one, name, 10) for name in NAMES[:3]]
        return {"secure_scores": records, "secure_score_control_profiles": catalogue}


def test_day_by_day_and_at_once_infer_the_same(tmp_path: Path) -> None:
    home, chance = Home(tmp_path / "home"), random.Random(3)
    lives = Lives(3, tenants=7, days=14)
    for number in range(10, 15):
        present = [one for one in range(1, 8) if chance.random() < 0.7 and one < number - 4]
        rich = chance.random() < 0.5
        written = {tenant(one): lives.answers(one, number, is_rich=rich) for one in present}
        write_run(home.lake, day(number), written)
        assert build(home).ok
    found = facts(home)
    with open_built(home) as connection:
        inferred = connection.execute(
            "select distinct cause from core.fct_score_change where is_inferred order by all"
        ).fetchall()
    assert len(inferred) >= 2
    assert differences(found, facts(built_anew(home, tmp_path / "again"))) == ""
