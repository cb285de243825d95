"""kill -9 at any moment of any stage, and the same command again: the facts of one never killed."""

import os
import random
import shutil
import signal
import time
from collections.abc import Sequence

from pipeline.home import Home
from tests.attack.files import contents
from tests.attack.scene import Scene
from tests.attack.tally import Tally
from tests.commands import posture_here
from tests.end_to_end.forked_run import start

STAGES = (("build", "--full"), ("publish",), ("report", "-o", "{home}/report.html"))


def attack(
    scene: Scene,
    tally: Tally,
    stages: Sequence[tuple[str, ...]],
    count: int,
    chance: random.Random,
) -> None:
    """Kill each stage in turn at a random moment of the time it takes."""
    before = contents(scene.whole)
    lengths = {stage: _length(scene, stage) for stage in stages}
    for number in range(count):
        stage = stages[number % len(stages)]
        home = Home(scene.root / f"killed-{number}")
        shutil.copytree(scene.whole.root, home.root, symlinks=True)
        moment = chance.uniform(0, lengths[stage])
        landed = _killed(_words(stage, home), moment)
        loss = "" if contents(home) == before else "the snapshot changed"
        ended = posture_here(*_words(stage, home))
        if ended.code != 0:
            loss = loss or f"not made again: {ended.err[-200:]}"
        if stage[0] == "build":
            loss = loss or f"{posture_here('publish', '--home', home.root).err[-200:]}".strip()
        loss = loss or ("" if contents(home) == before else "other facts")
        name = f"{stage[0]} after {moment:.2f} s{'' if landed else ', done by then'}"
        tally.count("kills", name, loss=loss)
        shutil.rmtree(home.root)


def _words(stage: tuple[str, ...], home: Home) -> list[object]:
    return [word.format(home=home.root) for word in stage] + ["--home", home.root]


def _length(scene: Scene, stage: tuple[str, ...]) -> float:
    home = Home(scene.root / f"timed-{stage[0]}")
    shutil.copytree(scene.whole.root, home.root, symlinks=True)
    started = time.monotonic()
    process = start(_words(stage, home))
    process.join()
    shutil.rmtree(home.root)
    return time.monotonic() - started


def _killed(words: list[object], after: float) -> bool:
    process = start(words)
    process.join(timeout=after)
    if not process.is_alive():
        return False
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return True
