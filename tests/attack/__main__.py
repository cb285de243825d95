"""All attacks: `make chaos`. Prints attempts, losses and leaks, and fails on any of the last two.

Usage: python -m tests.attack [KILLS]
"""

import os
import random
import sys
import tempfile
from pathlib import Path

from tests.attack import answers, elsewhere, files, kills
from tests.attack.scene import Scene
from tests.attack.tally import Tally

ROOMS = (0, 4_096, 100_000, 1_000_000, 5_000_000)


def main(kill_count: int) -> int:
    tally = Tally()
    # What is refused stays refused: patience would only make it take hours.
    os.environ["POSTURE_RETRY_SECONDS"] = "0.2"
    with tempfile.TemporaryDirectory() as folder, Scene.made(Path(folder)) as scene:
        answers.attack(scene.lab, tally, answers.everything())
        print(tally, flush=True)
        files.attack(scene.whole, scene.root, tally, files.damages(), scene.secrets)
        print(tally, flush=True)
        files.attack_disk(scene.whole, scene.root, tally, iter(ROOMS), files.WHOLE)
        files.attack_read_only(scene.whole, scene.root, tally)
        kills.attack(scene, tally, kills.STAGES, kill_count, random.Random(1))
    elsewhere.attack(tally)
    print(tally)
    return 1 if tally.losses or tally.leaks else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
