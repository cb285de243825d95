"""The same tenants from the same seed, computed lazily and forgotten again."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from pipeline.sandbox import Sandbox
from pipeline.sandbox.story.estate import Estate
from tests.sandbox.conftest import TODAY, graph_client

SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"
PATHS = (
    SCORES,
    PROFILES,
    "/v1.0/roleManagement/directory/roleDefinitions",
    f"{ASSIGNMENTS}?$expand=principal",
    "/v1.0/organization",
    "/v1.0/subscribedSkus",
)


def in_process(code: str, *, hash_seed: str = "0") -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
    ).stdout


def bodies(sandbox: Sandbox) -> Iterator[bytes]:
    for tenant in sandbox.tenants:
        with graph_client(sandbox, tenant) as graph:
            for path in PATHS:
                yield graph.get(path).content.replace(sandbox.url.encode(), b"")


def test_the_same_seed_gives_the_same_bytes() -> None:
    with Sandbox(tenants=4, days=40, seed=3, today=TODAY) as sandbox:
        first = list(bodies(sandbox))
    with Sandbox(tenants=4, days=40, seed=3, today=TODAY) as sandbox:
        sandbox.advance(days=50)
        next(bodies(sandbox))
        sandbox.set_today(TODAY)
        assert list(bodies(sandbox)) == first
    with Sandbox(tenants=4, days=40, seed=4, today=TODAY) as sandbox:
        differs = [mine != other for mine, other in zip(bodies(sandbox), first, strict=True)]
        # Built-in roles are the same everywhere, and two small businesses own no licence.
        assert sum(differs) >= len(differs) - 6
        assert all(differs[:: len(PATHS)])


def test_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib;from datetime import date;from pipeline.sandbox.story.estate import Estate;"
        "e=Estate(tenants=6,days=60,seed=9,today=date(2026,6,30));"
        "print(hashlib.sha256(repr([(t.name,t.tenant_id,[(s.control.id,s.score,s.maximum)"
        " for s in e.story(t).progress.on(30)],[g.id for g in e.story(t).directory.grants(30)])"
        " for t in e]).encode()).hexdigest())"
    )
    assert in_process(code, hash_seed="1") == in_process(code, hash_seed="2")


def test_three_shapes_and_unique_tenants() -> None:
    estate = Estate(tenants=1000, days=90, seed=7, today=TODAY)
    assert len({tenant.tenant_id for tenant in estate}) == 1000
    assert len({tenant.domain for tenant in estate}) == 1000
    assert {(t.segment, t.licence_tier) for t in estate} == {
        ("small_business", "free"),
        ("mid_size", "p1"),
        ("regulated", "p2"),
    }
    assert any(tenant.name.startswith("=") for tenant in estate)
    assert any("<b>" in tenant.name for tenant in estate)
    assert estate[-1] == estate[999]
    assert len(estate[10:13]) == 3
    with pytest.raises(IndexError):
        estate[1000]


def test_three_years_are_told_too() -> None:
    estate = Estate(tenants=3, days=1100, seed=7, today=TODAY)
    for tenant in estate:
        story = estate.story(tenant)
        assert len(story.record_days(TODAY)) >= 80
        assert len({standing.control.id for standing in story.progress.on(1099)}) > 30
        assert len(story.directory.grants(1099)) > 3


def test_young_tenants_have_a_short_history() -> None:
    estate = Estate(tenants=30, days=90, seed=7, today=TODAY)
    assert 15 < len(estate.story(estate[24]).record_days(TODAY)) <= 20


def test_a_thousand_tenants_are_light() -> None:
    """After the first hundred, nine hundred more stories add next to nothing."""
    code = """
import resource
from datetime import date
from pipeline.sandbox.story.estate import Estate

estate = Estate(tenants=1000, days=3, seed=5, today=date(2026, 6, 30))
for index, tenant in enumerate(estate):
    story = estate.story(tenant)
    story.progress.on(2)
    story.directory.grants(2)
    if index in (100, 999):
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, estate.stories_kept)
"""
    (early, kept), (late, still) = (line.split() for line in in_process(code).splitlines())
    assert int(kept) == int(still) == 64
    assert int(late) - int(early) < 15_000


def test_three_hundred_thousand_users_are_light() -> None:
    """A page of the largest tenant is worked out when it is read, and forgotten."""
    code = """
import tracemalloc
from datetime import date
from pipeline.sandbox.story.estate import Estate

estate = Estate(
    tenants=1, days=30, seed=5, today=date(2026, 6, 30), shapes=("p2",), users=300_000
)
registration = estate.story(estate[0]).registration
count, row = registration.count(29), registration.reader(29)
tracemalloc.start()
ids = {row(place)["id"] for place in (*range(3000), *range(count - 3000, count))}
print(count, len(ids), tracemalloc.get_traced_memory()[1])
"""
    count, ids, peak = (int(word) for word in in_process(code).split())
    assert 280_000 < count < 320_000
    assert ids == 6000
    assert peak < 3_000_000
