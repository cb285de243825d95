"""A tenant with 300,000 users: counted exactly, few rows kept, in memory that does not grow."""

import subprocess
import sys
from collections import Counter

from .conftest import Lab, NewLab

USERS = 300_000
MAX_GROWTH = 150  # MB over a small tenant


def peak(lab: Lab) -> int:
    """MB that a collection of all feeds takes at most, in a process of its own."""
    command = [sys.executable, "-m", "tests.collection.measured_run", str(lab.settings.path)]
    command += [str(lab.home.root), lab.sandbox.today.isoformat()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout)


def test_300_000_users_are_read_in_bounded_memory(new_lab: NewLab) -> None:
    with new_lab(tenants=1, days=30, shapes=["regulated"], users=60) as lab:
        small = peak(lab.beside("small"))
    with new_lab(tenants=1, days=30, shapes=["regulated"], users=USERS) as lab:
        large = peak(lab)
        log = lab.log_of(lab.ids[0])
        story = lab.sandbox._world.estate.story(lab.sandbox.tenants[0])
        day = story.number(lab.sandbox.today)
        rows, expected = story.registration.reader(day), Counter[tuple[bool, bool]]()
        for place in range(story.registration.count(day)):
            row = rows(place)
            expected[row["isMfaRegistered"], row["isMfaCapable"]] += 1
    assert not lab.surprises(log)
    assert large - small < MAX_GROWTH
    [report] = [row for row in log if row.feed == "user_registration_details"]
    assert report.pages == report.requests == -(-sum(expected.values()) // 999) > 280
    counted = Counter[tuple[bool, bool]]()
    for row in lab.table("user_registration_counts").to_pylist():
        counted[row["is_mfa_registered"], row["is_mfa_capable"]] += row["count"]
    assert counted == expected
    assert sum(counted.values()) > 0.9 * USERS
    assert report.rows == lab.table("user_registration_details").num_rows < 200
    assert lab.table("users").num_rows < 200
    size = sum(path.stat().st_size for path in lab.home.lake.rglob("*.parquet"))
    assert size < 2_000_000, "what is only counted takes no room"
