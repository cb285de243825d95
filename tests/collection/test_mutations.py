"""The tests of collection are not blind: breaking one promise at a time turns them red."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import pipeline

from .mutant_runs import GREEN, RED

FOLDER = Path(__file__).parent
ENOUGH = 10


@dataclass(frozen=True)
class Mutation:
    """One promise broken: the text `old` of a file of `pipeline` becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def module(self) -> str:
        return ".".join(("pipeline", *Path(self.file).with_suffix("").parts))

    @property
    def source(self) -> str:
        """The altered file. Raises ValueError where the text is not there exactly once."""
        sound = (Path(pipeline.__file__).parent / self.file).read_text()
        if sound.count(self.old) != 1:
            raise ValueError(f"{self.file}: the text of {self.name} is not there once")
        return sound.replace(self.old, self.new)


def mutations() -> list[Mutation]:
    entries = yaml.safe_load((FOLDER / "mutations.yaml").read_text())
    return [
        Mutation(one["name"], one["file"], one["from"], one["to"], tuple(one["tests"]))
        for one in entries
    ]


@dataclass(frozen=True)
class Runs:
    """The process that runs tests against altered modules, and a folder for what they write."""

    process: "subprocess.Popen[str]"
    folder: Path

    def verdicts(self, tests: tuple[str, ...], mutation: Mutation | None = None) -> dict[str, str]:
        """Test -> how it ended, with a module altered or with none."""
        prefix = f"{FOLDER.relative_to(Path.cwd())}/"
        asked = {
            "module": mutation.module if mutation else None,
            "source": mutation.source if mutation else "",
            "tests": [prefix + test for test in tests],
            "folder": str(self.folder / "run"),
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        found = json.loads(self.process.stdout.readline())
        return {test.removeprefix(prefix): verdict for test, verdict in found.items()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    command = [sys.executable, "-m", "tests.collection.mutant_runs"]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield Runs(process, tmp_path_factory.mktemp("mutants"))


def test_there_are_enough_mutations_and_each_has_a_name_of_its_own() -> None:
    found = mutations()
    assert len(found) >= ENOUGH
    assert len({mutation.name for mutation in found}) == len(found)


def test_what_a_mutation_names_is_green_without_it(runs: Runs) -> None:
    tests = tuple(sorted({test for mutation in mutations() for test in mutation.tests}))
    assert runs.verdicts(tests) == dict.fromkeys(tests, GREEN)


@pytest.mark.parametrize("old", ["no such text", "return"])
def test_a_mutation_whose_text_is_not_there_once_is_an_error(old: str) -> None:
    mutation = Mutation("lost", "graph/retry.py", old, "", ())
    with pytest.raises(ValueError, match="not there once"):
        _ = mutation.source


@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        ("until = (", "not run, pytest ended with 4"),
        ("until = 1 / 0", "ZeroDivisionError in call"),
        ("import pipeline.nowhere\n    until = None", "ModuleNotFoundError in call"),
        ("raise SystemExit", "SystemExit in call"),
        ("import os\n    os._exit(7)", "process ended with 7"),
        ("until = http_date(  text)", GREEN),
        ("until = None", RED),
    ],
)
def test_only_a_failed_assertion_is_red(runs: Runs, new: str, verdict: str) -> None:
    test = "test_retries.py::test_a_retry_date_without_a_date_header_counts_from_now"
    mutation = Mutation("any", "graph/retry.py", "until = http_date(text)", new, (test,))
    assert runs.verdicts((test,), mutation) == {test: verdict}


def test_a_crash_that_a_run_contains_is_not_red(runs: Runs) -> None:
    test = "test_feeds.py::test_an_empty_list_counts_as_empty"
    old, new = "document = orjson.loads(body.", "document = no_such_name(body."
    mutation = Mutation("crash", "graph/readers/pages.py", old, new, (test,))
    [verdict] = runs.verdicts((test,), mutation).values()
    assert "NameError in read_page" in verdict


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: mutation.name)
def test_a_broken_promise_turns_its_tests_red(runs: Runs, mutation: Mutation) -> None:
    found = runs.verdicts(mutation.tests, mutation)
    assert found == dict.fromkeys(mutation.tests, RED), f"{mutation.name} went unnoticed"
