"""The judge is not blind: breaking one rule of the SQL at a time turns it red."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from pipeline.home import Home, dbt_project_dir
from tests.oracle.compare import differences
from tests.oracle.expected_models import MODELS
from tests.oracle.posture_judge import Verdict
from tests.oracle.replay import Replay

FILE = Path(__file__).with_name("mutations.yaml")
ENOUGH = 10


@dataclass(frozen=True)
class Mutation:
    """One rule broken: the text `old` of a file of the dbt project becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    model: str


def mutations() -> list[Mutation]:
    return [Mutation(**entry) for entry in yaml.safe_load(FILE.read_text()) or []]


@pytest.fixture(scope="module")
def replay(hostile_home: Home) -> Replay:
    return Replay.of_lake(hostile_home)


def red(verdict: Verdict, warehouse: duckdb.DuckDBPyConnection, model: str) -> list[str]:
    """Where judge and warehouse differ."""
    held = MODELS[model]
    published_as = held.model or model
    schema = "marts" if published_as.startswith("mart_") else "core"
    found: pd.DataFrame = warehouse.sql(f"select * from {schema}.{published_as}").df()
    published = held.rows(found)
    return differences(verdict.frames[model], published, key=held.key, columns=held.columns)


def test_there_are_enough_mutations_and_each_has_a_name_of_its_own() -> None:
    found = mutations()
    assert len(found) >= ENOUGH
    assert len({mutation.name for mutation in found}) == len(found)


def test_the_sound_models_replayed_are_not_red(replay: Replay, hostile_verdict: Verdict) -> None:
    with replay.run() as warehouse:
        for model in sorted({mutation.model for mutation in mutations()}):
            assert red(hostile_verdict, warehouse, model) == []


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
def test_a_broken_rule_turns_the_judge_red(
    replay: Replay, hostile_verdict: Verdict, mutation: Mutation
) -> None:
    source = (dbt_project_dir() / mutation.file).read_text()
    sound = replay.compiled(mutation.file)
    assert source.count(mutation.old) == 1, f"{mutation.file}: the text is not there once"
    assert sound.count(mutation.old) == 1, f"{mutation.file}: the text is not plain SQL"
    broken = sound.replace(mutation.old, mutation.new)
    with replay.run(
        altered={mutation.file: broken}, wanted=MODELS[mutation.model].model or mutation.model
    ) as warehouse:
        assert red(hostile_verdict, warehouse, mutation.model), f"{mutation.name} went unnoticed"
