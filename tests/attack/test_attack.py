"""A share of the attacks of `make chaos`: nothing is lost without a word, nothing is leaked."""

import random
from collections.abc import Iterator

import pytest

from tests.attack import answers, files, kills
from tests.attack.scene import Scene
from tests.attack.tally import Tally

CHANCE = random.Random(20260630)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with Scene.made(tmp_path_factory.mktemp("scene")) as made:
        yield made


def nothing_happened(tally: Tally) -> None:
    print(tally)
    assert tally.attempts
    assert not tally.losses, str(tally)
    assert not tally.leaks, str(tally)


def test_hostile_answers_are_refused_or_kept_and_harm_no_other_tenant(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "0.2")
    tally = Tally()
    # Every answer once, each on another feed.
    whole = list(answers.everything())
    by_answer = {
        answer.name: [one for one in whole if one[1] is answer] for answer in answers.ANSWERS
    }
    answers.attack(scene.lab, tally, iter([CHANCE.choice(some) for some in by_answer.values()]))
    nothing_happened(tally)


def test_damaged_files_are_named_or_made_again_and_never_other_facts(scene: Scene) -> None:
    tally = Tally()
    # The lake has its own tests, and builds take long: here what people read.
    read = [one for one in files.damages() if one[0].name.startswith(("the published", "a pub"))]
    files.attack(scene.whole, scene.root, tally, iter(CHANCE.sample(read, 6)), scene.secrets)
    nothing_happened(tally)


def test_a_disk_that_fills_or_is_read_only_costs_no_snapshot(scene: Scene) -> None:
    tally = Tally()
    room = iter([CHANCE.randrange(10_000, 900_000)])
    files.attack_disk(scene.whole, scene.root, tally, room, (files.PUBLISH,))
    files.attack_read_only(scene.whole, scene.root, tally)
    nothing_happened(tally)


def test_killed_at_any_moment_a_stage_is_done_again(scene: Scene) -> None:
    tally = Tally()
    # Builds are killed in the end-to-end tests, ten times in a run.
    kills.attack(scene, tally, [("publish",)], 2, CHANCE)
    nothing_happened(tally)
