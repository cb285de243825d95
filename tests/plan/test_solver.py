"""The solver against every set there is: least effort, then fewest actions, then the ranking."""

import random
import time
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.plan.solver import Option, cheapest

options = st.lists(st.builds(Option, gain=st.integers(0, 12), effort=st.integers(1, 6)), max_size=9)


def by_trying_all(listed: list[Option], needed: int) -> list[int] | None:
    """The best of all sets that bring enough; None where none does."""
    enough = [
        chosen
        for size in range(len(listed) + 1)
        for chosen in combinations(range(len(listed)), size)
        if sum(listed[one].gain for one in chosen) >= needed
    ]
    key = min(((sum(listed[i].effort for i in s), len(s), s) for s in enough), default=None)
    return None if key is None else list(key[2])


@settings(max_examples=400, deadline=None)
@given(options, st.integers(-3, 60))
def test_the_answer_is_the_best_of_all_sets(listed: list[Option], needed: int) -> None:
    assert cheapest(listed, needed) == by_trying_all(listed, needed)


def test_a_large_tenant_is_answered_in_seconds() -> None:
    chance = random.Random(5)
    listed = [Option(chance.randint(1, 1000), chance.randint(2, 6)) for _ in range(250)]
    listed.sort(key=lambda one: -one.gain / one.effort)
    started = time.process_time()
    found = cheapest(listed, sum(one.gain for one in listed) * 3 // 4)
    assert found is not None
    assert time.process_time() - started < 20
