"""The judge is not blind: breaking one rule of the SQL at a time turns it red."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from pipeline.paths import Home, dbt_project_dir
from pipeline.warehouse import build
from tests.judge.compare import differences
from tests.judge.expected_models import FACTS
from tests.judge.portfolio import Portfolio
from tests.judge.posture_judge import Verdict

pytestmark = pytest.mark.xdist_group("judge")
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


def test_there_are_enough_mutations_and_each_names_what_it_breaks() -> None:
    found = mutations()
    assert len(found) >= ENOUGH
    assert len({mutation.name for mutation in found}) == len(found)
    assert {mutation.model for mutation in found} <= set(FACTS)


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
def test_a_broken_rule_turns_the_judge_red(
    mutation: Mutation,
    portfolio: Portfolio,
    verdict: Verdict,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POSTURE_DBT_PROJECT_DIR", str(mutated(mutation, tmp_path / "project")))
    home = Home(tmp_path / "home")
    home.root.mkdir()
    home.lake.symlink_to(portfolio.home.lake)
    with home.lock():
        build(home)
    held = FACTS[mutation.model]
    assert differences(
        verdict.frames[mutation.model],
        built_model(home, mutation.model),
        key=held.key,
        columns=held.columns,
    ), f"{mutation.name} went unnoticed"


def mutated(mutation: Mutation, folder: Path) -> Path:
    """A copy of the dbt project with the one text replaced."""
    shutil.copytree(dbt_project_dir(), folder, ignore=shutil.ignore_patterns("target", "logs"))
    file = folder / mutation.file
    text = file.read_text()
    assert text.count(mutation.old) == 1, f"{mutation.file}: the text to break is not there once"
    file.write_text(text.replace(mutation.old, mutation.new))
    return folder


def built_model(home: Home, model: str) -> pd.DataFrame:
    """The model as it stands in the warehouse, published or not."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.sql(f"select * from core.{model}").df()
