"""The judge is not blind: breaking one rule of the SQL at a time turns it red."""

import shutil
from collections.abc import Iterator
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
from tests.judge.portfolio import OFFSETS, Portfolio, live
from tests.judge.posture_judge import Verdict

pytestmark = pytest.mark.xdist_group("judge-mutations")
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


@dataclass(frozen=True)
class Bench:
    """One collected lake, a copy of the dbt project to break, and the judge's verdict."""

    root: Path
    project: Path
    lived: Portfolio
    verdict: Verdict

    def built(self, name: str) -> Home:
        """A home built from the lake with the project as it stands now."""
        home = Home(self.root / name)
        home.root.mkdir()
        home.lake.symlink_to(self.lived.home.lake)
        parsed = self.root / "sound" / "warehouse" / "target" / "partial_parse.msgpack"
        if parsed.exists():
            # Only the broken file is parsed again: that saves most of a build.
            home.dbt_target.mkdir(parents=True)
            shutil.copy(parsed, home.dbt_target)
        with home.lock():
            build(home)
        return home

    def red(self, home: Home, model: str) -> list[str]:
        """Where judge and warehouse differ, also in a build that its own tests refused."""
        held = FACTS[model]
        refused = home.warehouse_dir / "warehouse.failed.duckdb"
        warehouse = home.warehouse if home.warehouse.exists() else refused
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            found: pd.DataFrame = connection.sql(f"select * from core.{model}").df()
        expected = self.verdict.frames[model]
        return differences(expected, found, key=held.key, columns=held.columns)


def mutations() -> list[Mutation]:
    return [Mutation(**entry) for entry in yaml.safe_load(FILE.read_text()) or []]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("mutations")
    project = root / "project"
    shutil.copytree(dbt_project_dir(), project, ignore=shutil.ignore_patterns("target", "logs"))
    lived = live(root, built_on=(), offsets=OFFSETS[:8])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POSTURE_DBT_PROJECT_DIR", str(project))
        yield Bench(root, project, lived, Verdict(lived.life))


@pytest.fixture(scope="module")
def sound(bench: Bench) -> Home:
    return bench.built("sound")


def test_there_are_enough_mutations_and_each_has_a_name_of_its_own() -> None:
    found = mutations()
    assert len(found) >= ENOUGH
    assert len({mutation.name for mutation in found}) == len(found)


@pytest.mark.parametrize("model", sorted({mutation.model for mutation in mutations()}))
def test_the_sound_project_is_not_red(bench: Bench, sound: Home, model: str) -> None:
    assert bench.red(sound, model) == []


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
@pytest.mark.usefixtures("sound")
def test_a_broken_rule_turns_the_judge_red(bench: Bench, mutation: Mutation) -> None:
    file = bench.project / mutation.file
    sound_text = file.read_text()
    assert sound_text.count(mutation.old) == 1, (
        f"{mutation.file}: {mutation.old!r} is not there once"
    )
    file.write_text(sound_text.replace(mutation.old, mutation.new))
    try:
        home = bench.built(mutation.name)
        assert bench.red(home, mutation.model), f"{mutation.name} went unnoticed"
    finally:
        file.write_text(sound_text)
